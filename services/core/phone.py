"""Phone numbers: parsed once, kept as E.164, masked wherever they are shown."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from services.core.errors import InvalidPhoneNumber

# Ofcom reserves 07700 900000 to 900999 for drama; phonenumbers calls them possible but not valid.
_DRAMA = re.compile(r"\+447700900\d{3}")
_LANDLINE = {PhoneNumberType.FIXED_LINE, PhoneNumberType.UAN, PhoneNumberType.VOIP}


def mask(address: str) -> str:
    """Return an address with all but its last three characters hidden, for logs and pages."""
    return "•" * max(len(address) - 3, 3) + address[-3:] if len(address) > 3 else "•••"


class AddressKind(StrEnum):
    """What sort of address someone texts from; a user's is a WhatsApp id without a number."""

    DRAMA = "drama"
    LANDLINE = "landline"
    MOBILE = "mobile"
    USER = "user"


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """A phone number in E.164, such as +447700900123."""

    e164: str

    def __repr__(self) -> str:
        return f"PhoneNumber({mask(self.e164)})"

    def __str__(self) -> str:
        return self.e164

    @property
    def is_drama(self) -> bool:
        """Whether Ofcom reserves the number for film and television (demo and tests live on these)."""
        return bool(_DRAMA.fullmatch(self.e164))

    @property
    def is_landline(self) -> bool:
        """Whether a text to it would be read aloud by a machine."""
        return not self.is_drama and phonenumbers.number_type(phonenumbers.parse(self.e164)) in _LANDLINE

    @property
    def national(self) -> str:
        """The number as people in its country write it, such as 020 7450 4000."""
        return phonenumbers.format_number(phonenumbers.parse(self.e164), PhoneNumberFormat.NATIONAL)


@lru_cache(maxsize=4096)
def parse_phone(text: str, region: str = "GB") -> PhoneNumber:
    """Read a phone number as a person or a provider writes it.

    Raises InvalidPhoneNumber when no such number can exist in its country.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhoneNumber(f"not a phone number ({error.error_type})") from None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not _DRAMA.fullmatch(e164) and not phonenumbers.is_valid_number(number):
        raise InvalidPhoneNumber("no such phone number")
    return PhoneNumber(e164)


@lru_cache(maxsize=65536)
def kind_of(address: str) -> AddressKind:
    """What sort of address it is."""
    try:
        number = parse_phone(address)
    except InvalidPhoneNumber:
        return AddressKind.USER
    if number.is_drama:
        return AddressKind.DRAMA
    return AddressKind.LANDLINE if number.is_landline else AddressKind.MOBILE
