"""The tables of `data/`, read into plain rows and places."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from services.journey.context import Guard
from services.journey.place import OutsideLondon, Place

DATA = Path(__file__).with_name("data")
_CHARING_CROSS = Place("Charing Cross", "area", 51.5073, -0.1276, 0)
# Further out than this the sector table ends, and a place is said to be outside London.
_REACH_M = 40_000
_STATION_RADIUS_M = 800
_HOSPITAL_RADIUS_M = 500
# Postcodes of one large office are a point; a radius of nothing would find nothing.
_LEAST_RADIUS_M = 250


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table of `data/` as strings, without its heading."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        yield from lines


def words_of(name: str) -> frozenset[str]:
    """Return the lines of a word list of `data/`; lines that begin with # are its heading."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def within_reach(place: Place) -> Place | OutsideLondon:
    """Return the place itself, or OutsideLondon when it lies more than 40 km from Charing Cross."""
    return place if place.metres_to(_CHARING_CROSS) <= _REACH_M else OutsideLondon(place)


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every place of the tables; nothing in it changes after loading.

    `outcodes` and `sectors` are keyed by code without the space, `sites` (the first hospital listed) by postcode.
    `beyond` are towns and counties out of reach; `territories` are those of them whose postcodes are in no table,
    by postcode area (BT, JE, GY, IM).
    """

    outcodes: dict[str, Place]
    sectors: dict[str, Place]
    boroughs: dict[str, Place]
    areas: tuple[Place, ...]
    wards: tuple[Place, ...]
    stations: tuple[Place, ...]
    hospitals: tuple[Place, ...]
    sites: dict[str, Place]
    beyond: tuple[Place, ...]
    territories: dict[str, Place]


def load_atlas() -> Atlas:
    """Read the tables (about 7,000 rows); OSError when the package lacks its data."""
    boroughs = {row[0]: _borough(row) for row in rows("boroughs.csv")}
    alliances = {name: borough.alliance for name, borough in boroughs.items()} | {"": ""}
    outcodes = _by_code("outcodes.csv", "outcode", alliances)
    named = [_place(row, alliances) for row in rows("places.csv")]
    hospitals, beyond = list(rows("hospitals.csv")), list(rows("beyond.csv"))
    return Atlas(
        outcodes=outcodes | _districts(outcodes),
        sectors=_by_code("sectors.csv", "sector", alliances),
        boroughs=boroughs,
        areas=tuple(place for place in named if place.kind != "ward"),
        wards=tuple(place for place in named if place.kind == "ward"),
        stations=tuple(_station(row, alliances) for row in rows("stations.csv")),
        hospitals=tuple(map(_hospital, hospitals)),
        sites={row[5].replace(" ", ""): _hospital(row) for row in reversed(hospitals)},
        beyond=tuple(map(_beyond, beyond)),
        territories={row[5]: _beyond(row) for row in beyond if row[5].isalpha()},
    )


def guards() -> dict[str, Guard]:
    """Return the names that ordinary talk also uses, by key, with how far each is to be trusted."""
    return {row[0]: Guard(row[1]) for row in rows("guards.csv")}


def _borough(row: list[str]) -> Place:
    name, lat, lon, radius, alliance = row
    return Place(name, "borough", float(lat), float(lon), float(radius), name, "", alliance)


def _by_code(table: str, kind: str, alliances: dict[str, str]) -> dict[str, Place]:
    """Return a table of postcodes' parts by code without its space.

    A sector too is named by its outcode: nothing finer is ever shown or kept of a person's postcode.
    """
    places = {}
    for code, lat, lon, radius, borough in rows(table):
        outcode = code.partition(" ")[0]
        radius_m = max(float(radius), _LEAST_RADIUS_M)
        places[code.replace(" ", "")] = Place(
            outcode, kind, float(lat), float(lon), radius_m, borough, outcode, alliances[borough]
        )
    return places


def _districts(outcodes: dict[str, Place]) -> dict[str, Place]:
    """Return the districts that central London's outcodes divide, which is how people say them: SW1 of SW1A to SW1Y."""
    parts: dict[str, list[Place]] = defaultdict(list)
    for code, place in outcodes.items():
        if code[-1].isalpha() and code[:-1] not in outcodes:
            parts[code[:-1]].append(place)
    return {code: _district(code, places) for code, places in parts.items()}


def _district(code: str, parts: list[Place]) -> Place:
    middle = Place(code, "outcode", fmean(part.lat for part in parts), fmean(part.lon for part in parts), 0)
    widest = max(parts, key=lambda part: part.radius_m)
    radius = max(part.metres_to(middle) + part.radius_m for part in parts)
    return replace(middle, radius_m=round(radius), borough=widest.borough, outcode=code, alliance=widest.alliance)


def _place(row: list[str], alliances: dict[str, str]) -> Place:
    name, kind, lat, lon, radius, borough, outcode, _ = row
    return Place(name, kind, float(lat), float(lon), float(radius), borough, outcode, alliances[borough])


def _station(row: list[str], alliances: dict[str, str]) -> Place:
    name, lat, lon, borough, outcode = row[:5]
    return Place(
        f"{name} station", "station", float(lat), float(lon), _STATION_RADIUS_M, borough, outcode, alliances[borough]
    )


def _hospital(row: list[str]) -> Place:
    name, kind, lat, lon, borough, postcode, alliance, _ = row
    outcode = postcode.partition(" ")[0]
    return Place(name, kind, float(lat), float(lon), _HOSPITAL_RADIUS_M, borough, outcode, alliance)


def _beyond(row: list[str]) -> Place:
    name, kind, lat, lon, radius, outcode = row
    return Place(name, kind, float(lat), float(lon), float(radius), "", outcode)
