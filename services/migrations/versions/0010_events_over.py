"""Find the events that are over by an index.

Revision 0010, after 0009.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("event_status_ends_at", "event", ["status", "ends_at"])


def downgrade() -> None:
    op.drop_index("event_status_ends_at", "event")
