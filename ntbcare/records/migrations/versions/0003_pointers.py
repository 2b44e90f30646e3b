"""Pointers: where the words of an unread row can be asked for

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 06:55:12.402118

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('unread', sa.Column('ref', sa.Text(), nullable=True))


def downgrade():
    # who went back cannot ask any more: what was still under way must be seen by a person
    op.execute("UPDATE unread SET reason = 'pointer: ' || ref WHERE done_at IS NULL AND reason = ''")
    op.execute("DELETE FROM errands WHERE kind = 'look'")
    op.drop_column('unread', 'ref')
