"""Find those who wait for an event by an index.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("status = 'waiting'")
    op.create_index(
        "booking_waiting", "booking", ["event_id", "created_at"], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade() -> None:
    op.drop_index("booking_waiting", "booking")
