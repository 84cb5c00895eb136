"""Phone numbers: what is accepted, and that they never show whole."""

import pytest

from services.core.errors import InvalidPhoneNumber
from services.core.phone import mask, parse_phone


@pytest.mark.parametrize("text", ["+447700900123", "07700 900123", "07700-900-123", "0044 7700 900123"])
def test_drama_numbers_are_numbers(text: str) -> None:
    assert parse_phone(text).e164 == "+447700900123"


@pytest.mark.parametrize("text", ["", "hello", "07700 9001", "+44 1", "+447700900123456", "12345"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidPhoneNumber):
        parse_phone(text)


def test_a_number_shows_masked() -> None:
    number = parse_phone("07700 900123")
    assert "900123" not in repr(number)
    assert repr(number).endswith("123)")
    assert mask("+447700900123").endswith("123")
    assert "447700" not in mask("+447700900123")
    assert mask("12") == "•••"


def test_a_landline_is_known_and_a_drama_mobile_is_not_one() -> None:
    assert parse_phone("020 7946 0123").is_landline
    assert not parse_phone("07700 900123").is_landline


def test_a_number_reads_as_people_write_it() -> None:
    assert parse_phone("+442079460123").national == "020 7946 0123"
