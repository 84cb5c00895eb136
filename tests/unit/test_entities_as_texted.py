"""What messages say as Londoners text it: needs in any words, who comes, whom it is for, names; and ordinary talk.

Each row guards something general (a turn of phrase, a slip, a way to count), not one message.
"""

from datetime import UTC, datetime

import pytest

from bot.nlu.entities import find_entities
from bot.understanding import Expecting, Option
from tests.unit.texted import rows, values

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def texts(table: str) -> list[str]:
    return [text.strip() for line in table.strip().splitlines() for text in line.split(" | ")]


NEEDS = """
fatigue: got no get up n go since radio | my batterys flat every day | running out of steam
fatigue: zapped of energy | wiped, just wiped
emotional: cant stop crying | my mood is on the floor | im in a dark hole | bottling it all up
emotional: struggling with my mental helth
emotional: want to see a therapist | having panick attacks | im finding it all too much
money: cant afford the leccy | been knocked back for PIP | cant make the rent | im broke
money: worried bout paying mortgage
money: money near whipps cross | money E17 friday please
work: work near croydon
intimacy: no desire since chemo
work: want to go bk to work | my boss is being funny about time off | can they sack me for being off with cancer
exercise: somethin to get me fit again | nordic walkin | do u do pilatees | want to build up my muscles
exercise: love a bit of badminton
diet: everything tastes like cardboard | weight is dropping off me | put on 3 stone with steroids
diet: what should i be eating on chemo
menopause: drenched with sweats, tamoxifen | the change has hit me like a train | boiling up all the time at night
lymphoedema: my arms ballooned | my hand is all puffed up | legs like tree trunks | lymphadoema
pelvic: i wee a bit when i cough | peeing myself | cant control my bladder | running to the loo all day
intimacy: no lead in my pencil | it hurts when we make love | cant have kids now since chemo
intimacy: want to have a baby one day
appearance: hairs falling out in clumps | bra for after the op | scarf tying | i hate how i look in the mirror
recurrence: what if it comes bk | every headache i think its back | always thinking it'll return
recurrence: scans make me so anxious
end_of_treatment: treatments all finished and i feel dumped | how do I get back to my old life
end_of_treatment: what now treatments over
carer: carers drop-in | who looks after the carers
bereavement: we lost our dad | someone whos lost their partner to cancer | Lost me mum to it
children: my kids keep asking if im going to die | telling the grandkids | what to say to children
children: my 6yr old doesnt know yet
smoking: help quiting smoking | packing in the vapes | on 20 a day and need to stop | kick the cigs
work: my company wont let me come back part time
money: not been paid for 2 months
cognition: my brain is fried | my brains gone to mush | memorys shot | in a fog all day | forgetting words mid sentence
neuropathy: cant do up my buttons | feet like blocks of wood | fingers have gone dead | peripheral neropathy
sleep: cant sleep for worrying | tossing n turning all night | cant get off to sleep
sleep: sleep is all over the place | up and down all night
prehab: get fit for my operation | preparing for stem cell transplant
advance_planning: power of atorney | want to talk about dying | planning my own funeral
spiritual: is there an imam i can talk to | losing my faith
travel_insurance: getting insurance for our hols
company: talk to people whove had it | making new friends who get it | i live alone and dont see a soul
company: buddy scheme
creative: knit and natter | allotment group | making pots
side_effects: short of breath | throwing up after every chemo | my joints ache
"""


@pytest.mark.parametrize(("text", "need"), rows(NEEDS))
def test_a_need_is_told_in_any_words(lexicon, text, need):
    assert need in values(lexicon, text, "need")


NO_NEEDS = """
I work in croydon | work on tuesday | my money is in barnet
they are running late again | lost my keys | get netflix to work | keep me in mind | what time does it finish
i want to speak to the person in charge | how do i get to whipps cross | forget everything about me
i changed my mind about going
can you move me to the january date | i cant make that day
the food was horrible
who runs the events | put me on the list for the walk | dont think so | whats the date of it again
near the toilet please
car insurance quote | im from poland | is there help with fares | im in no pain | i dont need a massage
"""


@pytest.mark.parametrize("text", texts(NO_NEEDS))
def test_ordinary_talk_tells_no_need(lexicon, text):
    assert values(lexicon, text, "need") == []


def test_company_gives_way_to_what_the_group_is_for_unless_someone_is_lonely(lexicon):
    assert values(lexicon, "a support group for carers", "need") == ["carer"]
    assert values(lexicon, "lost my nan, want to talk to somebody thats been thru it", "need") == ["bereavement"]
    assert set(values(lexicon, "so lonely and cant sleep", "need")) == {"company", "sleep"}
    assert values(lexicon, "a support group", "need") == ["company"]
    assert values(lexicon, "is there a grief group", "need") == ["bereavement"]
    assert set(values(lexicon, "lymphoedema support group", "need")) == {"company", "lymphoedema"}
    assert set(values(lexicon, "i dread it coming back, is there a group", "need")) == {"company", "recurrence"}
    assert set(values(lexicon, "carers coffee morning", "need")) == {"company", "carer"}


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("bereavement counselling for my lad", "bereavement"),
        ("leaking every time i cough", "pelvic"),
        ("breathing exercises before my operation", "prehab"),
        ("every ache and i think its back", "recurrence"),
        ("carer burnt out", "carer"),
    ],
)
def test_the_colour_of_a_need_is_none_of_its_own(lexicon, text, need):
    assert values(lexicon, text, "need") == [need]


