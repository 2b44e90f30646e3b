"""The desk: whose calendar a clock counts, pauses with grounds, the ladder, bells, notes, filters, search; polls of followers

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-22 12:05:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _fk(table, column, target):
    return sa.ForeignKey(target, name=f'fk_{table}_{column}_{target.partition(".")[0]}')


def upgrade():
    op.add_column('cases', sa.Column('vulnerable', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('cases', sa.Column('offered_until', MOMENT, nullable=True))
    op.add_column('cases', sa.Column('forwarded_to', sa.Integer(), _fk('cases', 'forwarded_to', 'units.id'), nullable=True))
    op.add_column('cases', sa.Column('forwarded_ref', sa.Text(), nullable=True))
    op.create_index('ix_cases_forwarded', 'cases', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state = 'forwarded'"))
    op.add_column('regions', sa.Column('successor', sa.Text(), _fk('regions', 'successor', 'regions.code'), nullable=True))
    op.add_column('polls', sa.Column('follower', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index('uq_polls_case_round_contact', 'polls', ['case_id', 'round', 'contact_id'], unique=True, postgresql_nulls_not_distinct=True)
    op.drop_constraint('uq_polls_case_id_round', 'polls', type_='unique')
    op.add_column('clocks', sa.Column('week', sa.Text(), server_default='5', nullable=False))
    op.add_column('clocks', sa.Column('region', sa.Text(), _fk('clocks', 'region', 'regions.code'), nullable=True))
    op.add_column('clocks', sa.Column('climb_at', MOMENT, nullable=True))
    op.add_column('clocks', sa.Column('climbed', sa.SmallInteger(), server_default='0', nullable=False))
    op.create_index('ix_clocks_climb', 'clocks', ['climb_at'], unique=False, postgresql_where=sa.text('stopped_at IS NULL AND paused_at IS NULL AND climb_at IS NOT NULL'))
    op.create_table(
        'pauses',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('clock_id', sa.Integer(), _fk('pauses', 'clock_id', 'clocks.id'), nullable=False),
        sa.Column('from_at', MOMENT, nullable=False),
        sa.Column('to_at', MOMENT, nullable=True),
        sa.Column('until_at', MOMENT, nullable=True),
        sa.Column('notice_id', sa.Integer(), _fk('pauses', 'notice_id', 'notices.id'), nullable=True),
        sa.Column('ground', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_pauses'),
    )
    op.create_index('uq_pauses_running', 'pauses', ['clock_id'], unique=True, postgresql_where=sa.text('to_at IS NULL'))
    op.create_index('ix_pauses_clock', 'pauses', ['clock_id', 'from_at'], unique=False)
    op.create_index('ix_pauses_until', 'pauses', ['until_at'], unique=False, postgresql_where=sa.text('to_at IS NULL'))
    op.execute("INSERT INTO pauses (clock_id, from_at, ground) SELECT id, paused_at, 'question' FROM clocks WHERE paused_at IS NOT NULL AND stopped_at IS NULL")
    op.create_table(
        'office_hours',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('week', sa.Text(), nullable=False),
        sa.Column('weekday', sa.SmallInteger(), nullable=False),
        sa.Column('opens', sa.SmallInteger(), nullable=False),
        sa.Column('closes', sa.SmallInteger(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('source', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_office_hours'),
        sa.UniqueConstraint('week', 'weekday', 'opens', 'valid_from', name='uq_office_hours_week_weekday_opens_valid_from'),
    )
    op.create_table(
        'rungs',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column('case_id', sa.Integer(), _fk('rungs', 'case_id', 'cases.id'), nullable=False),
        sa.Column('clock_id', sa.Integer(), _fk('rungs', 'clock_id', 'clocks.id'), nullable=False),
        sa.Column('level', sa.Text(), nullable=False),
        sa.Column('unit_id', sa.Integer(), _fk('rungs', 'unit_id', 'units.id'), nullable=True),
        sa.Column('raised_at', MOMENT, nullable=False),
        sa.Column('ring_at', MOMENT, nullable=False),
        sa.Column('told_at', MOMENT, nullable=True),
        sa.Column('acknowledged_at', MOMENT, nullable=True),
        sa.Column('acknowledged_by', sa.Integer(), _fk('rungs', 'acknowledged_by', 'accounts.id'), nullable=True),
        sa.Column('snoozed_until', MOMENT, nullable=True),
        sa.Column('snooze_reason', sa.Text(), nullable=True),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_rungs'),
        sa.UniqueConstraint('clock_id', 'level', name='uq_rungs_clock_id_level'),
    )
    op.create_index('uq_rungs_standing', 'rungs', ['case_id', 'level'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_rungs_ring', 'rungs', ['ring_at'], unique=False, postgresql_where=sa.text('told_at IS NULL AND ended_at IS NULL'))
    op.create_index('ix_rungs_unit', 'rungs', ['unit_id', 'id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table(
        'bells',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column('account_id', sa.Integer(), _fk('bells', 'account_id', 'accounts.id'), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Integer(), _fk('bells', 'case_id', 'cases.id'), nullable=True),
        sa.Column('rung_id', sa.Integer(), _fk('bells', 'rung_id', 'rungs.id'), nullable=True),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('rung_at', MOMENT, nullable=False),
        sa.Column('read_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_bells'),
        sa.UniqueConstraint('account_id', 'subject', name='uq_bells_account_id_subject'),
    )
    op.create_index('ix_bells_unread', 'bells', ['account_id', 'id'], unique=False, postgresql_where=sa.text('read_at IS NULL'))
    op.create_table(
        'notes',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column('case_id', sa.Integer(), _fk('notes', 'case_id', 'cases.id'), nullable=False),
        sa.Column('by', sa.Integer(), _fk('notes', 'by', 'accounts.id'), nullable=False),
        sa.Column('by_name', sa.Text(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_notes'),
    )
    op.create_index('ix_notes_case', 'notes', ['case_id', 'id'], unique=False)
    op.create_table(
        'saved_filters',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column('account_id', sa.Integer(), _fk('saved_filters', 'account_id', 'accounts.id'), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('asked', JSONB(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_saved_filters'),
        sa.UniqueConstraint('account_id', 'name', name='uq_saved_filters_account_id_name'),
    )
    op.create_table(
        'case_words',
        sa.Column('case_id', sa.Integer(), _fk('case_words', 'case_id', 'cases.id'), nullable=False),
        sa.Column('words', TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint('case_id', name='pk_case_words'),
    )
    op.create_index('ix_case_words_words', 'case_words', ['words'], unique=False, postgresql_using='gin')


def downgrade():
    for table in ('case_words', 'saved_filters', 'notes', 'bells', 'rungs', 'office_hours', 'pauses'):
        op.drop_table(table)
    op.drop_index('ix_clocks_climb', table_name='clocks')
    for column in ('climbed', 'climb_at', 'region', 'week'):
        op.drop_column('clocks', column)
    op.execute('DELETE FROM polls WHERE follower')
    op.create_unique_constraint('uq_polls_case_id_round', 'polls', ['case_id', 'round'])
    op.drop_index('uq_polls_case_round_contact', table_name='polls')
    op.drop_column('polls', 'follower')
    op.drop_column('regions', 'successor')
    op.drop_index('ix_cases_forwarded', table_name='cases')
    for column in ('forwarded_ref', 'forwarded_to', 'offered_until', 'vulnerable'):
        op.drop_column('cases', column)
