"""Table of who would like to hear of new things."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from services.core.types import UtcDateTime


class MarketingConsent(SQLModel, table=True):
    """That whoever texts from an address asked for news, in which words, and until when it held."""

    __tablename__ = "marketing_consent"

    address: str = Field(primary_key=True)
    words: str
    given_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
