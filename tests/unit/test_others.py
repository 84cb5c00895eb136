"""What a message says of someone else: names, agreement, codes and phones are told apart from the sender's own."""

import pytest

from bot.others import kin_in, of_others
from bot.understanding import Entity, Expecting, Understanding

KNOWS = Expecting("knows", "yes_no")
THEIR_NAME = Expecting("attendee_name", "name")


def read(text, expecting=None, *entities):
    return of_others(Understanding(text, "inform", 0.6, (("inform", 0.6),), tuple(entities)), expecting)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("for my mum Beryl", "Beryl"),
        ("yoga for my friend Denise please", "Denise"),
        ("her name is Rose", "Rose"),
        ("hes called bob", "Bob"),
        ("Jean is my neighbour", "Jean"),
        ("mums name is rose", "Rose"),
    ],
)
def test_a_name_beside_someone_is_theirs(text, name):
    assert read(text).first("cared_name") == name


@pytest.mark.parametrize("text", ["my mum Wants yoga", "my dad has bowel cancer", "for my mum near Ilford"])
def test_other_words_are_no_name(text):
    assert read(text).first("cared_name") is None


def test_a_known_name_beside_someone_needs_no_capital():
    name = Entity("name", "Kev", 12, 15, "kev")
    assert read("for my mate kev", None, name).first("cared_name") == "Kev"
    name = Entity("name", "Ray", 14, 17, "Ray")
    assert read("for my hubby, Ray", None, name).first("cared_name") == "Ray"
    assert read("for my mum, Friday please").first("cared_name") is None


def test_the_senders_own_name_stays_beside_someone_elses():
    names = (Entity("name", "Betty", 12, 17, "Betty"), Entity("name", "Kim", 25, 28, "Kim"))
    found = read("her name is Betty and im Kim", None, *names)
    assert (found.first("cared_name"), found.first("own_name")) == ("Betty", "Kim")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("yoga for my mum Joan in e17. thanks, Sue", "Sue"),
        ("my husband Harold would like a walk. Kind regards, Margaret", "Margaret"),
        ("wig for my nan. Love Tracy x", "Tracy"),
        ("my dad needs help with bills, ta, dave", "Dave"),
        ("my dad needs help with bills. Yours faithfully, Priya Shah", "Priya"),
        ("my dad needs help with bills, thanks love", None),
        ("my dad needs help with bills. Thanks NHS", None),
        ("thanks Sue, my dad would like that", None),
    ],
)
def test_who_signs_is_the_sender(text, name):
    assert read(text).first("own_name") == name


def test_a_place_beside_someone_is_no_name():
    place = Entity("place", {"name": "Ilford"}, 11, 17, "Ilford")
    assert read("for my mum Ilford", None, place).first("cared_name") is None


def test_the_own_name_is_no_answer_to_what_the_other_is_called():
    name = Entity("name", "Grace", 4, 9, "Grace")
    found = read("im Grace", THEIR_NAME, name)
    assert (found.first("name"), found.first("own_name")) == (None, "Grace")


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("she asked me to", True),
        ("he knows", True),
        ("shes happy for me to", True),
        ("no he doesnt mind", True),
        ("hes sat next to me", True),
        ("it was her idea", True),
        ("i havent told her", False),
        ("not told her yet", False),
        ("its a surprise", False),
        ("she doesn't know yet", False),
        ("i'll ask her", False),
        ("he has dementia", False),
        ("she isnt aware", False),
        ("i dont think so", False),
    ],
)
def test_whether_they_know(text, agreed):
    begins = Entity("yes_no", False, 0, 2, "no")
    assert read(text, KNOWS, *([begins] if text.startswith("no ") else [])).first("yes_no") is agreed


def test_nothing_is_read_into_other_words():
    assert read("what do you mean", KNOWS).first("yes_no") is None


@pytest.mark.parametrize("text", ["my code is 4kmt-7rwx", "4KMT 7RWX", "4kmt7rwx please"])
def test_a_code_is_nothing_else(text):
    found = read(text)
    assert (found.intent, found.first("code")) == ("pass_code", "4KMT7RWX")


@pytest.mark.parametrize("text", ["near E17 7JN", "the walking group", "07700 900123", "treatment", "7KMT4R"])
def test_what_is_no_code(text):
    assert read(text).intent == "inform"


@pytest.mark.parametrize(
    "text", ["this phone is my sons now", "i have just got this number", "this number was my aunts", "im not her"]
)
def test_a_phone_that_is_someone_elses(text):
    assert read(text).intent == "wrong_number"


def test_a_patient_is_not_for_texts():
    relation = Entity("relation", {"relation": "patient"}, 5, 12, "patient")
    found = read("for a patient with a sore leg", None, relation)
    assert (found.intent, found.entities) == ("for_a_patient", ())


@pytest.mark.parametrize("text", ["now something for me", "find one for myself", "for me this time"])
def test_for_oneself_is_for_nobody_else(text):
    assert Entity("relation", None, 0, 0, "") in read(text).entities


def test_book_it_for_me_is_a_way_of_asking():
    assert read("could you book it for me please").entities == ()


def test_kin_are_found_by_what_they_are_called():
    assert kin_in("my mum and my nan died") == ["mother", "grandparent"]


def test_both_names_beside_a_yes():
    said = read("yes she knows, her name is betty and im Kim", KNOWS, Entity("yes_no", True, 0, 3, "yes"))
    assert (said.first("agreed_name"), said.first("own_name"), said.first("cared_name")) == ("Betty", "Kim", None)


@pytest.mark.parametrize(
    "text",
    ["my mum asked me to sort this out", "yes she knows im doing it", "he agreed to it", "ok asked him, hes up for it"],
)
def test_that_someone_knows_is_heard_before_it_is_asked(text):
    assert read(text).first("told_knows") is True


@pytest.mark.parametrize(
    "text",
    [
        "she doesnt know yet",
        "she knows nobody there",
        "mum knows how to get there",
        "havent asked him if hes up for it",
    ],
)
def test_that_they_know_something_else_is_no_agreement(text):
    assert read(text).first("told_knows") is None


@pytest.mark.parametrize(
    "text",
    ["can you text my daughter instead", "send the reminders to my sons phone please", "text my brother not me"],
)
def test_texts_are_to_go_to_someone(text):
    assert read(text).intent == "pass_on"


@pytest.mark.parametrize(
    "text", ["ill text my daughter and ask", "my daughter texted you", "my son will send it to me"]
)
def test_texting_among_themselves_is_not(text):
    assert read(text).intent != "pass_on"
