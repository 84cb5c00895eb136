"""Add broadcasts, their recipients and the consent to news.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)
_OF_BROADCAST = sa.text("broadcast_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "marketing_consent",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("audience", _JSON, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("approve_above", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("left_out", _JSON, nullable=False),
        sa.Column("gathered_to", sa.Integer(), nullable=False),
        sa.Column("released_to", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("gathered_at", _TIME, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("fingerprint"),
    )
    op.create_index("ix_broadcast_status", "broadcast", ["status"])
    op.create_table(
        "broadcast_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("broadcast_id", "person_id"),
        sa.UniqueConstraint("broadcast_id", "address"),
    )
    op.create_index("ix_broadcast_recipient_person_id", "broadcast_recipient", ["person_id"])
    op.create_index("ix_broadcast_recipient_identity_id", "broadcast_recipient", ["identity_id"])
    op.create_index("broadcast_recipient_order", "broadcast_recipient", ["broadcast_id", "id"])
    op.add_column("outbox_message", sa.Column("broadcast_id", sa.Integer(), nullable=True))
    op.create_index(
        "outbox_broadcast",
        "outbox_message",
        ["broadcast_id", "status", "reason"],
        sqlite_where=_OF_BROADCAST,
        postgresql_where=_OF_BROADCAST,
    )


def downgrade() -> None:
    op.drop_index("outbox_broadcast", "outbox_message")
    op.drop_column("outbox_message", "broadcast_id")
    op.drop_table("broadcast_recipient")
    op.drop_table("broadcast")
    op.drop_table("marketing_consent")
