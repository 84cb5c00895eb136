"""Calendar files: the one page that patients open, each behind an address of its own."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.booking.calendar import calendar_of

_HEADERS = {
    "Content-Disposition": 'inline; filename="booking.ics"',
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

router = APIRouter()


def read_calendar(request: Request) -> Response:
    """Return the calendar file of a booking; 404 and nothing else for any token that is not one."""
    token = request.path_params["token"]
    database = request.app.state.service.database
    # PostgreSQL cannot even be asked for a NUL.
    found = database.read_once(lambda session: calendar_of(session, token)) if token.isprintable() else None
    if found is None:
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    return Response(found, media_type="text/calendar; charset=utf-8", headers=_HEADERS)


# A plain route, run in a thread, since it reads the database.
router.add_route("/c/{token}.ics", read_calendar, methods=["GET"], include_in_schema=False)
