"""Tables of what people say afterwards; what they say of an event and what they say of themselves are kept apart."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from services.core.types import Json, UtcDateTime


class Instrument(StrEnum):
    """What is asked after an event: our own rating, the NHS Friends and Family Test, or each in turn."""

    RATING = "rating"
    FFT = "fft"
    ALTERNATE = "alternate"


class Attended(StrEnum):
    """Whether someone got to the event that they had booked."""

    YES = "yes"
    PART = "part"
    NO = "no"


class SurveyStatus(StrEnum):
    """Where a survey stands: waiting for an answer, answered, not there, too late, or unwanted."""

    ASKED = "asked"
    ANSWERED = "answered"
    ABSENT = "absent"
    EXPIRED = "expired"
    DECLINED = "declined"


class Survey(SQLModel, table=True):
    """What the person who made a booking says of the event; one for each booking, asked for or told unasked.

    `asked_at` and `expires_at` are empty when nobody asked; `reason` is why someone was not there, in their words;
    `rating` goes from 0 (very poor) to 10 (very good). An answer to the Friends and Family Test is never in here.
    """

    __table_args__ = (
        CheckConstraint("rating BETWEEN 0 AND 10", name="rating_from_0_to_10"),
        Index(
            "survey_open",
            "expires_at",
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="booking.id", unique=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    instrument: str = Instrument.RATING
    status: str = SurveyStatus.ASKED
    attended: str = ""
    reason: str = ""
    rating: int | None = None
    comment: str = ""
    asked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    expires_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    answered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class FftResponse(SQLModel, table=True):
    """An anonymous answer to the Friends and Family Test: it names an event and a day, and nobody.

    `answer` is very_good, good, neither, poor, very_poor or dont_know. `comment_key` lets the comment that follows
    find its answer; it is emptied with the comment, or after a few days.
    """

    __tablename__ = "fft_response"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    answer: str
    comment: str = ""
    given_on: date
    comment_key: str | None = Field(default=None, unique=True)


class InsightWish(SQLModel, table=True):
    """What a person wants to be asked: apart from STOP, which ends all texts."""

    __tablename__ = "insight_wish"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    surveys_refused_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    checkins_offered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    checkins_refused_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class InstrumentRule(SQLModel, table=True):
    """Which instrument the events of a provider or of an alliance use; a provider's rule beats its alliance's."""

    __tablename__ = "instrument_rule"
    __table_args__ = (CheckConstraint("(provider_id IS NULL) <> (alliance_id IS NULL)", name="provider_or_alliance"),)

    id: int | None = Field(default=None, primary_key=True)
    provider_id: int | None = Field(default=None, foreign_key="provider.id", unique=True)
    alliance_id: int | None = Field(default=None, foreign_key="alliance.id", unique=True)
    instrument: str


class RoundStatus(StrEnum):
    """Where a round of the check-in stands; an invitation that is not taken up lapses like a round broken off."""

    PLANNED = "planned"
    INVITED = "invited"
    OPEN = "open"
    DONE = "done"
    LAPSED = "lapsed"
    DECLINED = "declined"


class CheckinRound(SQLModel, table=True):
    """The four ONS personal wellbeing questions at one time: at the start (month 0), after 3 and after 12 months.

    Scores go from 0 (not at all) to 10 (completely); `passed` names the questions that the person rather did not
    answer. `last_at` is when the round was begun or last answered, from which it lapses.
    """

    __tablename__ = "checkin_round"
    __table_args__ = (
        UniqueConstraint("person_id", "month"),
        CheckConstraint("satisfied BETWEEN 0 AND 10", name="satisfied_from_0_to_10"),
        CheckConstraint("worthwhile BETWEEN 0 AND 10", name="worthwhile_from_0_to_10"),
        CheckConstraint("happy BETWEEN 0 AND 10", name="happy_from_0_to_10"),
        CheckConstraint("anxious BETWEEN 0 AND 10", name="anxious_from_0_to_10"),
        Index(
            "checkin_round_due",
            "due_at",
            sqlite_where=text("status = 'planned'"),
            postgresql_where=text("status = 'planned'"),
        ),
        Index(
            "checkin_round_under_way",
            "last_at",
            sqlite_where=text("status IN ('invited', 'open')"),
            postgresql_where=text("status IN ('invited', 'open')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    identity_id: int = Field(foreign_key="identity.id")
    month: int
    status: str = RoundStatus.PLANNED
    satisfied: int | None = None
    worthwhile: int | None = None
    happy: int | None = None
    anxious: int | None = None
    passed: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
