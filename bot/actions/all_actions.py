"""Every action of the product, built once with what it needs."""

from datetime import timedelta

from bot.actions.bereavement import bereavement_actions
from bot.actions.booking import booking_actions
from bot.actions.bookings import bookings_actions
from bot.actions.carers import carers_actions
from bot.actions.changing import changing_actions
from bot.actions.checkins import checkin_actions
from bot.actions.details import details_actions
from bot.actions.diary import SendCalendarLink
from bot.actions.executor import Actions
from bot.actions.finding import finding_actions
from bot.actions.focus import focus_actions
from bot.actions.languages import language_actions
from bot.actions.offers import offer_actions
from bot.actions.passing_on import NoteAccess
from bot.actions.places import places_actions
from bot.actions.questions import questions_actions
from bot.actions.referrals import referrals_actions
from bot.actions.reminders import reminder_actions
from bot.actions.saved_searches import saved_search_actions
from bot.actions.staff import staff_actions
from bot.actions.surveys import survey_actions
from bot.actions.swapping import swapping_actions
from bot.actions.travel import travel_actions
from bot.actions.undoing import undoing_actions
from bot.actions.waiting import waiting_actions


def all_actions(hold_for: timedelta, public_base_url: str = "") -> Actions:
    """The actions that flows may name.

    `hold_for` is how long a place is kept without a yes; `public_base_url` is where calendar links lead.
    """
    return Actions(
        [
            *finding_actions(),
            *places_actions(),
            *booking_actions(hold_for, public_base_url),
            NoteAccess(),
            *bookings_actions(),
            *carers_actions(),
            *bereavement_actions(),
            *referrals_actions(),
            *changing_actions(),
            *reminder_actions(),
            *swapping_actions(hold_for, public_base_url),
            *undoing_actions(),
            SendCalendarLink(public_base_url),
            *focus_actions(),
            *waiting_actions(),
            *saved_search_actions(),
            *offer_actions(public_base_url),
            *travel_actions(),
            *language_actions(),
            *questions_actions(),
            *details_actions(),
            *staff_actions(),
            *survey_actions(),
            *checkin_actions(),
        ]
    )
