"""Whom a report accuses stands with the case, so that it does not exist for their people

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-22 13:45:00.000000

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

# revision identifiers, used by Alembic.
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('cases', sa.Column('accused', ARRAY(sa.Integer()), nullable=True))


def downgrade():
    op.drop_column('cases', 'accused')
