"""Parts of further units in one case, each with a promise and a ladder of its own

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-22 13:40:00.000000

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
RUNNING = sa.text("state IN ('asked', 'working')")
STANDING = 'ended_at IS NULL'


def _fk(table, column, target):
    return sa.ForeignKey(target, name=f'fk_{table}_{column}_{target.partition(".")[0]}')


def upgrade():
    op.add_column('clocks', sa.Column('unit_id', sa.Integer(), _fk('clocks', 'unit_id', 'units.id'), nullable=True))
    op.add_column('rungs', sa.Column('of_part', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.drop_index('uq_rungs_standing', table_name='rungs')
    op.create_index('uq_rungs_standing', 'rungs', ['case_id', 'level'], unique=True, postgresql_where=sa.text(f'{STANDING} AND NOT of_part'))
    op.create_table(
        'parts',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column('case_id', sa.Integer(), _fk('parts', 'case_id', 'cases.id'), nullable=False),
        sa.Column('unit_id', sa.Integer(), _fk('parts', 'unit_id', 'units.id'), nullable=False),
        sa.Column('clock_id', sa.Integer(), _fk('parts', 'clock_id', 'clocks.id'), nullable=False),
        sa.Column('asked', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('asked_by', sa.Integer(), _fk('parts', 'asked_by', 'accounts.id'), nullable=True),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('answered_by', sa.Integer(), _fk('parts', 'answered_by', 'accounts.id'), nullable=True),
        sa.Column('answered_at', MOMENT, nullable=True),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint("state IN ('asked', 'working', 'done', 'not_ours', 'dropped')", name='ck_parts_state'),
        sa.PrimaryKeyConstraint('id', name='pk_parts'),
        sa.UniqueConstraint('clock_id', name='uq_parts_clock_id'),
    )
    op.create_index('uq_parts_running', 'parts', ['case_id', 'unit_id'], unique=True, postgresql_where=RUNNING)
    op.create_index('ix_parts_case', 'parts', ['case_id', 'id'], unique=False)
    op.create_index('ix_parts_unit', 'parts', ['unit_id', 'case_id'], unique=False)
    op.create_index('ix_parts_unit_running', 'parts', ['unit_id', 'case_id'], unique=False, postgresql_where=RUNNING)


def downgrade():
    op.drop_table('parts')
    op.execute("DELETE FROM bells WHERE rung_id IN (SELECT id FROM rungs WHERE of_part)")
    op.execute("DELETE FROM rungs WHERE of_part")
    op.execute("DELETE FROM clocks WHERE unit_id IS NOT NULL")
    op.drop_index('uq_rungs_standing', table_name='rungs')
    op.create_index('uq_rungs_standing', 'rungs', ['case_id', 'level'], unique=True, postgresql_where=sa.text(STANDING))
    op.drop_column('rungs', 'of_part')
    op.drop_column('clocks', 'unit_id')
