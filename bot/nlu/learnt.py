"""What the model learns besides intents: readers of what no list or rule reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from bot.nlu import conditional_logit, need_reader, party_model, title_hints
from bot.nlu.conditional_logit import ConditionalLogit
from bot.nlu.features import Concepts
from bot.nlu.need_reader import NeedReader
from bot.nlu.party_model import PartyModel
from bot.nlu.title_hints import TitleHints

_MENUS = "menus"


@dataclass(frozen=True, slots=True)
class Learnt:
    """The trained readers, None for each that there was nothing to learn from, and the hints that one of them weighs.

    `needs` reads what someone needs, `menus` which line of a menu is meant (see `menu_reader`), `parties` how many come
    (see `party_reader`).
    """

    needs: NeedReader | None = None
    hints: TitleHints | None = None
    menus: ConditionalLogit | None = None
    parties: PartyModel | None = None


NOTHING: Learnt = Learnt()


def arrays(learnt: Learnt) -> dict[str, Any]:
    """The readers as arrays by their names in a model's file."""
    named = need_reader.arrays(learnt.needs) if learnt.needs else {}
    named |= title_hints.arrays(learnt.hints) if learnt.hints else {}
    named |= conditional_logit.arrays(_MENUS, learnt.menus) if learnt.menus else {}
    named |= party_model.arrays(learnt.parties) if learnt.parties else {}
    return named


def from_arrays(stored: Mapping[str, NDArray[Any]], path: Path, concepts: Concepts) -> Learnt:
    """The readers in a model's file."""
    return Learnt(
        needs=need_reader.from_arrays(stored, path, concepts),
        hints=title_hints.from_arrays(stored),
        menus=conditional_logit.from_arrays(_MENUS, stored),
        parties=party_model.from_arrays(stored),
    )
