"""Alembic's entry point: runs the migrations on the connection that `upgrade` opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON
from sqlmodel.sql.sqltypes import AutoString

from services.core.types import UtcDateTime
from services.migrations.metadata import all_tables


def _render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types into a new migration as plain SQLAlchemy, so that it never changes with our code."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    render_as_batch=True,  # SQLite changes most things about a table only by building it anew
    transactional_ddl=True,
    render_item=_render_item,
)
with context.begin_transaction():
    context.run_migrations()
