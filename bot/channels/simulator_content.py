"""The stand-in's Content API: it creates, approves and fills contents, within the limits that Twilio gives.

Source: Twilio's OpenAPI description of Content v1, and its pages on twilio/text, quick-reply and list-picker.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.channels.http import Answer
from bot.channels.menus import (
    LONGEST_BODY,
    LONGEST_CHOOSE,
    LONGEST_DESCRIPTION,
    LONGEST_ITEM,
    LONGEST_PAYLOAD,
    LONGEST_REPLY,
    MOST_ITEMS,
    MOST_REPLIES,
    Item,
)
from bot.channels.simulator_messages import Shown, error

_PATH = re.compile(r"/v1/Content(?:/(?P<sid>HX[0-9a-f]{32})(?P<rest>/ApprovalRequests(?:/whatsapp)?)?)?")
_BLANK = re.compile(r"\{\{([^{}]*)\}\}")
_NEXT_TO_EACH_OTHER = re.compile(r"\}\}\s*\{\{")
_NO_VALUE = re.compile(r"[\n\t]| {5}")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LONGEST_VALUE = 1600
_TEXT, _REPLIES, _LIST = "twilio/text", "twilio/quick-reply", "twilio/list-picker"
_CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")

# For each type the members that it must and may have; of its options likewise.
_MEMBERS = {
    _TEXT: ({"body"}, {"body"}),
    _REPLIES: ({"body", "actions"}, {"body", "actions"}),
    _LIST: ({"body", "button", "items"}, {"body", "button", "items"}),
}
_OPTION_MEMBERS = {
    "actions": ({"title"}, {"type", "title", "id"}),
    "items": ({"id", "item"}, {"id", "item", "description"}),
}
_MOST_OPTIONS = {"actions": 10, "items": MOST_ITEMS}


class Unusable(Exception):
    """A content that a message cannot be sent with; `code` is Twilio's."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(slots=True)
