"""Sentences ready to use for what officers write to reporters

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-22 13:20:00.000000

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _fk(column, target):
    return sa.ForeignKey(target, name=f'fk_reply_templates_{column}_{target.partition(".")[0]}')


def upgrade():
    op.create_table(
        'reply_templates',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('act', sa.Text(), nullable=False),
        sa.Column('category', sa.Text(), server_default='', nullable=False),
        sa.Column('channel', sa.Text(), server_default='', nullable=False),
        sa.Column('language', sa.Text(), server_default='id', nullable=False),
        sa.Column('region', sa.Text(), _fk('region', 'regions.code'), nullable=True),
        sa.Column('unit_id', sa.Integer(), _fk('unit_id', 'units.id'), nullable=True),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('position', sa.SmallInteger(), nullable=False),
        sa.Column('version', sa.SmallInteger(), nullable=False),
        sa.Column('valid_to', MOMENT, nullable=True),
        sa.Column('made_by', sa.Integer(), _fk('made_by', 'accounts.id'), nullable=True),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_reply_templates'),
        sa.UniqueConstraint('code', 'version', name='uq_reply_templates_code_version'),
    )
    op.create_index('uq_reply_templates_in_force', 'reply_templates', ['code'], unique=True, postgresql_where=sa.text('valid_to IS NULL'))


def downgrade():
    op.drop_table('reply_templates')
