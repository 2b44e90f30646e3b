"""Accounts: sessions as rows, links to choose a password, a second step with recovery codes

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-22 13:20:00.000000

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _account(table):
    return sa.Column('account_id', sa.Integer(), sa.ForeignKey('accounts.id', name=f'fk_{table}_account_id_accounts'), nullable=False)


def upgrade():
    op.add_column('accounts', sa.Column('password_at', MOMENT, nullable=True))
    op.add_column('accounts', sa.Column('totp_salt', sa.LargeBinary(), nullable=True))
    op.add_column('accounts', sa.Column('totp_at', MOMENT, nullable=True))
    op.add_column('accounts', sa.Column('totp_step', sa.BigInteger(), nullable=True))
    op.execute('UPDATE accounts SET password_at = created_at')
    op.create_table(
        'sign_ins',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        _account('sign_ins'),
        sa.Column('token', sa.LargeBinary(), nullable=False),
        sa.Column('browser', sa.Text(), nullable=False),
        sa.Column('begun_at', MOMENT, server_default=sa.text('now()'), nullable=False),
        sa.Column('seen_at', MOMENT, server_default=sa.text('now()'), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_sign_ins'),
        sa.UniqueConstraint('token', name='uq_sign_ins_token'),
    )
    op.create_index('ix_sign_ins_account_id', 'sign_ins', ['account_id'], unique=False)
    op.create_table(
        'door_links',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        _account('door_links'),
        sa.Column('salt', sa.LargeBinary(), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_door_links'),
    )
    op.create_index('ix_door_links_account_id', 'door_links', ['account_id'], unique=False)
    op.create_table(
        'recovery_codes',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        _account('recovery_codes'),
        sa.Column('hash', sa.LargeBinary(), nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_recovery_codes'),
        sa.UniqueConstraint('account_id', 'hash', name='uq_recovery_codes_account_id_hash'),
    )


def downgrade():
    for table in ('recovery_codes', 'door_links', 'sign_ins'):
        op.drop_table(table)
    for column in ('totp_step', 'totp_at', 'totp_salt', 'password_at'):
        op.drop_column('accounts', column)
