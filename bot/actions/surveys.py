"""After an event: whether they were there, how it was, and what they want no more of."""

from typing import Any

from bot.actions.base import SKIPPED, Say, Slots, TurnAction
from bot.actions.context import TurnContext
from services.events.tables import Event
from services.insight import answers, wishes
from services.insight.answers import Found
from services.insight.tables import Attended, Instrument

_LONGEST_WORDS = 1000
_NOTHING = (None, "")


def _survey(slots: Slots, turn: TurnContext) -> Found | None:
    return answers.find(turn.session, slots["survey"], turn.now) if slots.get("survey") else None


def _opinion(slots: Slots) -> tuple[int | None, str]:
    """The rating and the words of what was said, nothing when it was passed over."""
    said = slots.get("opinion")
    if not isinstance(said, dict):
        return _NOTHING
    return said["rating"], said["comment"][:_LONGEST_WORDS]


class NoteAttended(TurnAction):
    """Notes whether they were there, and all that they said of it in the same breath."""

    called = "action_note_attended"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `survey_state`: closed, absent, passed, done, low, fft, or opinion when that is to be asked."""
        survey = _survey(slots, turn)
        if survey is None or not (survey.is_open or slots.get("survey_told")):
            return _too_late(slots, survey, turn, say)
        if slots["attended"] == SKIPPED:
            answers.close(turn.session, survey.survey_id, turn.now)
            say("utter_survey_passed")
            return {"survey_state": "passed"}
        attended = Attended(slots["attended"])
        if attended is Attended.NO:
            return _absent(survey, turn, say)
        answers.note_attended(turn.session, survey.survey_id, attended, turn.now, reason="")
        is_fft = survey.instrument == Instrument.FFT and not slots.get("survey_told")
        if is_fft and _opinion(slots)[0] is None:
            return {"survey_state": "fft"}
        return {"survey_state": "opinion"} if slots.get("opinion") is None else _note(slots, survey, turn, say)


def _absent(survey: Found, turn: TurnContext, say: Say) -> dict[str, Any]:
    """Note that they were not there, and why if they said more than no."""
    reason = turn.text[:_LONGEST_WORDS] if len(turn.text.split()) > 1 else ""
    answers.note_attended(turn.session, survey.survey_id, Attended.NO, turn.now, reason=reason)
    say("utter_survey_absent")
    return {"survey_state": "absent"}


def _fft_answer(slots: Slots) -> str:
    return str(slots["fft_answer"]).removeprefix("fft:")


def _too_late(slots: Slots, survey: Found | None, turn: TurnContext, say: Say) -> dict[str, Any]:
    """Ask no more; what was said of it all the same is kept."""
    if survey is None or _opinion(slots) == _NOTHING:
        say("utter_survey_closed")
        return {"survey_state": "closed"}
    return _volunteered(slots, survey, turn, say)


def _volunteered(slots: Slots, survey: Found, turn: TurnContext, say: Say) -> dict[str, Any]:
    """Keep what was said without being asked, and ask for no number."""
    rating, comment = _opinion(slots)
    answers.note_opinion(turn.session, survey.survey_id, turn.now, rating=rating, comment=comment)
    if rating is None:
        answers.close(turn.session, survey.survey_id, turn.now)
    if answers.is_low(rating):
        return {"survey_state": "low"}
    say("utter_feedback_noted", title=survey.title)
    return {"survey_state": "done"}


def _note(slots: Slots, survey: Found, turn: TurnContext, say: Say) -> dict[str, Any]:
    """Note a rating, a comment or both; a comment without a rating has the number asked for, once."""
    rating, comment = _opinion(slots)
    if rating is not None and not 0 <= rating <= 10:
        say("utter_rating_range")
        return {"survey_state": "number", "opinion": None}
    if rating is None and not comment:
        answers.close(turn.session, survey.survey_id, turn.now)
        say("utter_survey_passed")
        return {"survey_state": "passed"}
    answers.note_opinion(turn.session, survey.survey_id, turn.now, rating=rating, comment=comment)
    if rating is None and not slots.get("survey_commented"):
        return {"survey_state": "number", "survey_commented": True, "opinion": None}
    if rating is None:
        answers.close(turn.session, survey.survey_id, turn.now)
    return _thank(say, low=answers.is_low(rating))


def _thank(say: Say, *, low: bool) -> dict[str, Any]:
    if low:
        return {"survey_state": "low"}
    say("utter_survey_thanks")
    return {"survey_state": "done"}


class AskOpinion(TurnAction):
    """Asks for a number and a few words; only for the number when the words are there."""

    called = "action_ask_opinion"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; nothing changes."""
        say("utter_ask_opinion_number" if slots.get("survey_commented") else "utter_ask_opinion")
        return {}


