"""What an answer to "where are you?" resolves to: postcodes, names, nicknames and slips, as people text them."""

import pytest

from services.journey.gazetteer import Gazetteer
from services.journey.place import Choices, OutsideLondon, Place


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


def _table(text):
    return [tuple(part.strip() for part in line.split("=>")) for line in text.strip().splitlines()]


# What was texted => the name shown, and the kind.
ANSWERS = """
E17 => E17, outcode
e17 => E17, outcode
e 17 => E17, outcode
E17. => E17, outcode
im in e17 love => E17, outcode
its e17 thanks => E17, outcode
my postcode is se5 => SE5, outcode
se 5 please => SE5, outcode
SE1O => SE10, outcode
el7 => E17, outcode
5E5 => SE5, outcode
n1o => N10, outcode
SWl9 => SW19, outcode
1g11 => IG11, outcode
e1b => E18, outcode
sw1 => SW1, outcode
W1 => W1, outcode
ec1 => EC1, outcode
KT1 1 => KT1, sector
sw191 => SW19, sector
E17 4 => E17, sector
rm7 0ag => RM7, sector
rm7 oag => RM7, sector
RM70AG => RM7, sector
se 5 9rs => SE5, sector
se59rs => SE5, sector
nw31aa => NW3, sector
NWI 1AA => NW1, sector
SEI 9RT => SE1, sector
e17 4 qh => E17, sector
sw1a 1aa => SW1A, sector
post code E17 4QH => E17, sector
live near SW17 0QT => SW17, sector
dA2 8da => DA2, sector
WD17 => WD17, outcode
Camden => Camden, borough
Tower Hamlets => Tower Hamlets, borough
anywhere in camden => Camden, borough
all over lewisham => Lewisham, borough
borough of croydon => Croydon, borough
Kensington & Chelsea => Kensington and Chelsea, borough
enfield => Enfield, borough
barnet => Barnet, borough
Richmond => Richmond, area
richmond upon thames => Richmond, area
kingston => Kingston, area
Croydon => Croydon, area
Walthamstow => Walthamstow, area
walthamsow => Walthamstow, area
walthmstow => Walthamstow, area
waltham stow => Walthamstow, area
lewisam => Lewisham, area
Lewsham => Lewisham, area
hamersmith => Hammersmith, area
hammersmth => Hammersmith, area
leytonston => Leytonstone, area
islewoth => Isleworth, area
twickenam => Twickenham, area
uxbrige => Uxbridge, area
golders gren => Golders Green, area
swiss cotage => Swiss Cottage, area
black heath => Blackheath, area
kingscross => King's Cross, area
kings x => King's Cross, area
king's cross => King's Cross, area
St. John's Wood => St John's Wood, area
saint johns wood => St John's Wood, area
Liverpool St => Liverpool Street, area
caledonian rd => Caledonian Road, area
isle of dogs => Isle of Dogs, area
stokey => Stoke Newington, area
peckers => Peckham, area
the bush => Shepherd's Bush, area
elephant => Elephant and Castle, area
elephant & castle => Elephant and Castle, area
ally pally => Alexandra Palace, area
canary wharf => Canary Wharf, area
walthamstow village => Walthamstow Village, area
muswell hil => Muswell Hill, area
bow => Bow, area
angel => Angel, area
victoria => Victoria, area
barking => Barking, area
im barking way => Barking, area
oval => Oval, area
bank => Bank, area
chelsea => Chelsea, area
near victoria please => Victoria, area
twickers => Twickenham, area
south ken => South Kensington, area
7 sisters => Seven Sisters, area
i live in bow e3 => Bow, area
isleworth tw7 => Isleworth, area
bromley kent => Bromley, area
Richmond, Surrey => Richmond, area
e17 london => E17, outcode
London, N22 => N22, outcode
walthamstow e17 4qh => E17, sector
not croydon, bromley => Bromley, area
sutton or cheam => Sutton, area
hayes in kent => Hayes (Bromley), area
hayes ub3 => Hayes (Hillingdon), area
furzedown => Furzedown, area
de beauvoir => De Beauvoir, ward
newington ward => Newington, ward
West Norwood => West Norwood, area
i live near lewisham station => Lewisham station, station
walthamstow central station => Walthamstow Central station, station
denmark hill stn => Denmark Hill station, station
bank station => Bank station, station
Seven Kings station => Seven Kings station, station
royal free => Royal Free Hospital, hospital
up by the royal free => Royal Free Hospital, hospital
the free => Royal Free Hospital, hospital
barts => St Bartholomew's Hospital, hospital
Bart's => St Bartholomew's Hospital, hospital
kings => King's College Hospital, hospital
tommys => St Thomas' Hospital, hospital
St Thomas' => St Thomas' Hospital, hospital
st g's => St George's Hospital, hospital
St Georges => St George's Hospital, hospital
up the whittington => Whittington Hospital, hospital
whipps => Whipps Cross University Hospital, hospital
guys => Guy's Hospital, hospital
uclh => University College Hospital, hospital
uch macmillan => University College Hospital Macmillan Cancer Centre, cancer centre
lewisham hospital => University Hospital Lewisham, hospital
lewisham hosptial => University Hospital Lewisham, hospital
lewisham hospital, se13 => University Hospital Lewisham, hospital
queens romford => Queen's Hospital, Romford, hospital
marsden chelsea => The Royal Marsden, Chelsea, hospital
the marsden in sutton => The Royal Marsden, Sutton, hospital
north mid => North Middlesex University Hospital, hospital
chase farm => Chase Farm Hospital, hospital
mayday hospital => Croydon University Hospital, hospital
pruh => Princess Royal University Hospital, hospital
charing cross hospital => Charing Cross Hospital, hospital
st mary's hospital => St Mary's Hospital, hospital
maggies barts => Maggie's Barts, support centre
lynda jackson => Lynda Jackson Macmillan Centre, support centre
st joseph's hospice => St Joseph's Hospice, hospice
Watford => Watford, town
epsom => Epsom, town
potters bar => Potters Bar, town
slough => Slough, town
london => London, region
south london => South London, region
se london => South East London, region
"""


