"""Create the tables of the first release.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)

_TABLES = (
    "alliance",
    "catalogue",
    "lease",
    "opt_out",
    "person",
    "provider",
    "venue",
    "event",
    "identity",
    "booking",
    "conversation",
    "event_session",
    "inbound_message",
    "outbox_message",
    "flag",
    "reminder",
)


def upgrade() -> None:
    _create_alliance()
    _create_catalogue()
    _create_lease()
    _create_opt_out()
    _create_person()
    _create_provider()
    _create_venue()
    _create_event()
    _create_identity()
    _create_booking()
    _create_conversation()
    _create_event_session()
    _create_inbound_message()
    _create_outbox_message()
    _create_flag()
    _create_reminder()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_alliance() -> None:
    op.create_table(
        "alliance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _create_catalogue() -> None:
    op.create_table(
        "catalogue",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("job"),
    )


def _create_opt_out() -> None:
    op.create_table(
        "opt_out",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )


def _create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("access_needs", _JSON, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_provider() -> None:
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _create_venue() -> None:
    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("borough", sa.String(), nullable=False),
        sa.Column("travel", sa.String(), nullable=False),
        sa.Column("parking", sa.String(), nullable=False),
        sa.Column("travel_checked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("venue_name_postcode", "venue", ["name", "postcode"], unique=True)


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("discreet_title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("alliance_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("joining_link", sa.String(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("cancer_types", _JSON, nullable=False),
        sa.Column("needs", _JSON, nullable=False),
        sa.Column("audience", _JSON, nullable=False),
        sa.Column("stage", _JSON, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("access", _JSON, nullable=False),
        sa.Column("cost", sa.String(), nullable=False),
        sa.Column("referral", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("bring", sa.String(), nullable=False),
        sa.Column("travel", sa.String(), server_default="", nullable=False),
        sa.Column("parking", sa.String(), server_default="", nullable=False),
        sa.Column("travel_checked_on", sa.Date(), nullable=True),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name="places_within_capacity"),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliance.id"]),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"]),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("external_id"),
    )
    op.create_index("event_status_starts_at", "event", ["status", "starts_at"])
    op.create_index("ix_event_alliance_id", "event", ["alliance_id"])
    op.create_index("ix_event_provider_id", "event", ["provider_id"])
    op.create_index("ix_event_venue_id", "event", ["venue_id"])


def _create_identity() -> None:
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("last_inbound_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "address"),
    )
    op.create_index("ix_identity_address", "identity", ["address"])
    op.create_index("ix_identity_person_id", "identity", ["person_id"])


def _create_booking() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("attendee", sa.String(), nullable=False),
        sa.Column("attendee_name", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("access_needs", _JSON, nullable=False),
        sa.Column("deadline", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.CheckConstraint("places > 0", name="places_positive"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(
        "booking_deadline",
        "booking",
        ["deadline"],
        sqlite_where=sa.text("status IN ('held', 'offered')"),
        postgresql_where=sa.text("status IN ('held', 'offered')"),
    )
    op.create_index(
        "booking_live",
        "booking",
        ["person_id", "event_id", "attendee"],
        unique=True,
        sqlite_where=sa.text("status IN ('held', 'offered', 'confirmed', 'waiting')"),
        postgresql_where=sa.text("status IN ('held', 'offered', 'confirmed', 'waiting')"),
    )
    op.create_index("ix_booking_event_id", "booking", ["event_id"])
    op.create_index("ix_booking_identity_id", "booking", ["identity_id"])


def _create_conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("state", _JSON, nullable=False),
        sa.Column("with_staff_until", _TIME, nullable=True),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("identity_id"),
    )


def _create_event_session() -> None:
    op.create_table(
        "event_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_event_session_event_id", "event_session", ["event_id"])
    op.create_index("ix_event_session_starts_at", "event_session", ["starts_at"])


def _create_inbound_message() -> None:
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("details", _JSON, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("safety_checked", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "provider_id"),
    )
    op.create_index(
        "inbound_waiting",
        "inbound_message",
        ["id"],
        sqlite_where=sa.text("status = 'received'"),
        postgresql_where=sa.text("status = 'received'"),
    )
    op.create_index("ix_inbound_message_identity_id", "inbound_message", ["identity_id"])


def _create_outbox_message() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("parameters", _JSON, nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("in_reply_to", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("claimed_at", _TIME, nullable=True),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index("ix_outbox_message_booking_id", "outbox_message", ["booking_id"])
    op.create_index("ix_outbox_message_identity_id", "outbox_message", ["identity_id"])
    op.create_index("ix_outbox_message_in_reply_to", "outbox_message", ["in_reply_to"])
    op.create_index("ix_outbox_message_provider_id", "outbox_message", ["provider_id"])
    op.create_index(
        "outbox_due",
        "outbox_message",
        ["priority", "due_at", "id"],
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "outbox_open",
        "outbox_message",
        ["status", "claimed_at"],
        sqlite_where=sa.text("status IN ('sending', 'unknown')"),
        postgresql_where=sa.text("status IN ('sending', 'unknown')"),
    )


def _create_flag() -> None:
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("handled_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_flag_identity_id", "flag", ["identity_id"])
    op.create_index("ix_flag_inbound_id", "flag", ["inbound_id"])


def _create_reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"]),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("booking_id", "session_id", "kind"),
    )
    op.create_index("ix_reminder_booking_id", "reminder", ["booking_id"])
    op.create_index("ix_reminder_session_id", "reminder", ["session_id"])
    op.create_index(
        "reminder_due",
        "reminder",
        ["due_at"],
        sqlite_where=sa.text("status = 'planned'"),
        postgresql_where=sa.text("status = 'planned'"),
    )
