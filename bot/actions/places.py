"""Choosing between places of one name."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction
from bot.actions.context import TurnContext


class OfferPlaces(TurnAction):
    """Makes a menu of the places that a name may mean."""

    called = "action_offer_places"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `place_options` from the choices that the gazetteer found."""
        choices = slots["place"]["choices"]
        lines = [
            {"payload": f"place:{number}", "title": place["name"], "words": place["borough"]}
            for number, place in enumerate(choices)
        ]
        return {"place_options": lines, "place_choice": None}


class TakePlace(TurnAction):
    """Takes the place that was chosen from the menu."""

    called = "action_take_place"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `place` to the one chosen."""
        number = int(slots["place_choice"].rpartition(":")[2])
        return {"place": slots["place"]["choices"][number]}


def places_actions() -> list[TurnAction]:
    """Both actions of choosing a place."""
    return [OfferPlaces(), TakePlace()]
