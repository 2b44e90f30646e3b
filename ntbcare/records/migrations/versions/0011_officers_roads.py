"""Officers' roads: by which ways they are told, one-time codes, digests, what left by them

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-22 13:30:00.000000

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _fk(table, column, target):
    return sa.ForeignKey(target, name=f'fk_{table}_{column}_{target.partition(".")[0]}')


def upgrade():
    op.create_table(
        'account_roads',
        sa.Column('account_id', sa.Integer(), _fk('account_roads', 'account_id', 'accounts.id'), nullable=False),
        sa.Column('contact_id', sa.Integer(), _fk('account_roads', 'contact_id', 'contacts.id'), nullable=False),
        sa.Column('since', MOMENT, nullable=False),
        sa.Column('bells', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('digest', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.PrimaryKeyConstraint('account_id', 'contact_id', name='pk_account_roads'),
    )
    op.create_index('ix_account_roads_contact_id', 'account_roads', ['contact_id'], unique=False)
    op.create_index('ix_account_roads_digest', 'account_roads', ['account_id'], unique=False, postgresql_where=sa.text('digest'))
    op.create_table(
        'road_codes',
        sa.Column('account_id', sa.Integer(), _fk('road_codes', 'account_id', 'accounts.id'), nullable=False),
        sa.Column('hashed', sa.Text(), nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('account_id', name='pk_road_codes'),
        sa.UniqueConstraint('hashed', name='uq_road_codes_hashed'),
    )
    op.create_table(
        'account_digests',
        sa.Column('account_id', sa.Integer(), _fk('account_digests', 'account_id', 'accounts.id'), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('account_id', 'day', name='pk_account_digests'),
    )
    op.create_table(
        'officer_notices',
        sa.Column('notice_id', sa.Integer(), _fk('officer_notices', 'notice_id', 'notices.id'), nullable=False),
        sa.Column('account_id', sa.Integer(), _fk('officer_notices', 'account_id', 'accounts.id'), nullable=False),
        sa.Column('contact_id', sa.Integer(), _fk('officer_notices', 'contact_id', 'contacts.id'), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('bell_id', sa.Integer(), _fk('officer_notices', 'bell_id', 'bells.id'), nullable=True),
        sa.PrimaryKeyConstraint('notice_id', name='pk_officer_notices'),
        sa.UniqueConstraint('account_id', 'contact_id', 'subject', name='uq_officer_notices_account_id_contact_id_subject'),
    )


def downgrade():
    for table in ('officer_notices', 'account_digests', 'road_codes', 'account_roads'):
        op.drop_table(table)
