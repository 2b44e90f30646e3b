"""Pointers: where the words of an unread row can be asked for; who does not reach an address; receipts kept whole

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
    op.add_column('notices', sa.Column('tried', sa.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('early_receipts', sa.Column('bounce', sa.Boolean(), server_default=sa.text('false'), nullable=False))


def downgrade():
    # who went back cannot ask any more: what was still under way must be seen by a person
    op.execute("UPDATE unread SET reason = 'pointer: ' || ref WHERE done_at IS NULL AND reason = ''")
    op.execute("DELETE FROM errands WHERE kind = 'look'")
    # an older house knows no words that wait for the person: they were not delivered
    op.execute("UPDATE notices SET state = 'failed' WHERE state = 'held'")
    op.drop_column('early_receipts', 'bounce')
    op.drop_column('notices', 'tried')
    op.drop_column('unread', 'ref')