@pytest.mark.parametrize(("texted", "expected"), _table(ANSWERS))
def test_an_answer_names_one_place(gazetteer, texted, expected):
    place = gazetteer.resolve(texted)
    assert isinstance(place, Place), place
    assert f"{place.name}, {place.kind}" == expected


CHOICES = """
the Marsden => The Royal Marsden, Chelsea | The Royal Marsden, Sutton
hayes => Hayes (Bromley) | Hayes (Hillingdon)
Belmont => Belmont (Harrow) | Belmont (Sutton)
charing cross => Charing Cross | Charing Cross Hospital
queen mary's => Queen Mary's Hospital, Sidcup | Queen Mary's Hospital, Roehampton
abbey ward => Abbey (Merton) | Abbey (Barking and Dagenham)
westfield => Westfield Stratford | Westfield White City
maggies => Maggie's Barts | Maggie's Royal Free | Maggie's West London | Maggie's at The Royal Marsden, Sutton
between brixton and stratford => Brixton | Stratford
i live in e17 but work in sutton => E17 | Sutton
"""


@pytest.mark.parametrize(("texted", "expected"), _table(CHOICES))
def test_namesakes_far_apart_are_asked_about(gazetteer, texted, expected):
    choices = gazetteer.resolve(texted)
    assert isinstance(choices, Choices), choices
    assert " | ".join(place.name for place in choices.options) == expected


OUTSIDE = """
Manchester => Manchester
i live in leeds => Leeds
M1 => M1
m1 1aa => M1
Newport => Newport
reading => Reading
i live in reading => Reading
Guildford => Guildford
southend => Southend-on-Sea
ashford kent => Ashford (Kent)
BT7 1NN => Northern Ireland
JE2 3AB => Jersey
belfast => Belfast
kent => Kent
im in scotland => Scotland
the christie => The Christie
brighton and hove => Brighton
"""


@pytest.mark.parametrize(("texted", "expected"), _table(OUTSIDE))
def test_a_place_out_of_reach_is_said_to_be_so(gazetteer, texted, expected):
    outside = gazetteer.resolve(texted)
    assert isinstance(outside, OutsideLondon), outside
    assert outside.place.name == expected
    assert outside.value()["outside"] is True


@pytest.mark.parametrize(
    "texted",
    [
        "", "   ", "yes", "no idea", "dont know", "home", "im reading", "i live alone", "up town", "the village", "x",
        "b12 injections", "stage n1", "t2 n1 m0", "me n 2 friends", "E99", "ZZ1 1ZZ", "12345", "sale or return",
        "rather not say", "online please", "??", "n", "sell 2us", "selling",
    ],
)  # fmt: skip
def test_what_names_no_place_resolves_to_none(gazetteer, texted):
    assert gazetteer.resolve(texted) is None


def test_a_slip_is_marked_and_a_clean_answer_is_not(gazetteer):
    assert gazetteer.resolve("walthamstow").exact
    assert gazetteer.resolve("rm7 0ag").exact
    assert not gazetteer.resolve("walthamsow").exact
    assert not gazetteer.resolve("rm7 oag").exact
    assert not gazetteer.resolve("SE1O").exact


def test_a_full_postcode_is_kept_no_finer_than_its_sector(gazetteer):
    one, other = gazetteer.resolve("E17 4QH"), gazetteer.resolve("E17 4RA")
    assert one == other
    assert "4QH" not in str(one.value())


def test_a_place_carries_its_borough_and_alliance(gazetteer):
    place = gazetteer.resolve("walthamstow")
    assert (place.borough, place.outcode) == ("Waltham Forest", "E17")
    assert place.alliance == "North East London Cancer Alliance"


def test_an_answer_says_where_it_stands_in_the_text(gazetteer):
    text = "im near Lewisham station love"
    answer = gazetteer.answer(text)
    assert text[answer.start : answer.end] == "Lewisham station"
    assert answer.value["name"] == "Lewisham station"
    assert gazetteer.answer("no idea") is None


def test_a_borough_reaches_all_of_its_postcodes(gazetteer):
    camden = gazetteer.resolve("camden")
    for postcode in ("NW3 2QG", "WC1N 3BG", "NW6 1AA"):
        sector = gazetteer.resolve(postcode)
        assert sector.metres_to(camden) <= camden.radius_m
