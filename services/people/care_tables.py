"""Tables of carers: for whom they book, and the codes by which those people bring in their own phones."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from services.core.types import UtcDateTime


class CaredFor(SQLModel, table=True):
    """Someone for whom a carer books; its id is the `attendee` of those bookings.

    `carer_id` is who texts for them, `person_id` who they are, `identity_id` their own phone once they have texted in
    the code, as long as it is theirs. `agreed_at` is when the carer said that they know and agree, or when they texted
    in themselves. `ended_at` is when everything for them stopped, `ended_by` why: "death" or "carer".
    """

    __tablename__ = "cared_for"

    id: int | None = Field(default=None, primary_key=True)
    carer_id: int = Field(foreign_key="person.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    identity_id: int | None = Field(default=None, foreign_key="identity.id")
    relation: str = "other"
    agreed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_by: str = ""


class PassCode(SQLModel, table=True):
    """A code that a carer passes on by word of mouth; the phone that texts it in belongs to the one cared for.

    Used once (`used_at`), and not after `expires_at`.
    """

    __tablename__ = "pass_code"

    code: str = Field(primary_key=True)
    cared_for_id: int = Field(foreign_key="cared_for.id", index=True)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class CodeGuess(SQLModel, table=True):
    """A code that was texted in and is none; so many a day from one phone, and codes are read from it no more."""

    __tablename__ = "code_guess"

    id: int | None = Field(default=None, primary_key=True)
    identity_id: int = Field(foreign_key="identity.id", index=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