def test_fear_of_something_said_beside_a_need_is_none_of_its_own(lexicon):
    assert values(lexicon, "scared to eat with my stoma", "need") == ["pelvic"]
    assert set(values(lexicon, "my stoma. so scared", "need")) == {"pelvic", "emotional"}


MODES = """
in_person: i dont do computers | wanna actually go somewhere | no tech please | a proper group in a room
in_person: not on the computer
online: can i join from home | i want to watch it on my ipad
"""


@pytest.mark.parametrize(("text", "mode"), rows(MODES))
def test_how_to_attend(lexicon, text, mode):
    assert values(lexicon, text, "mode") == [mode]


COUNTS = """
1: nobody is coming with me | i wont be bringing anyone | my husband wont come, just me
2: not just me, my wife as well | one for me and one for my son | can we come as a couple | my other half and me
3: me, Sandra and Bev | up it to 3 please
4: me and three of the girls | wed be a four
1: just lil ol me | only i am coming | me myself and i | ill be on me own | im alone | 1 adult
2: my wife's coming with me | my daughter is bringing me so 2 | can my friend tag along | X2 please
2: me with my support worker | 2 pple
2: with my husband | me an my nan | me nd ma bestie | is there space for my friend as well
2: i will come together with my sister | my mate's coming an all | me and Dave | my mum and me
3: 2 adults and a baby | it was 2 now its 3 | bringing the kids, 2 of them | 3 peeps | +2
3: add one more person, so that's three
3: me, my mate Kev and his wife | bringing my husband and my sister | my mum and dad are coming too
5: all 5 of the family
"""


@pytest.mark.parametrize(("text", "count"), rows(COUNTS))
def test_all_who_come_are_counted(lexicon, text, count):
    assert values(lexicon, text, "count") == [int(count)]


@pytest.mark.parametrize(
    "text",
    [
        "my wife says thanks",
        "its me, Tina",
        "im Rose and i want yoga",
        "i live with my husband and the dog",
        "book it for my wife too",
    ],
)
def test_who_is_only_spoken_of_is_not_counted(lexicon, text):
    assert values(lexicon, text, "count") == []


RELATIONS = """
mother: my mums not sleeping
neighbour: my neighbour across the hall, shes 80
brother: my kid brother has testicular cancer
wife: my wifes struggling to sleep
mother: its for me mam | its 4 me mum | my old dear has lung cancer | can you sign my mum up
husband: i'm the wife, its for him | actually change it to my husband
father: im the son, hes got prostate cancer
other: my cousin sister has stomach cancer | someone i work with
self: i need it for me not my husband
self: no its me | me, im the one with cancer | its me whos got it
"""


@pytest.mark.parametrize(("text", "relation"), rows(RELATIONS))
def test_whom_it_is_for(lexicon, text, relation):
    assert values(lexicon, text, "relation") == [{"relation": relation}]


@pytest.mark.parametrize(
    "text",
    [
        "for myself and my mother",  # for both
        "my son wants to come with me",
        "is there room for my friend as well",
        "I look after mum, need a break",  # a carer, for herself
        "is mrs ahmed there",
        "my husband wont come, just me",
        "one for me and one for my son",
        "my sons 2",
    ],
)
def test_it_is_for_no_one_else(lexicon, text):
    assert values(lexicon, text, "relation") == []


NAMES = """
Mark: im mark
Will: im will
Trev: nme is trev
Ziggy: I go by Ziggy
Spud: everyone knows me as Spud
Doreen: love Doreen x
Nasreen: thanks - Nasreen
Brigitte: je m'appelle Brigitte
Carmen: me llamo Carmen
Liz: I prefer Liz
Nigel: I'm Fran's husband Nigel
Mr Khan: on behalf of Mr Khan, my patient
Ngozi: put Ngozi down for me
"""


@pytest.mark.parametrize(("text", "name"), rows(NAMES))
def test_a_name_however_it_is_given(lexicon, text, name):
    assert values(lexicon, text, "name") == [name]


@pytest.mark.parametrize("text", ["I prefer mornings", "im happy", "My name is spelt with a K", "im rich", "love it x"])
def test_a_word_that_is_no_name(lexicon, text):
    assert values(lexicon, text, "name") == []


MENU = (
    Option("event:1", "Managing hot flushes", "", "2026-12-07T14:00:00+00:00"),
    Option("event:2", "Sleep better", "", "2026-12-09T14:00:00+00:00"),
    Option("event:3", "Sleep better, online", "", "2026-12-09T17:30:00+00:00"),
)
PICKS = """
0: the one on the 7th | me plus 2 for the flushes
0: id like the flushes one with my wife | me and my mum would like the flushes | flushes for 2 people
1: first sleep one | sleep one in person
2: second sleep one | the late one | the one i can do at home | id rather do the one from home
"""


@pytest.mark.parametrize(("text", "line"), rows(PICKS))
def test_a_line_is_picked_whoever_comes_and_however_it_is_counted(lexicon, text, line):
    found = find_entities(text, lexicon, Expecting("event", "choice", MENU), NOW)
    assert [entity.value for entity in found if entity.kind == "choice"] == [int(line)]


@pytest.mark.parametrize("text", ["sleep one", "is the flushes one ok for my mum?", "my wife did the flushes one"])
def test_no_line_is_picked_by_talk_of_lines(lexicon, text):
    found = find_entities(text, lexicon, Expecting("event", "choice", MENU), NOW)
    assert not [entity for entity in found if entity.kind == "choice"]