class NoteOpinion(TurnAction):
    """Notes how it was."""

    called = "action_note_opinion"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `survey_state`: number when that is asked for, else low, done, passed or closed."""
        survey = _survey(slots, turn)
        if survey is None:
            say("utter_survey_closed")
            return {"survey_state": "closed"}
        return _note(slots, survey, turn, say)


class NoteFft(TurnAction):
    """Keeps an answer to the Friends and Family Test apart from whoever gave it."""

    called = "action_note_fft"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `survey_state` to fft_comment, passed or closed, and `fft_key` by which the comment finds the answer."""
        survey = _survey(slots, turn)
        if survey is None or not survey.is_open:
            say("utter_survey_closed")
            return {"survey_state": "closed"}
        if slots["fft_answer"] == SKIPPED:
            answers.close(turn.session, survey.survey_id, turn.now)
            say("utter_survey_passed")
            return {"survey_state": "passed"}
        return {
            "survey_state": "fft_comment",
            "fft_key": answers.note_fft(turn.session, survey.survey_id, _fft_answer(slots), turn.now),
        }


class NoteFftComment(TurnAction):
    """Adds the words to an answer to the Friends and Family Test."""

    called = "action_note_fft_comment"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `survey_state` to low or done; the tie to the answer is cut."""
        words = "" if slots["fft_comment"] == SKIPPED else slots["fft_comment"][:_LONGEST_WORDS]
        answers.note_fft_comment(turn.session, slots["fft_key"], words)
        return {"fft_key": None, **_thank(say, low=answers.is_low(answer=_fft_answer(slots)))}


class FindPast(TurnAction):
    """Takes what someone says unasked for the last event that they were booked on."""

    called = "action_find_past"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `survey_state`: low, done, or ask when they said whether they were there and no more.

        What belongs to no booking is for "staff"; "words" when they have yet to say it.
        """
        said = _opinion(slots)
        survey = answers.last_attended(turn.session, turn.person_id, turn.now)
        if survey is None:
            return {"survey_state": "staff" if said != _NOTHING or slots.get("attended") else "words"}
        found = {"survey": survey.survey_id, "survey_title": survey.title, "survey_told": True}
        if said == _NOTHING or (said[0] or 0) > 10:
            attended = slots.get("attended") or Attended.YES.value
            return found | {"survey_state": "ask", "attended": attended, "opinion": None}
        return found | _volunteered(slots, survey, turn, say)


class LookForAnother(TurnAction):
    """Prepares the search for another date of what they could not get to."""

    called = "action_look_for_another"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Look for it by its name."""
        survey = _survey(slots, turn)
        return {"event_words": turn.session.get_one(Event, survey.event_id).title} if survey else {}


class RefuseSurveys(TurnAction):
    """Asks nothing more after events."""

    called = "action_refuse_surveys"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Note it; reminders and everything else go on."""
        wishes.refuse_surveys(turn.session, turn.person_id, turn.now)
        return {}


def survey_actions() -> list[TurnAction]:
    """Every action about what people say of events."""
    return [
        NoteAttended(),
        AskOpinion(),
        NoteOpinion(),
        NoteFft(),
        NoteFftComment(),
        FindPast(),
        LookForAnother(),
        RefuseSurveys(),
    ]
