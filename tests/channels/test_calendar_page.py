"""The address of a calendar file: open to whoever knows it, and silent to everybody else."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web import calendar
from services.booking import places
from services.booking.calendar import link_of


@pytest.fixture
def page(service):
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.include_router(calendar.router)
    with TestClient(app) as client:
        yield client


@pytest.fixture
def token(chosen_database, make_event, make_identity, clock):
    event, who = make_event(), make_identity()

    def unit(session):
        given = {"event_id": event.id, "person_id": who.person_id, "identity_id": who.id, "places": 1}
        held = places.hold(session, **given, now=clock.now(), hold_for=timedelta(minutes=15))
        places.confirm(session, held.booking_id, clock.now())
        return link_of(session, held.booking_id, clock.now())

    return chosen_database.write(unit)


def test_a_calendar_opens_on_a_phone_and_is_kept_by_nobody_else(page, token):
    answer = page.get(f"/c/{token}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert page.head(f"/c/{token}.ics").status_code == 200


@pytest.mark.parametrize("wrong", ["x", "A" * 16, "A" * 5000, "..%2F..%2Fetc", "%00", "1' OR '1'='1", "é"])
def test_a_wrong_address_says_nothing(page, token, wrong):
    answer = page.get(f"/c/{wrong}.ics")
    assert answer.status_code == 404
    assert token not in answer.text


@pytest.mark.parametrize("path", ["/c/", "/c", "/c/{token}", "/c/{token}.ICS", "/c/{token}/x.ics"])
def test_nothing_else_lies_there(page, token, path):
    assert page.get(path.format(token=token)).status_code == 404


def test_nothing_can_be_written(page, token):
    for method in ("post", "put", "delete", "patch"):
        assert getattr(page, method)(f"/c/{token}.ics").status_code == 405
