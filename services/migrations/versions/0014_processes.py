"""Know which process has a message in hand.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("inbound_message", "outbox_message")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("process", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "process")
