"""The gazetteer: what place someone means, offline, from open data shipped with the code (`data/SOURCES.md`)."""

from services.journey.atlas import Atlas, load_atlas, within_reach, words_of
from services.journey.context import Guard, after_placing
from services.journey.finding import Finder
from services.journey.guessing import Guesser
from services.journey.listing import list_names
from services.journey.merging import Sighting, merge_neighbours
from services.journey.names import Names
from services.journey.place import Choices, Mention, Place, Resolution, mended, places_of, spread_m
from services.journey.postcodes import Postcodes
from services.journey.reading import Word, read_words, word_set

# Places further apart than this give different nearest events, so that the person is asked which one.
_ONE_NEIGHBOURHOOD_M = 8_000
_MOST_ASKED = 3
_PIN_NAMED_WITHIN_M = 2_500
# Words around an answer that are not the answer.
_LEADS = word_set(
    "a about actually am and anything anywhere area around at based best bit by close closest coming currently down er "
    "erm for from further go going hello hes hi home house i id ill im in is it its just live lived lives living local "
    "location maybe me mum mums dad dads my near nearer nearest nr of off ok okay on our out over place please "
    "pls plz post postcode code prefer probably round say she shes he somewhere staying stay the think to town try "
    "um up us we well were where with work would yeah yep yes yh"
)
_TAILS = word_set(
    "about actually all and anyway area at atm based be best by cheers close code darling dear direction easiest easy "
    "end england fine good gb great hun i if ish is it lol london love m8 mate me might moment nearby now ok okay or "
    "please pls plz possible postcode probably region right side somewhere suits sweetheart ta thank thanks that the "
    "there think this tho though today town uk way which will works would x xx xxx you"
)
_DENYING = word_set("not isnt no cant except")


class Gazetteer:
    """Places by postcode and name. Loaded once; it never changes, so threads may share it."""

    def __init__(self, atlas: Atlas) -> None:
        common = words_of("common_words.txt")
        self._atlas = atlas
        listed = list_names(atlas, common)
        self._names = Names(listed, common)
        self._guesser = Guesser(listed, common)
        self._postcodes = Postcodes(atlas, common)
        self._finder = Finder(self._names, self._guesser, self._postcodes, words_of("first_names.txt"))

    @classmethod
    def load(cls) -> "Gazetteer":
        """Read the tables (about 0.1 s and 10 MiB); OSError when the package lacks its data."""
        return cls(load_atlas())

    def resolve(self, text: str) -> Resolution | None:
        """Return what an answer to "where are you?" names: a place, a few to choose from, one too far, or None.

        Reads postcodes whole or in part, boroughs, neighbourhoods, towns, stations and hospitals, with nicknames,
        slips and the words people put around them. London wins over namesakes elsewhere.
        """
        sighting = self._answered(read_words(text))
        return sighting.resolution if sighting else None

    def answer(self, text: str) -> Mention | None:
        """Return `resolve` with the stretch of the text that says it."""
        words = read_words(text)
        sighting = self._answered(words)
        return _mention(words, sighting) if sighting else None

    def find_in(self, text: str) -> list[Mention]:
        """Return the places mentioned anywhere in a message, from left to right, none overlapping another.

        A name that is also an ordinary word or a first name counts only where its surroundings make it a place.
        """
        words = read_words(text)
        sightings = merge_neighbours(words, self._finder.sightings(words))
        return [_mention(words, sighting) for sighting in sightings]

    def locate(self, postcode: str) -> Place | None:
        """Return where a whole postcode is, for a venue's record: a listed hospital's site, else the sector's centre.

        None when it is no postcode. Beyond 40 km from London the outward code's centre is all that is known.
        """
        return self._atlas.sites.get(postcode.replace(" ", "").upper()) or self._postcodes.whole(postcode)

    def around(self, lat: float, lon: float) -> Resolution:
        """Return the place of a pin in degrees, named for the neighbourhood or else the postcode around it."""
        pin = Place("", "area", lat, lon, 0)
        sector = min(self._atlas.sectors.values(), key=pin.metres_to)
        area = min((area for area in self._atlas.areas if area.kind != "region"), key=pin.metres_to)
        if area.metres_to(pin) > _PIN_NAMED_WITHIN_M:
            area = min(self._atlas.outcodes.values(), key=pin.metres_to)
        return within_reach(
            Place(area.name, "area", lat, lon, area.radius_m, sector.borough, area.outcode, sector.alliance)
        )

    def _answered(self, words: list[Word]) -> Sighting | None:
        core = _core(words)
        whole = self._whole(words, core)
        if whole:
            return whole
        sightings = [sighting for sighting in self._finder.sightings(words, core) if not _is_denied(words, sighting)]
        return _best(merge_neighbours(words, sightings)) or self._guessed(words, core)

    def _whole(self, words: list[Word], core: range) -> Sighting | None:
        """Return the place of an answer that is nothing but a listed name and the words people put around one."""
        for start in range(core.start + 1):
            for stop in range(len(words), max(core.stop, start + 1) - 1, -1):
                name = self._names.get(" ".join(word.key for word in words[start:stop]))
                if name and name.resolution is None:
                    return None
                if name and name.resolution and _is_answer(name.guard, words, start):
                    return Sighting(start, stop, name.resolution)
        return None

    def _guessed(self, words: list[Word], core: range) -> Sighting | None:
        """Return the place of an answer that is one misspelt name, however common the words in it."""
        meaning = self._guesser.whole(words[core.start : core.stop])
        return Sighting(core.start, core.stop, mended(meaning)) if meaning else None


def _core(words: list[Word]) -> range:
    """Return the words of an answer that are left without those before and after that say nothing of a place."""
    lead = _count_while(words, _LEADS)
    tail = len(words) - _count_while(words[::-1], _TAILS)
    return range(min(lead, len(words) - 1), max(tail, min(lead, len(words) - 1) + 1)) if words else range(0)


def _is_answer(guard: Guard, words: list[Word], start: int) -> bool:
    """Return whether a name may be the answer: the most ordinary ones only alone or after a word of place."""
    return guard not in (Guard.STRICT, Guard.NEAR) or start == 0 or after_placing(words, start)


def _is_denied(words: list[Word], sighting: Sighting) -> bool:
    start = sighting.start - 1 if after_placing(words, sighting.start) else sighting.start
    return start > 0 and words[start - 1].key in _DENYING


def _count_while(words: list[Word], among: frozenset[str]) -> int:
    return next((count for count, word in enumerate(words) if word.key not in among), len(words))


def _best(found: list[Sighting]) -> Sighting | None:
    """Return the first of several places, or a choice between those of them in reach that lie far apart."""
    near = [sighting for sighting in found if isinstance(sighting.resolution, Place)]
    places = [place for sighting in near for place in places_of(sighting.resolution)]
    if spread_m(places) <= _ONE_NEIGHBOURHOOD_M:
        return next(iter(near or found), None)
    return Sighting(near[0].start, near[-1].stop, Choices(tuple(dict.fromkeys(places))[:_MOST_ASKED]))


def _mention(words: list[Word], sighting: Sighting) -> Mention:
    return Mention(words[sighting.start].start, words[sighting.stop - 1].end, sighting.resolution.value())
