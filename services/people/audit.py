"""The audit trail: who of staff did or looked at what, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from services.people.tables import AuditEntry

_WRITE = insert(AuditEntry.__table__)  # type: ignore[attr-defined]


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    now: datetime,
    identity_id: int | None = None,
    flag_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write down one thing that `actor` did, in the transaction that did it."""
    row = {"at": now, "actor": actor, "action": action, "identity_id": identity_id, "flag_id": flag_id}
    session.execute(_WRITE, row | {"details": details or {}})
