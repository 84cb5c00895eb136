"""Table of referrals: who was put forward by whom, with their agreement, and what they answered."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from services.core.types import Json, UtcDateTime


class ReferralStatus(StrEnum):
    """Where a referral stands; nothing is assumed, so "invited" stays until an answer comes or there is silence."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LATER = "later"
    SILENT = "silent"


class Referral(SQLModel, table=True):
    """Someone put forward by a clinician, with the agreement of the patient given on `agreed_on`.

    `suggested_by` are the discreet words agreed with them ("Grace, your nurse"). `event_id` is what it is for, if it is
    for one event; `wishes` holds slots of a search. `asked` counts the invitations; `ask_at` is when to ask (again).
    """

    id: int | None = Field(default=None, primary_key=True)
    identity_id: int = Field(foreign_key="identity.id", index=True)
    first_name: str
    suggested_by: str
    agreed_on: date
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    wishes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    status: str = Field(default=ReferralStatus.INVITED, index=True)
    asked: int = 0
    ask_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
