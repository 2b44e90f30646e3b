"""Choices: what the numbers stand for that a notice offers as answers

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 08:50:12.118233

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('notices', sa.Column('choices', sa.ARRAY(sa.Text()), server_default='{}', nullable=False))


def downgrade():
    op.drop_column('notices', 'choices')