class _Content:
    sid: str
    body: dict[str, Any]
    created_at: datetime
    approval: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        kind: str = next(iter(self.body["types"]))
        return kind

    @property
    def filled(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["types"][self.kind]
        return found


class ContentStore:
    """The contents of one account.

    `verdict` is what becomes of a template that was submitted, once it is looked at again: "approved" or "rejected"
    ("pending" for no end of waiting).
    """

    def __init__(self, account_sid: str, now: Callable[[], datetime]) -> None:
        self.verdict = "approved"
        self.contents: dict[str, _Content] = {}
        self._account_sid, self._now = account_sid, now

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        """Answer one request."""
        found = _PATH.fullmatch(path)
        if found is None:
            return error(404, 20404)
        if found["sid"] is None:
            return self._create(body) if method == "POST" else self._list()
        content = self.contents.get(found["sid"])
        if content is None:
            return error(404, 20404)
        if found["rest"] is None:
            return self._fetch_or_delete(method, content)
        return self._submit(content, body) if method == "POST" else self._approval(content)

    def fill(self, sid: str, variables: str) -> tuple[str, Shown | None, int | None]:
        """The text and menu of a content, and the code that WhatsApp would refuse it with, if any; raises Unusable."""
        content = self.contents.get(sid)
        if content is None:
            raise Unusable(21655)
        values = {**content.body.get("variables", {}), **_values(variables)}
        named = _BLANK.findall(content.filled["body"])
        if any(_NO_VALUE.search(values.get(name, "")) for name in named):
            raise Unusable(21656)
        text, shown = _put(content.filled["body"], values), _shown(content.filled, values)
        is_sound = _is_within(text, shown) if shown is not None else len(text) <= _LONGEST_VALUE
        return text, shown, None if is_sound else 63013

    def is_approved(self, sid: str) -> bool:
        """Whether a content may be sent outside WhatsApp's window."""
        content = self.contents.get(sid)
        return content is not None and content.approval.get("status") == "approved"

    def _create(self, body: dict[str, Any]) -> Answer:
        if not is_content(body):
            return error(400, 20001)
        content = _Content("HX" + secrets.token_hex(16), body, self._now())
        self.contents[content.sid] = content
        return Answer(201, self._resource(content))

    def _list(self) -> Answer:
        url = "https://content.twilio.com/v1/Content?PageSize=50&Page=0"
        page = {"page": 0, "page_size": 50, "first_page_url": url, "previous_page_url": None, "url": url}
        contents = [self._resource(content) for content in self.contents.values()]
        return Answer(200, {"meta": page | {"next_page_url": None, "key": "contents"}, "contents": contents})

    def _fetch_or_delete(self, method: str, content: _Content) -> Answer:
        if method != "DELETE":
            return Answer(200, self._resource(content))
        del self.contents[content.sid]
        return Answer(204, {})

    def _submit(self, content: _Content, body: dict[str, Any]) -> Answer:
        fits = _NAME.fullmatch(str(body.get("name", ""))) and body.get("category") in _CATEGORIES
        if not fits or content.kind == _LIST or content.approval:
            return error(400, 20001)
        content.approval = {
            "name": body["name"],
            "category": body["category"],
            "content_type": content.kind,
            "status": "received",
            "rejection_reason": "",
            "allow_category_change": bool(body.get("allow_category_change", True)),
        }
        return Answer(201, dict(content.approval))

    def _approval(self, content: _Content) -> Answer:
        shown = {"type": "whatsapp", **content.approval} if content.approval else None
        if content.approval.get("status") in ("received", "pending"):
            self._judge(content)
        url = f"https://content.twilio.com/v1/Content/{content.sid}/ApprovalRequests"
        return Answer(200, {"sid": content.sid, "account_sid": self._account_sid, "whatsapp": shown or {}, "url": url})

    def _judge(self, content: _Content) -> None:
        """WhatsApp takes no body that begins or ends with a variable or has two together, nor one without examples."""
        body, named = content.filled["body"].strip(), _BLANK.findall(content.filled["body"])
        is_bare = body.startswith("{{") or body.endswith("}}") or bool(_NEXT_TO_EACH_OTHER.search(body))
        if is_bare or not set(named) <= set(content.body.get("variables", {})):
            content.approval |= {"status": "rejected", "rejection_reason": "INVALID_FORMAT"}
        else:
            content.approval["status"] = self.verdict

    def _resource(self, content: _Content) -> dict[str, Any]:
        moment = content.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        url = f"https://content.twilio.com/v1/Content/{content.sid}"
        approvals = f"{url}/ApprovalRequests"
        return {
            "sid": content.sid,
            "account_sid": self._account_sid,
            "friendly_name": content.body.get("friendly_name"),
            "language": content.body["language"],
            "variables": content.body.get("variables", {}),
            "types": content.body["types"],
            "date_created": moment,
            "date_updated": moment,
            "url": url,
            "links": {"approval_create": f"{approvals}/whatsapp", "approval_fetch": approvals},
        }


def is_content(body: dict[str, Any]) -> bool:
    """Whether a request to create a content is one that Twilio takes."""
    types, variables = body.get("types"), body.get("variables", {})
    if not body.get("language") or not isinstance(types, dict) or len(types) != 1 or not isinstance(variables, dict):
        return False
    if not set(body) <= {"friendly_name", "language", "variables", "types"}:
        return False
    [(kind, filled)] = types.items()
    return kind in _MEMBERS and _has(filled, *_MEMBERS[kind]) and _are_filled(filled, variables)


def _are_filled(filled: Any, variables: dict[str, Any]) -> bool:
    """Whether every blank has a variable, and every variable a sample that is not empty."""
    named = {name for word in _strings(filled) for name in _BLANK.findall(word)}
    return named <= set(variables) and all(isinstance(value, str) and value for value in variables.values())


def _has(filled: Any, must: set[str], may: set[str]) -> bool:
    if not isinstance(filled, dict) or not must <= set(filled) <= may:
        return False
    return all(
        isinstance(filled[many], list)
        and 1 <= len(filled[many]) <= _MOST_OPTIONS[many]
        and all(_has(option, *members) for option in filled[many])
        for many, members in _OPTION_MEMBERS.items()
        if many in filled
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(part)


def _values(variables: str) -> dict[str, str]:
    try:
        values = json.loads(variables or "{}")
    except ValueError:
        raise Unusable(21656) from None
    if not isinstance(values, dict) or not all(isinstance(one, str) and one for one in values.values()):
        raise Unusable(21656)
    if any(len(value) > _LONGEST_VALUE for value in values.values()):
        raise Unusable(21658)
    return values


def _put(words: str, values: dict[str, str]) -> str:
    return _BLANK.sub(lambda found: values.get(found[1], found[0]), words)


def _shown(filled: dict[str, Any], values: dict[str, str]) -> Shown | None:
    def put(option: dict[str, Any], name: str) -> str:
        return _put(option.get(name, ""), values)

    if "items" in filled:
        items = [Item(put(one, "id"), put(one, "item"), put(one, "description")) for one in filled["items"]]
        return Shown(tuple(items), put(filled, "button"))
    if "actions" in filled:
        return Shown(tuple(Item(put(one, "id") or put(one, "title"), put(one, "title")) for one in filled["actions"]))
    return None


def _is_within(text: str, shown: Shown) -> bool:
    """Whether what WhatsApp would show in a session is within its limits."""
    most, longest = (MOST_ITEMS, LONGEST_ITEM) if shown.choose else (MOST_REPLIES, LONGEST_REPLY)
    titles = [item.title for item in shown.items]
    payloads = {item.payload for item in shown.items}
    return (
        0 < len(text) <= LONGEST_BODY
        and len(titles) == len(payloads) <= most
        and all(0 < len(title) <= longest for title in titles)
        and (bool(shown.choose) or len(set(titles)) == len(titles))
        and all(len(item.payload) <= LONGEST_PAYLOAD for item in shown.items)
        and all(len(item.description) <= LONGEST_DESCRIPTION for item in shown.items)
        and len(shown.choose) <= LONGEST_CHOOSE
    )
