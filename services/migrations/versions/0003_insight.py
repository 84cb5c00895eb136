"""Create the tables of surveys, the Friends and Family Test and the wellbeing check-in.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)
_TABLES = ("survey", "fft_response", "insight_wish", "instrument_rule", "checkin_round")
_SCORES = ("satisfied", "worthwhile", "happy", "anxious")


def upgrade() -> None:
    _create_survey()
    _create_fft_response()
    _create_insight_wish()
    _create_instrument_rule()
    _create_checkin_round()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_survey() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attended", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=True),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.CheckConstraint("rating BETWEEN 0 AND 10", name="rating_from_0_to_10"),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"]),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("booking_id"),
    )
    op.create_index("ix_survey_event_id", "survey", ["event_id"])
    op.create_index("ix_survey_person_id", "survey", ["person_id"])
    _create_partial_index("survey_open", "survey", "expires_at", "status = 'asked'")


def _create_fft_response() -> None:
    op.create_table(
        "fft_response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("comment_key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("comment_key"),
    )
    op.create_index("ix_fft_response_event_id", "fft_response", ["event_id"])


def _create_insight_wish() -> None:
    op.create_table(
        "insight_wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("surveys_refused_at", _TIME, nullable=True),
        sa.Column("checkins_offered_at", _TIME, nullable=True),
        sa.Column("checkins_refused_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )


def _create_instrument_rule() -> None:
    op.create_table(
        "instrument_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("alliance_id", sa.Integer(), nullable=True),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.CheckConstraint("(provider_id IS NULL) <> (alliance_id IS NULL)", name="provider_or_alliance"),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"]),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliance.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider_id"),
        sa.UniqueConstraint("alliance_id"),
    )


def _create_checkin_round() -> None:
    op.create_table(
        "checkin_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        *(sa.Column(score, sa.Integer(), nullable=True) for score in _SCORES),
        sa.Column("passed", _JSON, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("last_at", _TIME, nullable=True),
        sa.Column("finished_at", _TIME, nullable=True),
        *(sa.CheckConstraint(f"{score} BETWEEN 0 AND 10", name=f"{score}_from_0_to_10") for score in _SCORES),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "month"),
    )
    _create_partial_index("checkin_round_due", "checkin_round", "due_at", "status = 'planned'")
    _create_partial_index("checkin_round_under_way", "checkin_round", "last_at", "status IN ('invited', 'open')")


def _create_partial_index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
