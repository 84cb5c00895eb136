"""Noting in which language someone would rather talk, and saying what there is in it."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.context import TurnContext
from services.events.search import is_held_in
from services.people import flags, wishes

# Languages in which we are sure of the one line that says how to reach a person.
_OWN_LINES = frozenset({"Spanish", "Portuguese", "French"})
_SIGNED = "bsl"


class NoteLanguage(TurnAction):
    """Keeps the wish with the person, brings it to staff, and says what exists: a person, an interpreter, events."""

    called = "action_note_language"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Note the language or British Sign Language that was named or written in; nothing is booked."""
        flags.raise_once(
            turn.session,
            identity_id=turn.identity_id,
            inbound_id=turn.inbound_id,
            category="language",
            severity=2,
            now=turn.now,
        )
        language = slots.get("language")
        if _SIGNED in (slots.get("access_wish") or ()):
            wishes.note_access(turn.session, turn.person_id, _SIGNED)
            say("utter_bsl_noted")
        elif language and language != "English":
            wishes.note_language(turn.session, turn.person_id, language)
            _say_what_exists(language, slots, turn, say)
        else:
            say("utter_language")
        return {}


def _say_what_exists(language: str, slots: Slots, turn: TurnContext, say: Say) -> None:
    exists = is_held_in(turn.session, language, now=turn.now)
    own = slots.get("foreign") and language in _OWN_LINES
    say(
        "utter_language_noted",
        language=language,
        own_line=phrase(f"part_own_line_{language.lower()}") if own else "",
        these_events=phrase("part_events_in_language" if exists else "part_no_events_in_language", language=language),
    )


def language_actions() -> list[TurnAction]:
    """Every action about languages."""
    return [NoteLanguage()]
