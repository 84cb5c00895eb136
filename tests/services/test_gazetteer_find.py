"""Places spotted in the midst of sentences, with the stretch of text that names each."""

import pytest

from services.journey.gazetteer import Gazetteer


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


def _shown(value):
    return " | ".join(place["name"] for place in value["choices"]) if "choices" in value else value["name"]


def _table(text):
    return [tuple(part.strip() for part in line.split("=>")) for line in text.strip().splitlines()]


# A message => each stretch found, with what it means.
MESSAGES = """
anything 4 my dads bowel cancer near E17 weds evening => E17: E17
exercise for my dad, bowel cancer, near e17, a weekday evening => e17: E17
yoga near Walthamstow => Walthamstow: Walthamstow
yoga nr walthamstw pls => walthamstw: Walthamstow
yoga sutton tues => sutton: Sutton
2 of us near se5 2 people => se5: SE5
we're at rm7 oag any carers groups => rm7 oag: RM7
i'm NW3 2QG can i walk there => NW3 2QG: NW3
E17 sat 5th or sun => E17: E17
anything in Reading? => Reading: Reading
i come from Reading. can i still come => Reading: Reading
reading group in Reading => Reading: Reading
live in barking => barking: Barking
anything near barking or dagenham => barking: Barking; dagenham: Dagenham
lewisham or bow => lewisham: Lewisham; bow: Bow
near angel tube => angel: Angel
at angel station => angel station: Angel station
meet at Victoria station => Victoria station: Victoria station
im near victoria => victoria: Victoria
a group in Chelsea => Chelsea: Chelsea
im at guys on friday => guys: Guy's Hospital
treated at the Free, any yoga => the Free: Royal Free Hospital
under the marsden in sutton => the marsden in sutton: The Royal Marsden, Sutton
prostate group at the royal marsden => the royal marsden: The Royal Marsden, Chelsea | The Royal Marsden, Sutton
my mum is at barts, i'm in n22 => barts: St Bartholomew's Hospital; n22: N22
something around Lewisham Hospital SE13 6LH => Lewisham Hospital SE13 6LH: SE13
near lewisham hosptial => lewisham hosptial: University Hospital Lewisham
is there one by whipps cross => whipps cross: Whipps Cross University Hospital
how do I get to St. Thomas' Hospital? => St. Thomas' Hospital: St Thomas' Hospital
from Hayes, Kent => Hayes, Kent: Hayes (Bromley)
richmond surrey or kew => richmond surrey: Richmond; kew: Kew
anywhere in camden => anywhere in camden: Camden
anywhere in london is fine => anywhere in london: London
south london please => south london: South London
near king's x => king's x: King's Cross
up near golders gren station => golders gren station: Golders Green station
hither green lane area? no hither green => hither green: Hither Green
somewhere close to bank => bank: Bank
near mile end => mile end: Mile End
mile end after 4pm => mile end: Mile End
Barking, tues => Barking: Barking
close to seven sisters => seven sisters: Seven Sisters
living in bath => bath: Bath
my sister in manchester => manchester: Manchester
i live in Essex => Essex: Essex
the E17 area => E17: E17
ilford town hall or romford => ilford town: Ilford; romford: Romford
anything at maggies west london => maggies west london: Maggie's West London
at the macmillan cancer centre => macmillan cancer centre: University College Hospital Macmillan Cancer Centre
im in SE1O and my nan in el7 => SE1O: SE10; el7: E17
near E 17 => E 17: E17
KT1 1 => KT1 1: KT1
KT1 1pm => KT1: KT1
whitechapel-ish => whitechapel: Whitechapel
Near Stoke Newington/Dalston => Stoke Newington/Dalston: Stoke Newington
ελληνικά near walthamstow => walthamstow: Walthamstow
"""


@pytest.mark.parametrize(("message", "expected"), _table(MESSAGES))
def test_places_are_found_where_they_stand(gazetteer, message, expected):
    found = [f"{message[m.start : m.end]}: {_shown(m.value)}" for m in gazetteer.find_in(message)]
    assert "; ".join(found) == expected


def test_a_value_is_plain_json_with_what_search_needs(gazetteer):
    [mention] = gazetteer.find_in("near Walthamstow")
    assert mention.value == {
        "name": "Walthamstow",
        "kind": "area",
        "lat": pytest.approx(51.58, abs=0.02),
        "lon": pytest.approx(-0.02, abs=0.02),
        "radius_m": 1500,
        "borough": "Waltham Forest",
        "outcode": "E17",
        "alliance": "North East London Cancer Alliance",
    }


def test_outside_is_said_and_choices_are_listed(gazetteer):
    [outside] = gazetteer.find_in("im in leeds")
    [choice] = gazetteer.find_in("im in hayes")
    assert outside.value["outside"] is True
    assert {"lat", "lon"} <= outside.value.keys()
    assert [place["borough"] for place in choice.value["choices"]] == ["Bromley", "Hillingdon"]


@pytest.mark.parametrize("name", ["Sutton", "Bromley", "Croydon", "Hackney", "Greenwich"])
@pytest.mark.parametrize(
    "frame", ["Dr {} rang me", "my nurse {} said so", "{} Road surgery", "{} fan", "ask for Sarah {}"]
)
def test_a_surname_a_street_or_a_club_is_no_place(gazetteer, name, frame):
    assert gazetteer.find_in(frame.format(name)) == []


def test_ordinary_words_alone_are_no_place(gazetteer):
    words = (
        "reading barking bath bank angel temple oval monument bow ham hook stone ware deal rye sandwich slough poplar"
    )
    for (
        word
    ) in f"{words} victoria chelsea lee shirley preston brent kings guys queens free bush elephant arena".split():
        assert gazetteer.find_in(word) == [], word
        assert gazetteer.find_in(f"a {word} of sorts") == [], word
