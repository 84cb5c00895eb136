"""All tables in one metadata, for Alembic and for tests."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import services.booking.referral_tables
import services.booking.tables
import services.campaigns.broadcast_tables
import services.campaigns.tables
import services.events.tables
import services.insight.tables
import services.people.care_tables
import services.people.marketing_tables
import services.people.sending_tables
import services.people.staff_tables
import services.people.tables  # noqa: F401 - importing registers the tables


def all_tables() -> MetaData:
    """The metadata of every table of the product."""
    return SQLModel.metadata
