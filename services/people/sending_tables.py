"""Tables of what sending uses: each sender's rate, and what was spent by day."""

from sqlmodel import Field, SQLModel


class SenderRate(SQLModel, table=True):
    """When a sender of ours may post its next message, shared by all processes.

    `next_at` is in seconds since 1970 (UTC): a number, since both databases add to it in the statement itself.
    """

    __tablename__ = "sender_rate"

    channel: str = Field(primary_key=True)
    sender: str = Field(primary_key=True)
    next_at: float


class DailyUse(SQLModel, table=True):
    """What left by a channel on a London day (YYYY-MM-DD), in messages and in the segments that are paid for."""

    __tablename__ = "daily_use"

    day: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    messages: int = 0
    segments: int = 0
