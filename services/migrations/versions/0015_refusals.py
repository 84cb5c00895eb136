"""Find the messages that were refused by an index; keep for which phone and booking reminders are off.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "outbox_refused",
        "outbox_message",
        ["created_at"],
        sqlite_where=sa.text("status = 'refused'"),
        postgresql_where=sa.text("status = 'refused'"),
    )
    op.create_table(
        "no_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("booking_id", "identity_id"),
    )
    op.create_index("ix_no_reminders_identity_id", "no_reminders", ["identity_id"])


def downgrade() -> None:
    op.drop_table("no_reminders")
    op.drop_index("outbox_refused", "outbox_message")
