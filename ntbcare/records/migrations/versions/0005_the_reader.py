"""The reader: readings, corrections, hand-backs, models, outlines of regions, who says the same

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 08:58:40.551920

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.add_column('cases', sa.Column('rule_id', sa.Integer(), sa.ForeignKey('routing_rules.id', name='fk_cases_rule_id_routing_rules'), nullable=True))
    op.add_column('cases', sa.Column('question', sa.Text(), nullable=True))
    op.add_column('cases', sa.Column('split_from', sa.Integer(), sa.ForeignKey('cases.id', name='fk_cases_split_from_cases'), nullable=True))
    op.create_index('ix_cases_split', 'cases', ['split_from'], unique=False, postgresql_where=sa.text('split_from IS NOT NULL'))
    op.add_column('region_aliases', sa.Column('added_by', sa.Integer(), sa.ForeignKey('accounts.id', name='fk_region_aliases_added_by_accounts'), nullable=True))
    op.add_column('region_aliases', sa.Column('added_at', MOMENT, nullable=True))
    op.add_column('region_aliases', sa.Column('ended_at', MOMENT, nullable=True))
    op.create_table(
        'readings',
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('cases.id', name='fk_readings_case_id_cases'), nullable=False),
        sa.Column('version', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=True),
        sa.Column('category', sa.Text(), nullable=True),
        sa.Column('confidence', sa.Float(), nullable=False),
        sa.Column('ranked', JSONB(), server_default='[]', nullable=False),
        sa.Column('urgency', sa.Text(), nullable=False),
        sa.Column('region', sa.Text(), nullable=True),
        sa.Column('region_confidence', sa.Float(), nullable=False),
        sa.Column('rests_on', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('rule_id', sa.Integer(), sa.ForeignKey('routing_rules.id', name='fk_readings_rule_id_routing_rules'), nullable=True),
        sa.Column('unit_id', sa.Integer(), sa.ForeignKey('units.id', name='fk_readings_unit_id_units'), nullable=True),
        sa.Column('split', JSONB(), server_default='[]', nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('case_id', name='pk_readings'),
    )
    op.create_index('ix_readings_at', 'readings', ['at'], unique=False)
    op.create_index('ix_readings_rule', 'readings', ['rule_id', 'at'], unique=False)
    op.create_table(
        'corrections',
        sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('cases.id', name='fk_corrections_case_id_cases'), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('was', sa.Text(), nullable=True),
        sa.Column('now', sa.Text(), nullable=True),
        sa.Column('version', sa.Text(), nullable=False),
        sa.Column('confidence', sa.Float(), nullable=False),
        sa.Column('rule_id', sa.Integer(), sa.ForeignKey('routing_rules.id', name='fk_corrections_rule_id_routing_rules'), nullable=True),
        sa.Column('by', sa.Integer(), sa.ForeignKey('accounts.id', name='fk_corrections_by_accounts'), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_corrections'),
    )
    op.create_index('ix_corrections_case', 'corrections', ['case_id'], unique=False)
    op.create_index('ix_corrections_at', 'corrections', ['at'], unique=False)
    op.create_table(
        'transfers',
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('cases.id', name='fk_transfers_case_id_cases'), nullable=False),
        sa.Column('number', sa.SmallInteger(), nullable=False),
        sa.Column('rule_id', sa.Integer(), sa.ForeignKey('routing_rules.id', name='fk_transfers_rule_id_routing_rules'), nullable=True),
        sa.Column('category', sa.Text(), nullable=True),
        sa.Column('from_unit', sa.Integer(), sa.ForeignKey('units.id', name='fk_transfers_from_unit_units'), nullable=False),
        sa.Column('proposed_unit', sa.Integer(), sa.ForeignKey('units.id', name='fk_transfers_proposed_unit_units'), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('case_id', 'number', name='pk_transfers'),
    )
    op.create_index('ix_transfers_at', 'transfers', ['at'], unique=False)
    op.create_table(
        'case_units',
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('cases.id', name='fk_case_units_case_id_cases'), nullable=False),
        sa.Column('unit_id', sa.Integer(), sa.ForeignKey('units.id', name='fk_case_units_unit_id_units'), nullable=False),
        sa.Column('because', sa.Text(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('case_id', 'unit_id', name='pk_case_units'),
    )
    op.create_index('ix_case_units_unit', 'case_units', ['unit_id', 'case_id'], unique=False)
    op.create_table(
        'models',
        sa.Column('version', sa.Text(), nullable=False),
        sa.Column('origin', sa.Text(), nullable=False),
        sa.Column('card', JSONB(), nullable=False),
        sa.Column('body', sa.LargeBinary(), nullable=False),
        sa.Column('active', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('made_by', sa.Integer(), sa.ForeignKey('accounts.id', name='fk_models_made_by_accounts'), nullable=True),
        sa.PrimaryKeyConstraint('version', name='pk_models'),
    )
    op.create_index('uq_models_active', 'models', ['active'], unique=True, postgresql_where=sa.text('active'))
    op.create_table(
        'borders',
        sa.Column('code', sa.Text(), sa.ForeignKey('regions.code', name='fk_borders_code_regions'), nullable=False),
        sa.Column('shape', sa.LargeBinary(), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('loaded_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('code', name='pk_borders'),
    )
    op.create_table(
        'followers',
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('cases.id', name='fk_followers_case_id_cases'), nullable=False),
        sa.Column('contact_id', sa.Integer(), sa.ForeignKey('contacts.id', name='fk_followers_contact_id_contacts'), nullable=False),
        sa.Column('message_id', sa.Integer(), sa.ForeignKey('messages.id', name='fk_followers_message_id_messages'), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('case_id', 'contact_id', name='pk_followers'),
    )
    op.create_index('ix_followers_contact', 'followers', ['contact_id', 'case_id'], unique=False)
    op.create_table(
        'unlike',
        sa.Column('case_a', sa.Integer(), sa.ForeignKey('cases.id', name='fk_unlike_case_a_cases'), nullable=False),
        sa.Column('case_b', sa.Integer(), sa.ForeignKey('cases.id', name='fk_unlike_case_b_cases'), nullable=False),
        sa.Column('by', sa.Integer(), sa.ForeignKey('accounts.id', name='fk_unlike_by_accounts'), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.CheckConstraint('case_a < case_b', name='ck_unlike_order'),
        sa.PrimaryKeyConstraint('case_a', 'case_b', name='pk_unlike'),
    )
    op.create_index('ix_unlike_b', 'unlike', ['case_b'], unique=False)


def downgrade():
    for table in ('unlike', 'followers', 'borders', 'models', 'case_units', 'transfers', 'corrections', 'readings'):
        op.drop_table(table)
    for column in ('ended_at', 'added_at', 'added_by'):
        op.drop_column('region_aliases', column)
    op.drop_index('ix_cases_split', table_name='cases', postgresql_where=sa.text('split_from IS NOT NULL'))
    for column in ('split_from', 'question', 'rule_id'):
        op.drop_column('cases', column)
