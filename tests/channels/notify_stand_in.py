"""A stand-in for GOV.UK Notify that keeps state: it takes, refuses and lists text messages in Notify's own words.

After Notify's REST API documentation: the token, what makes a request wrong, and the form of every answer.
"""

import re
import time
from collections import deque
from dataclasses import dataclass, field
from uuid import uuid4

import jwt
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

SERVICE, SECRET, TEMPLATE = "26785a09-ab16-4eb0-8407-a37497a57506", str(uuid4()), str(uuid4())
KEY = f"a-key-for-tests-{SERVICE}-{SECRET}"
RATE = ("RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds")
DAY = ("TooManyRequestsError", "Exceeded send limits (sms: 250000) for today")
_LONGEST = 918


@dataclass
class Taken:
    """A text message that was taken."""

    phone_number: str
    reference: str | None
    body: str
    created_at: str
    status: str = "created"
    id: str = field(default_factory=lambda: str(uuid4()))

    def resource(self):
        """The message as a listing shows it."""
        template = {"id": TEMPLATE, "version": 1, "uri": f"/v2/template/{TEMPLATE}/1"}
        return vars(self) | {"type": "sms", "template": template, "sent_at": None, "completed_at": None}

    def receipt(self, status):
        """The delivery receipt that says how the message stands."""
        self.status = status
        told = {"to": self.phone_number, "notification_type": "sms", "template_id": TEMPLATE, "template_version": 1}
        names = ("id", "reference", "status", "created_at", "sent_at", "completed_at")
        return {name: self.resource()[name] for name in names} | told


class FakeNotify:
    """One service of Notify: `messages` is all that it took; `faults` what goes wrong with the next messages, one each.

    A fault is "taken, then dropped", "taken, then 500", "dropped", "500", or an error of 429 (`RATE`, `DAY`).
    """

    def __init__(self, now):
        self.messages, self.faults, self.now = [], deque(), now

    @property
    def app(self):
        """The service as a web application."""
        path = "/v2/notifications"
        return Starlette(routes=[Route(path + "/sms", self._post, methods=["POST"]), Route(path, self._list)])

    async def _post(self, request):
        fault = self.faults.popleft() if self.faults else None
        if fault in (RATE, DAY):
            return _error(429, *fault)
        said = await request.json()
        if fault is None or fault.startswith("taken"):
            refused = _unauthorised(request) or _mistake(said)
            if refused is not None:
                return refused
            text = said["personalisation"]["message"]
            moment = self.now().replace(tzinfo=None).isoformat() + "Z"
            self.messages.append(Taken(said["phone_number"], said.get("reference"), text, moment))
        if fault is None:
            return JSONResponse(_created(self.messages[-1]), 201)
        if fault.endswith("500"):
            return _error(500, "Exception", "Internal server error")
        return StreamingResponse(iter(()), headers={"Content-Length": "1"})

    async def _list(self, request):
        refused = _unauthorised(request)
        if refused is not None:
            return refused
        wanted = request.query_params.get("reference")
        found = [one.resource() for one in reversed(self.messages) if wanted in (None, one.reference)]
        return JSONResponse({"notifications": found[:250], "links": {"current": str(request.url)}})


def _created(taken):
    uri = f"https://api.notifications.service.gov.uk/v2/notifications/{taken.id}"
    content = {"body": taken.body, "from_number": "GOVUK"}
    return {"id": taken.id, "reference": taken.reference, "content": content, "uri": uri, "template": {"id": TEMPLATE}}


def _unauthorised(request):
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        claims = jwt.decode(token, SECRET, ["HS256"], options={"require": ["iss", "iat"]})
    except jwt.InvalidTokenError:
        return _error(403, "AuthError", "Invalid token: API key not found")
    if kind != "Bearer" or claims["iss"] != SERVICE:
        return _error(403, "AuthError", "Invalid token: service not found")
    if abs(time.time() - claims["iat"]) > 30:
        return _error(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
    return None


def _mistake(said):
    number, text = said.get("phone_number", ""), said.get("personalisation", {}).get("message")
    if not re.fullmatch(r"\+[0-9]{8,15}", number):
        return _error(400, "ValidationError", "phone_number Must not contain letters or symbols")
    if not number.startswith("+44"):
        return _error(400, "BadRequestError", "Cannot send to international mobile numbers")
    if not number.startswith("+447"):
        return _error(400, "ValidationError", "phone_number Not a UK mobile number")
    if said.get("template_id") != TEMPLATE:
        return _error(400, "BadRequestError", "Template not found")
    if text is None:
        return _error(400, "BadRequestError", "Missing personalisation: message")
    if len(text) > _LONGEST:
        sentence = "Your message is too long. Text messages cannot be longer than 918 characters."
        return _error(400, "BadRequestError", f"{sentence} Your message is {len(text)} characters long.")
    return None


def _error(status, error, message):
    return JSONResponse({"status_code": status, "errors": [{"error": error, "message": message}]}, status)
