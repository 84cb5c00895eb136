"""Venues that an import names: found or made, with the newest word on how to get there."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, SQLModel

from services.events.rows import Block, EventRow, VenueCells
from services.events.sheet import RowError

_VENUE = SQLModel.metadata.tables["venue"]
_FIELDS = ("travel", "parking", "travel_checked_on")
Key = tuple[str, str]


class Located(Protocol):
    """Where a postcode is: degrees, and the London borough ("" outside)."""

    @property
    def lat(self) -> float:
        """Latitude in degrees."""

    @property
    def lon(self) -> float:
        """Longitude in degrees."""

    @property
    def borough(self) -> str:
        """The London borough."""


Locate = Callable[[str], Located | None]


@dataclass(slots=True)
class VenueDraft:
    """A venue as it will be stored; `id` is None until it is."""

    name: str
    postcode: str
    lat: float
    lon: float
    borough: str
    address: str = ""
    travel: str = ""
    parking: str = ""
    travel_checked_on: date | None = None
    id: int | None = None

    def absorb(self, address: str, block: Block) -> None:
        """Take over what a row says: what is not known yet, and everything when it was checked later."""
        self.address = address or self.address
        known, said = self.travel_checked_on, block.travel_checked_on
        is_newer = said is not None and (known is None or said > known)
        for field in _FIELDS:
            value = getattr(block, field)
            if value and (is_newer or not getattr(self, field)):
                setattr(self, field, value)

    def differing(self, block: Block) -> dict[str, Any]:
        """Return what a row says otherwise than the venue, to be kept with its event; the rest empty."""
        nothing = asdict(Block())
        said = asdict(block)
        return {name: said[name] if said[name] != getattr(self, name) else nothing[name] for name in _FIELDS}


_COLUMNS = tuple(_VENUE.c[field.name] for field in fields(VenueDraft))
_BY_POSTCODE = select(*_COLUMNS).where(_VENUE.c.postcode.in_(bindparam("postcodes", expanding=True)))


class Venues:
    """The venues of one import."""

    def __init__(self, session: Session, rows: Iterable[EventRow], locate: Locate) -> None:
        self._session = session
        self.errors: list[RowError] = []
        placed = [(row, row.venue) for row in rows if row.venue]
        self._drafts = dict(self._stored({venue.postcode for _, venue in placed}))
        self._before = {key: asdict(draft) for key, draft in self._drafts.items()}
        for row, venue in placed:
            if draft := self._find(row, venue, locate):
                draft.absorb(venue.address, row.block)

    def of(self, venue: VenueCells) -> VenueDraft:
        """Return the venue of a row."""
        return self._drafts[venue.name, venue.postcode]

    def store(self) -> None:
        """Write new venues and those that changed; every draft has its id after this."""
        for key, draft in sorted(self._drafts.items()):
            values = {name: value for name, value in asdict(draft).items() if name != "id"}
            if draft.id is None:
                stored = self._session.connection().execute(insert(_VENUE).values(values).returning(_VENUE.c.id))
                draft.id = stored.scalar_one()
            elif asdict(draft) != self._before[key]:
                self._session.connection().execute(update(_VENUE).where(_VENUE.c.id == draft.id).values(values))

    def _stored(self, postcodes: set[str]) -> Iterator[tuple[Key, VenueDraft]]:
        for row in self._session.connection().execute(_BY_POSTCODE, {"postcodes": sorted(postcodes)}):
            yield (row.name, row.postcode), VenueDraft(**row._mapping)

    def _find(self, row: EventRow, venue: VenueCells, locate: Locate) -> VenueDraft | None:
        key = (venue.name, venue.postcode)
        if key not in self._drafts:
            place = locate(venue.postcode)
            if place is None:
                self.errors.append(RowError(row.line, "postcode", f'"{venue.postcode}" is not known'))
                return None
            self._drafts[key] = VenueDraft(*key, place.lat, place.lon, place.borough)
        return self._drafts[key]
