"""Counts, names, yes and no, scores, references and passing over; what is asked decides what a word means."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.entities import find_entities
from bot.nlu.lexicon import Lexicon, PlaceMention, build_lexicon
from bot.nlu.name_words import name_cased
from bot.understanding import Expecting, Option
from services.core.ids import new_reference
from services.events.taxonomy import load_taxonomy

NOW = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
OPTIONS = (
    Option("event:41", "Moving Forward course", "", "2026-12-08T10:30:00+00:00"),
    Option("event:57", "Yoga for beginners", "", "2026-12-10T18:00:00+00:00"),
)
KINDS = ["choice", "yes_no", "place", "name", "count", "date", "cancer_type", "need", "text", "rating"]


def found(lexicon: Lexicon, text: str, asked: str = "") -> dict:
    """The first value of each kind, places by their name, dates by their beginning."""
    options = OPTIONS if asked == "choice" else ()
    expecting = Expecting(asked, asked, options) if asked else None
    values: dict = {}
    for entity in find_entities(text, lexicon, expecting, NOW):
        value = entity.value
        if isinstance(value, dict):
            value = value.get("name") or value.get("relation") or value.get("from", "")[:10]
        values.setdefault(entity.kind, value)
    return values


def rows(table: str) -> list[tuple[str, str]]:
    """The texts of each line, parted by bars, with the value that the line begins with."""
    lines = [line.split(": ", 1) for line in table.strip().splitlines()]
    return [(text.strip(), value) for value, listed in lines for text in listed.split(" | ")]


def texts(table: str) -> list[str]:
    return [text.strip() for line in table.strip().splitlines() for text in line.split(" | ")]


COUNTS = """
1: just me | only me | its just me coming | just myself | one person | there will be just me | just for me
1: me on my own | im on my own | just the one, Kwame | just meself | on my tod | only 1 coming
2: 2 of us | two of us | me and my wife | my husband and i | me & my mum | me + 1 | plus one | for two | table for 2
2: both of us
2: me and a friend | can i bring a friend | can i bring my husband | my wife is coming too | the two of us
2: there are 2 of us
2: actually two of us | me plus one | me and him | myself and my carer | my daughter and me | 2 places please
2: make it 2
2: for my wife and i | mum and me | two people | 2 tickets pls | for 2 please | for two in E17
2: i'd like to bring my sister
2: its for me and my husband
3: mum dad and me | me, mum and my sister | me + 2 friends | 3 of us | table for 3 | me and my two kids
3: three places | party of 3
3: me and 2 others
3: me my husband and our daughter | there will be 3 of us | we are three | bringing 2 friends | me, my wife and my son
1: just him | just her | only my dad | its just my mum please | just for him
2: just my mum and dad | 2, me and my carer
3: make it 3 | can you make it three
4: 4 of us | me and my 3 sisters | four people | family of 4 | room for 4
5: theres 5 of us | 5 ppl
3: me and 2 others, 12-2 | 2 adults 1 child | wife and I plus our carer
6: theres half a dozen of us
4: we'll be 4 now | can we be 4 | its going to be 4 of us
"""
ASKED_COUNTS = """
1: 1 | one | just the one | me | just me | only 1 please | one place | on my own | myself | no just me | 1 pls
1: nobody else | im on my own
1: ill be on my own | no one is coming with me | nobody is coming with me | no one else thanks
2: with my husband | ill be with my husband | yes my wife is coming | maybe my son
2: my son | i'll be with a friend | yes with my carer
3: with my son and my daughter | my mum and my sister are coming
2: 2 | two | two pls | both | both of us | a couple | 2 please | 2 of us | me and my wife | us two | there's 2
2: two, me and my mum
1: just him | just her coming | only my dad | no only my mum | just the patient
3: 3 please including me | three | make it three | 3 in total | me plus 2
6: 6 | six | we're 6
"""
NO_COUNTS = """
my wife told me | leave me alone | tell me when there is one | take my mum off the list | im her carer and i book it
not me, my dad | he was rude to my husband and i want a reply | i have 2 kids and no car | in 2 weeks | for 2 weeks
for 2 hours | i had 6 chemos | SE5 | E17
number 2 | no 3 | 2nd
my mum and dad live in kent | me and my kids | i am 65 | 9/10 | at 2 | after 6 | 10.30 | 2 miles | the 5th
2 years ago | bus 38
my husband will drive | i live with my wife | half two | 07700 900123 | £5 | between you and me its hard
he told me and left | one day | only my dad has cancer | just my mum is deaf | just her second chemo
just my kids | make it 3pm | 40 people came to my party | one with me, 12
i live with my husband | no one helps me | my sister will drop me off but not stay
"""
NAMES = """
Maureen: its Maureen | It's maureen | Maureen here | hello its maureen here | my name is maureen | im maureen
Maureen: call me Maureen | put down Maureen please | its for my wife, Maureen | kind regards Maureen
Devereux: book it under Devereux | its in my name, Devereux
Olu: my name is olu | hi im olu | its olu, anything near E17? | this is Olu
Sue: im Sue | my name is sue | Sue here
Bill: call me Bill | my name's bill
Siân: my name is Siân
Mrs Okafor: this is Mrs Okafor
Thandiwe: my name is thandiwe | call me thandiwe
Kev: for my mate Kev | its for my mate kev | my mate, Kev | just the one, Kev
Violet: my nan is called Violet, its for her | for my neighbour Violet at no 9
Ahmed: three seats, name of Ahmed
Mrs Phyllis Grant: Mrs Phyllis Grant, one place
Eileen Shaw: half past two, please. Eileen Shaw | Eileen Shaw, two places, 9 December
Len: Len. L E N | Len, first thursday in feb
Hope: Hope, thats my first name
Mo: its Mo. colorectal
June: My name's June
Gurdeep: Gurdeep speaking | salaam to you all, Gurdeep here | just put Gurdeep | ok Gurdeep
Zsofi: Zsofi here
Sandra: two seats for Sandra
"""
ASKED_NAMES = """
Maureen: maureen | MAUREEN | Maureen. | its maureen | maureen thanks | hi its maureen here | put maureen | Maureen x
Maureen: yes its maureen
Mrs Okafor: Mrs Okafor | mrs okafor
Jo: it's jo thanks | jo
O'Brien: O'Brien | o'brien
Anne-Marie: Anne-Marie | anne-marie
Siân: Siân
Maureen Okafor: maureen okafor | its Maureen Okafor
Mohammed Al-Amin: mohammed al-amin
Chukwuemeka: chukwuemeka
Nguyen Thi Hoa: nguyen thi hoa
Chelsea: Chelsea
June: june
Will: will
Hope: Hope | hope
DeShawn: DeShawn
McDonald: McDonald | mcdonald
Dr Patel: dr patel
মৌসুমী: মৌসুমী
Олена: Олена
Xiao-Ling: xiao-ling
Ludmila van der Berg: ludmila van der berg
Bob: you can call me bob | just bob
Rose: Rose and mine is Grace | rose, mine is grace
Sarah O'Neill: sarah o'neill
"""
NO_NAMES = """
im tired | im fine | its tuesday | im from leeds | im bowel cancer | this is great | its for my dad | im here
anyone here | im 65 | put down the phone | my wife will come | my sister may come | put down for hope please
is there anyone here | i m a carer | im having chemo | its breast cancer | this is rubbish | im in chelsea
thats fine | im not sure
Polish speaking | Massage here | same again please | Hi Sarah | one for Victoria | ok star | Happy
hope so | im rich | im will be there | call me tomorrow | call me back | call me on monday | its may | its cold here
new here | Sarah, thank you | Sarah, can i come | will, hope and joy | Chelsea, thursday | Art, friday
"""
NO_ASKED_NAMES = """
tired | fine | yes | no | ok | why do you need that | whats it for | i already told you | thanks | help | skip
rather not say | stop
book it | tomorrow | 2 | me and my wife | what? | is it free | breast cancer | im not telling you
i dont want to say | you know it
cant remember | monday | how long is it | none of your business | the yoga one | 07700 900123 | forget it
can i bring my dog
"""
YES = """
yes | y | Y | yep | yeah | ya | ok | okay | sure | please do | go on then | thats right | correct | 👍 | 👍🏽 | book it
fine | perfect
lovely | yes please | yes but can i bring my dog | of course | why not | no problem | definitely | sounds good
Yes. | yesss | oh yes
yes its for my dad | that's fine | go ahead | great thanks | brilliant | yes, that one | course | deffo | aye
please | fine by me
i do | he does | she knows | im in | count me in | ok then | yeah go on | ✅ | sure thing | absolutely | I agree
alright then | k
"""
NO = """
no | n | N | nope | nah | not really | no thanks | no thank you | 👎 | no, SE5 | no it isnt | not today | never mind
no ta | not for me
i dont think so | absolutely not | of course not | no thats wrong | not yet | thats not right | no i cant
not at the moment | leave it
no dont book it | nah mate | no its for him | no sorry | no, stairs are hard | no need | no reminders thanks
no nothing | no wheelchair
"""
NO_ANSWERS = """
fine | lovely weather | great | i do yoga | no problem | no more messages | no dairy for me please
im in a bad place | no access needs
i dont want to hear from you | i cant climb stairs | i didnt find it helpful | never made it
please stop texting me | no steps please
"""
NEITHER = """
not sure | maybe | dont know | no idea | good morning | ok what time is it | yes? | i said yes to the other one
great ormond street
is that ok | what | right so where is it | no one told me | perhaps | it depends | hello | no 3 | i need to think
SE5 | fine art class | no stairs please | no dairy | no online. in person please | no rush | no yoga please
no energy at the moment | no hurry
"""


@pytest.mark.parametrize(("text", "count"), rows(COUNTS))
def test_counts(lexicon, text, count):
    assert found(lexicon, text).get("count") == int(count)


@pytest.mark.parametrize(("text", "count"), rows(ASKED_COUNTS))
def test_a_number_answers_how_many(lexicon, text, count):
    assert found(lexicon, text, "count").get("count") == int(count)


@pytest.mark.parametrize("text", texts(NO_COUNTS))
def test_what_counts_no_people(lexicon, text):
    assert "count" not in found(lexicon, text)


@pytest.mark.parametrize(("text", "name"), rows(NAMES))
def test_names_said_unasked(lexicon, text, name):
    assert found(lexicon, text).get("name") == name


def test_two_names_are_told_apart(lexicon):
    entities = find_entities("her name is Betty and im Kim", lexicon, None, NOW)
    assert [entity.value for entity in entities if entity.kind == "name"] == ["Betty", "Kim"]


@pytest.mark.parametrize(("text", "name"), rows(ASKED_NAMES))
def test_a_name_answers_what_is_your_name(lexicon, text, name):
    values = found(lexicon, text, "name")
    assert values["name"] == name
    assert set(values) <= {"name", "yes_no"}


@pytest.mark.parametrize("text", texts(NO_NAMES))
def test_ordinary_talk_is_no_name(lexicon, text):
    assert "name" not in found(lexicon, text)


@pytest.mark.parametrize("text", texts(NO_ASKED_NAMES))
def test_other_answers_to_the_question_for_a_name_are_none(lexicon, text):
    assert "name" not in found(lexicon, text, "name")


@pytest.mark.parametrize("text", texts(YES))
def test_yes(lexicon, text):
    assert found(lexicon, text, "yes_no").get("yes_no") is True


@pytest.mark.parametrize("text", texts(NO))
def test_no(lexicon, text):
    assert found(lexicon, text, "yes_no").get("yes_no") is False


@pytest.mark.parametrize("text", texts(NEITHER))
def test_neither_yes_nor_no(lexicon, text):
    assert "yes_no" not in found(lexicon, text, "yes_no")


@pytest.mark.parametrize("text", texts(NO_ANSWERS))
def test_a_mild_yes_needs_its_question(lexicon, text):
    assert "yes_no" not in found(lexicon, text)


@pytest.mark.parametrize(
    ("text", "asked", "score"),
    [
        ("9/10 really helped", "", 9),
        ("8 out of ten", "", 8),
        ("ten out of ten", "", 10),
        ("it was 7/10", "rating", 7),
        ("8", "rating", 8),
        ("id say a seven", "rating", 7),
        ("0", "rating", 0),
        ("zero", "rating", 0),
        ("10", "rating", 10),
        ("10 people came, id give it 8", "rating", 8),
        ("8", "", None),
        ("11", "rating", None),
        ("24/7", "rating", None),
        ("it was ok", "rating", None),
    ],
)
def test_scores(lexicon, text, asked, score):
    assert found(lexicon, text, asked).get("rating") == score


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("7KMT4R", "7KMT4R"),
        ("cancel 7kmt4r please", "7KMT4R"),
        ("my ref is ACDEFG", "ACDEFG"),
        ("booking number XXYTRW", "XXYTRW"),
        ("KT67AA", None),
        ("cancel", None),
        ("matter", None),
        ("346734", None),
        ("E17 4QR", None),
    ],
)
def test_references(lexicon, text, reference):
    assert found(lexicon, text).get("reference") == reference


@pytest.mark.parametrize("asked", ["", "place", "choice"])
@pytest.mark.parametrize("text", ["Guys, i live near Lewisham", "guys i live near lewsham", "Hi guys im in lewisham"])
def test_guys_who_are_spoken_to_are_no_hospital(lexicon, text, asked):
    assert found(lexicon, text, asked)["place"] == "Lewisham"


def test_every_reference_is_found_when_it_is_asked_for(lexicon):
    for _ in range(200):
        reference = new_reference()
        assert found(lexicon, f"its {reference.lower()}", "reference")["reference"] == reference


@pytest.mark.parametrize(
    ("text", "asked", "skips"),
    [
        ("rather not say", "", True),
        ("I'd rather not say", "cancer_type", True),
        ("dont mind", "need", True),
        ("skip", "cancer_type", True),
        ("any", "need", True),
        ("anything", "need", True),
        ("none", "need", True),
        ("dont know", "cancer_type", True),
        ("any", "", False),
        ("is there anything near me", "", False),
        ("anything for my dad near walthamstow on a friday", "need", False),
        ("pass", "", True),
        ("pass it on to someone else", "", False),
        ("i have a freedom pass", "", False),
        ("i dont mind which", "place", True),
        ("i dont mind travelling", "place", False),
        ("is this confidential", "cancer_type", False),
        ("none of your business", "", True),
    ],
)
def test_passing_over_a_question(lexicon, text, asked, skips):
    assert ("skip" in found(lexicon, text, asked)) is skips


CLASHES = [
    (
        "exercise for my dad, bowel cancer, near E17, a weekday evening",
        "",
        {"need", "relation", "cancer_type", "place", "date"},
    ),
    ("no, SE5", "", {"yes_no", "place"}),
    ("no, SE5", "yes_no", {"yes_no", "place"}),
    ("SE5", "count", {"place"}),
    ("E17", "choice", {"place"}),
    ("1", "choice", {"choice"}),
    ("1", "count", {"count"}),
    ("1", "rating", {"rating"}),
    ("1", "", set()),
    ("2", "date", set()),
    ("2 of us", "choice", {"count"}),
    ("the 10.30 one", "choice", {"choice"}),
    ("moving forward", "choice", {"choice", "need"}),
    ("moving forward", "", {"need"}),
    ("sunday", "", {"date"}),
    ("barking mad", "", set()),
    ("second one", "place_choice", set()),
    ("Barking", "place", {"place"}),
    ("Chelsea", "name", {"name"}),
    ("chelsea", "place", {"place"}),
    ("my name is June", "", {"name"}),
    ("in june", "", {"date"}),
    ("9/10", "rating", {"rating"}),
    ("9/10", "date", {"date"}),
    ("event:57", "choice", {"choice"}),
    ("number 2 please for me and my wife", "choice", {"choice", "count"}),
    ("art", "name", {"name"}),
    ("", "choice", set()),
    ("...", "yes_no", set()),
]


@pytest.mark.parametrize(("text", "asked", "kinds"), CLASHES)
def test_what_is_asked_settles_what_a_word_means(lexicon, text, asked, kinds):
    assert set(found(lexicon, text, asked)) == kinds


def test_a_button_says_nothing_but_its_choice(lexicon):
    entities = find_entities("event:57", lexicon, Expecting("event_choice", "choice", OPTIONS), NOW)
    assert [(entity.kind, entity.value, entity.words) for entity in entities] == [("choice", 1, "event:57")]


def test_an_ambiguous_place_offers_its_choices():
    places = [{"name": "Barnes"}, {"name": "Barnet"}]
    lexicon = build_lexicon(
        load_taxonomy(), lambda text: (), lambda text: PlaceMention(0, len(text), {"choices": places})
    )
    entity = find_entities("barn", lexicon, Expecting("place", "place"), NOW)[0]
    assert (entity.kind, entity.value, entity.words) == ("place_choice", {"choices": places}, "barn")


@pytest.mark.parametrize(
    ("typed", "cased"),
    [
        ("o'brien", "O'Brien"),
        ("SMITH-JONES", "Smith-Jones"),
        ("mcdonald", "McDonald"),
        ("mcd", "Mcd"),
        ("JP", "JP"),
        ("van dyke", "Van Dyke"),
    ],
)
def test_names_are_cased_as_names(typed, cased):
    assert name_cased(typed) == cased


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=160), asked=st.sampled_from(["", *KINDS]))
def test_any_text_is_read_without_harm(lexicon, text, asked):
    expecting = Expecting(asked, asked, OPTIONS) if asked else None
    entities = find_entities(text, lexicon, expecting, NOW)
    for entity in entities:
        assert 0 <= entity.start < entity.end <= len(text)
        assert entity.words == text[entity.start : entity.end]
    assert list(entities) == sorted(entities, key=lambda entity: (entity.start, entity.end))


TALK = st.lists(
    st.sampled_from(
        texts(COUNTS.replace(": ", " | "))
        + texts(NEITHER)
        + texts(YES)
        + texts(NO_NAMES)
        + ["E17", "friday", "2", "bowel"]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(text=TALK, asked=st.sampled_from(["", *KINDS]))
def test_exclusive_readings_never_share_words(lexicon, text, asked):
    expecting = Expecting(asked, asked, OPTIONS) if asked else None
    exclusive = {"place", "place_choice", "date", "count", "choice", "name", "rating", "reference", "language"}
    entities = [entity for entity in find_entities(text, lexicon, expecting, NOW) if entity.kind in exclusive]
    for one, other in combinations(entities, 2):
        assert one.kind == other.kind or one.end <= other.start or other.end <= one.start
