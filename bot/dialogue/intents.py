"""The intents that the engine itself knows; all others mean what the flows' triggers say."""

YES = frozenset({"affirm", "accept_offer"})
NO = frozenset({"deny", "decline_offer"})
SKIP = "skip"
CORRECTION = "correction"
CHOOSE_OPTION = "choose_option"
HUMAN = "human"
OUT_OF_SCOPE = "out_of_scope"
START_AGAIN = "start_again"
GO_BACK = "go_back"
REPEAT = "repeat"

# Known by phrase only: the first also means "cancel my booking" when nothing is in progress, the second nothing then,
# the third only when something was set aside. The others are of the flows that they start.
CANCEL = "cancel"
NEVER_MIND = "never_mind"
RESUME = "resume"
BY_PHRASE = frozenset({CANCEL, NEVER_MIND, RESUME, "undo_cancel", "calendar_link", "stop_notify"})
# Read by rules of `others`, `introductions`, `afterwards` and `of_bookings` in `bot`, and never by the classifier.
BY_RULE = frozenset(
    {
        "pass_code", "pass_on", "for_a_patient", "introduction", "ask_later", "stop_checkins", "stop_surveys",
        "one_more", "change_event",
    }
)  # fmt: skip

CONTROLS = frozenset({START_AGAIN, GO_BACK, REPEAT, CANCEL, NEVER_MIND})
