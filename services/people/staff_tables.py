"""Table of the members of staff who may ask for things by text."""

from datetime import datetime

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from services.core.types import UtcDateTime


class StaffMember(SQLModel, table=True):
    """Someone of staff, and the number that they text from (E.164).

    `salt` is half of their authenticator's secret, the other half of which stands in no database. `last_step` is the
    30-second step of the last code used, `wrong` counts wrong codes in a row, after too many of which nothing is done
    until `locked_until`. `asked` is the message whose command waits for a code since `asked_at`.
    """

    __tablename__ = "staff_member"
    __table_args__ = (
        Index(
            "staff_member_number",
            "address",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    address: str
    salt: str
    last_step: int = 0
    wrong: int = 0
    locked_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    asked: int | None = Field(default=None, foreign_key="inbound_message.id")
    asked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    removed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
