"""Routing: rules for a region, and further units that help

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-22 09:10:00.000000

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('routing_rules', sa.Column('region', sa.Text(), server_default='', nullable=False))
    op.add_column('routing_rules', sa.Column('also', sa.Text(), server_default='', nullable=False))


def downgrade():
    op.drop_column('routing_rules', 'also')
    op.drop_column('routing_rules', 'region')
