"""Asks to people outside the government, each answered by a link of its own

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-22 13:20:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
UNANSWERED = 'answered_at IS NULL AND revoked_at IS NULL'


def _fk(column, target):
    return sa.ForeignKey(target, name=f'fk_outside_asks_{column}')


def upgrade():
    op.create_table(
        'outside_asks',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column('case_id', sa.Integer(), _fk('case_id', 'cases.id'), nullable=False),
        sa.Column('unit_id', sa.Integer(), _fk('unit_id', 'units.id'), nullable=False),
        sa.Column('helper', sa.Text(), nullable=False),
        sa.Column('road', sa.Text(), nullable=False),
        sa.Column('contact_id', sa.Integer(), _fk('contact_id', 'contacts.id'), nullable=True),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('report', sa.Text(), nullable=True),
        sa.Column('place', sa.Text(), nullable=True),
        sa.Column('shown', ARRAY(sa.BigInteger()), server_default='{}', nullable=False),
        sa.Column('salt', sa.LargeBinary(), nullable=False),
        sa.Column('token_hash', sa.LargeBinary(), nullable=False),
        sa.Column('asked_by', sa.Integer(), _fk('asked_by', 'accounts.id'), nullable=False),
        sa.Column('asked_by_name', sa.Text(), nullable=False),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('due_at', MOMENT, nullable=False),
        sa.Column('remind_at', MOMENT, nullable=True),
        sa.Column('reminded_at', MOMENT, nullable=True),
        sa.Column('opened_at', MOMENT, nullable=True),
        sa.Column('answered_at', MOMENT, nullable=True),
        sa.Column('answered_by', sa.Text(), nullable=True),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('answer_words', sa.Text(), nullable=True),
        sa.Column('photos', JSONB(), server_default='[]', nullable=False),
        sa.Column('revoked_at', MOMENT, nullable=True),
        sa.Column('told_at', MOMENT, nullable=True),
        sa.Column('notice_id', sa.Integer(), _fk('notice_id', 'notices.id'), nullable=True),
        sa.Column('reminder_id', sa.Integer(), _fk('reminder_id', 'notices.id'), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_outside_asks'),
        sa.UniqueConstraint('token_hash', name='uq_outside_asks_token_hash'),
    )
    op.create_index('ix_outside_asks_case', 'outside_asks', ['case_id', 'id'], unique=False)
    op.create_index('ix_outside_asks_contact', 'outside_asks', ['contact_id', 'id'], unique=False, postgresql_where=sa.text('contact_id IS NOT NULL'))
    op.create_index('ix_outside_asks_due', 'outside_asks', ['due_at'], unique=False, postgresql_where=sa.text(f'{UNANSWERED} AND told_at IS NULL'))
    op.create_index('ix_outside_asks_remind', 'outside_asks', ['remind_at'], unique=False, postgresql_where=sa.text(f'{UNANSWERED} AND reminded_at IS NULL'))
    op.create_index('ix_outside_asks_notice', 'outside_asks', ['notice_id'], unique=False, postgresql_where=sa.text('notice_id IS NOT NULL'))
    op.create_index('ix_outside_asks_reminder', 'outside_asks', ['reminder_id'], unique=False, postgresql_where=sa.text('reminder_id IS NOT NULL'))


def downgrade():
    op.drop_table('outside_asks')
