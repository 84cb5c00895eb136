"""STOP stops every channel of an address until START, and nothing else does either."""

import pytest

from services.people import consent
from services.people.consent import Keyword, keyword_of
from services.people.tables import OptOut

ADDRESS = "+447700900123"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "stop",
            "STOP",
            "Stop.",
            "STOP!",
            " stop \n",
            "'stop'",
            "“Stop.”",
            "STOP!!!",
            "stop 🛑",
            "ＳＴＯＰ",
            "(stop)",
        ),
        *("stopall", "STOP ALL", "stop-all", "Stop all texts", "unsubscribe", "UNSUBSCRIBE.", "un-subscribe"),
        *("opt out", "opt-out", "Opt  Out", "optout", "remove me", "Remove me.", "cancel all texts", "stop_all"),
    ],
)
def test_words_that_stop(text):
    assert keyword_of(text) is Keyword.STOP


@pytest.mark.parametrize(
    "text",
    [
        *("end", "quit", "cancel", "END", "Cancel.", "yes", "no", "", " ", "!!!", "stop 2", "2", "stopped", "bus stop"),
        *("please stop", "stop it", "where is the stop", "stop, I want to die", "remove me from the list of Tuesday"),
        *("don't stop", "non stop", "cancel all", "help me", "start again", "information", "🛑", "stop" * 200),
    ],
)
def test_words_that_do_not(text):
    assert keyword_of(text) is None


@pytest.mark.parametrize("text", ["START", "start", "Start.", "unstop", "“START”"])
def test_words_that_start(text):
    assert keyword_of(text) is Keyword.START


@pytest.mark.parametrize("text", ["HELP", "help?", "Info", "INFO."])
def test_words_that_ask_for_help(text):
    assert keyword_of(text) is Keyword.HELP


def test_what_the_provider_took_it_for_decides():
    assert keyword_of("ARRET", "STOP") is Keyword.STOP
    assert keyword_of("hello", "nonsense") is None
    assert keyword_of("stop", None) is Keyword.STOP


def test_stop_and_start(database, clock):
    assert database.write(lambda session: consent.opt_out(session, ADDRESS, "keyword", clock.now()))
    assert not database.write(lambda session: consent.opt_out(session, ADDRESS, "provider", clock.now()))
    with database.read() as session:
        assert consent.is_opted_out(session, ADDRESS)
        assert not consent.is_opted_out(session, "+447700900124")
        assert session.get(OptOut, ADDRESS).source == "keyword"
    assert database.write(lambda session: consent.opt_in(session, ADDRESS))
    assert not database.write(lambda session: consent.opt_in(session, ADDRESS))
    with database.read() as session:
        assert not consent.is_opted_out(session, ADDRESS)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("i want to die. stop texting me", consent.Wish.PLAIN),
        ("opt out pls. chest pain is too bad for going anywhere", consent.Wish.PLAIN),
        ("no more messages, ive taken all my tablets", consent.Wish.PLAIN),
        ("I don’t want your texts, I can’t breathe", consent.Wish.PLAIN),
        ("take me off the list im going to end it", consent.Wish.PLAIN),
        ("unsubscribe. my chest hurts", consent.Wish.PLAIN),
        ("stop, i want to die", consent.Wish.PERHAPS),
        ("STOP! he is hitting me", consent.Wish.PERHAPS),
        ("i cant breathe. stop", consent.Wish.PERHAPS),
        ("my nose wont stop bleeding", None),
        ("i cant stop being sick", None),
        ("stop the bleeding how", None),
        ("make it stop i want it over", None),
        ("he wont stop hitting me", None),
    ],
)
def test_a_wish_to_stop_texts_beside_something_else(text, wish):
    assert consent.stop_beside(text) is wish
