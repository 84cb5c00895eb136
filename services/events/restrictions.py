"""For whom an event is, where it is not for everyone."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.events.taxonomy import load_taxonomy

# Of these an event is for any that it lists, of all other audiences for those who are all of them (Muslim women).
ROLES = frozenset({"patient", "carer", "family", "bereaved", "parent", "professional"})
INCURABLE = "incurable"
# Who asks about this is likely to be one of these, though nobody said so.
_MEANT_BY_NEED = {"bereavement": "bereaved", "carer": "carer"}
_MEANT_BY_TYPE = {"prostate": "men", "gynae": "women", "breast": "women"}


@dataclass(frozen=True, slots=True)
class Restriction:
    """What someone has to be to take part, as taxonomy ids in their order; nothing when an event is for everyone.

    One of the `roles` (carer, bereaved) is enough, and one `stage`; all `groups` must apply (women, young adults).
    `languages` are those an event is held in when English is not among them.
    """

    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


def restriction(audience: Iterable[str], stage: Iterable[str], languages: Iterable[str]) -> Restriction:
    """Return whom an event is for; empty lists, and those with "any", are open to all."""
    audience, stage, spoken = set(audience), set(stage), sorted(each.strip().title() for each in languages)
    if "any" in audience:
        audience = set()
    listed = [each for each in load_taxonomy().audience if each in audience]
    return Restriction(
        roles=() if "patient" in audience else tuple(each for each in listed if each in ROLES),
        groups=tuple(each for each in listed if each not in ROLES),
        stage=() if "any" in stage else tuple(each for each in load_taxonomy().stage if each in stage),
        languages=() if "English" in spoken else tuple(spoken),
    )


def likely_audience(cancer_type: str | None, needs: Iterable[str]) -> set[str]:
    """Return the audiences that someone with these wishes most likely belongs to."""
    meant = {_MEANT_BY_TYPE.get(cancer_type or ""), *(_MEANT_BY_NEED.get(need) for need in needs)}
    return {audience for audience in meant if audience}
