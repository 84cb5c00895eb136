"""Errors: what went wrong, whether trying again may help, and what the person is told."""


class WellbeingError(Exception):
    """Base of every error the product raises on purpose.

    `code` is stable and countable; `retryable` says whether the same call may succeed later;
    `response` names the response (in `dialogues/responses`) that a patient gets, if any.
    """

    code = "error"
    retryable = False
    response = "utter_apology"


class ConfigurationError(WellbeingError):
    """The deployment is set up wrongly; the message says which setting and what to do."""

    code = "configuration"


class InvalidPhoneNumber(WellbeingError):
    """The text is not a phone number that can be texted."""

    code = "invalid_phone_number"


class DatabaseBusy(WellbeingError):
    """Another process serves this SQLite file, or the writer has stopped."""

    code = "database_busy"
    retryable = True
