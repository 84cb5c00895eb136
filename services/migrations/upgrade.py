"""Bringing a database to the tables that this version of the product expects."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, make_url, text

from services.core.database import Database
from services.core.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
_LOCK = 1_146_905_932  # any number that no other advisory lock in the database uses


def upgrade(url: str) -> None:
    """Create or change the tables of the database at `url` (a SQLAlchemy URL), all of it or nothing.

    Several machines may do so at once; an SQLite file and its folder are made when missing. Raises ConfigurationError
    for a PostgreSQL database that cannot keep every letter.
    """
    from alembic import command  # takes a second to import, and serving never needs it

    engine = plain_engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                _require_unicode(connection)
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(configuration(connection), "head")
    finally:
        engine.dispose()


def _require_unicode(connection: Connection) -> None:
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise ConfigurationError(
            f"The PostgreSQL database keeps text as {encoding}, and people text in any letters: make it anew with"
            " CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0."
        )


def configuration(connection: Connection) -> "Config":
    """Alembic's configuration for this folder and an open connection; needs no file and no working folder.

    A new migration is begun, on a database that has all earlier ones, with
    `alembic.command.revision(configuration(connection), "what it does", autogenerate=True, rev_id="0011")`.
    """
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def is_current(database: Database) -> bool:
    """Whether `upgrade` has nothing left to do."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [latest()]


def require_current(database: Database) -> None:
    """Raise ConfigurationError unless `upgrade` has nothing left to do."""
    if not is_current(database):
        raise ConfigurationError("The database is not up to date: run `wellbeing db upgrade`.")


def latest() -> str:
    """The revision that this version of the product expects: the number of the newest file in `versions`."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def plain_engine(url: str) -> Engine:
    """An engine without a pool; on SQLite each of its transactions shuts out all others that write."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name != "sqlite":
        return engine
    if name := make_url(url).database:
        Path(name).parent.mkdir(parents=True, exist_ok=True)

    # Python's sqlite3 would commit before each CREATE TABLE; left to itself it lets one transaction hold them all.
    # Foreign keys stay off, SQLite's default: a table that is rebuilt is dropped and renamed.
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout=30000")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
