"""The dialogue language: what a flow file, the slot rules and the patterns file may say, and nothing else.

`docs/dialogue-language.md` explains each construct with an example. Sources: `dialogues/flows/*.yml`,
`dialogues/slot_rules.yml`, `dialogues/patterns.yml`. A key that is not listed here is an error.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

END = "END"
SKIPPED = "skipped"

Kind = Literal[
    "choice", "yes_no", "place", "name", "count", "date", "cancer_type", "need", "relation", "text", "rating"
]
Hours = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
StepId = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*|END)$")]


class Strict(BaseModel):
    """A part of a dialogue file: unknown keys and changed types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Branch(Strict):
    """One conditional way on: `if` an expression holds, `then` a step id, END, or steps written in place."""

    condition: str = Field(alias="if")
    then: "StepId | list[StepModel]"


class Otherwise(Strict):
    """The last way on, taken when no branch before it held."""

    otherwise: "StepId | list[StepModel]" = Field(alias="else")


def _branch_tag(value: Any) -> str:
    return "else" if isinstance(value, Otherwise) or (isinstance(value, dict) and "else" in value) else "if"


Way = Annotated[Annotated[Branch, Tag("if")] | Annotated[Otherwise, Tag("else")], Discriminator(_branch_tag)]
Next = StepId | list[Way]


class StepBase(Strict):
    """What every step may have: an id (made from its content when absent) and where to go next."""

    id: Name | None = None
    next: Next | None = None


class Rejection(Strict):
    """A reason to refuse a value just given: when `if` holds, `utter` is said and the slot asked again."""

    condition: str = Field(alias="if")
    utter: Name


class OnIntent(Strict):
    """What an intent means at one question: an answer (`value`), or a step to go to (`then`)."""

    intent: Name
    value: Any = None
    then: StepId | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> "OnIntent":
        if (self.value is None) == (self.then is None):
            raise ValueError("give either `value` or `then`")
        return self


class CollectStep(StepBase):
    """Ask for a slot, unless it is filled already, by a response or (`ask`) by an action that says the question."""

    collect: Name
    kind: Kind
    utter: Name | None = None
    ask: Name | None = None
    ask_before_filling: bool = False
    optional: bool = False
    default: Any = None
    options: Name | None = None
    stale_after_hours: Hours | Literal["never"] | None = None
    rejections: list[Rejection] = []
    on_intent: list[OnIntent] = []
    means: list[Name] = []
    when_stale: StepId | None = None

    @property
    def response(self) -> str:
        """The response that asks the question."""
        return self.utter or f"utter_ask_{self.collect}"


class ActionStep(StepBase):
    """Run an action by name."""

    action: Name


class SetSlotsStep(StepBase):
    """Set slots to constants; null empties one."""

    set_slots: list[dict[Name, Any]]


class NoopStep(StepBase):
    """Do nothing but branch."""

    noop: Literal[True]


class CallStep(StepBase):
    """Run another flow inside this one, then go on."""

    call: Name


class LinkStep(StepBase):
    """End this flow and begin another in its place, which inherits the slots."""

    link: Name

    @model_validator(mode="after")
    def _goes_nowhere_else(self) -> "LinkStep":
        if self.next is not None:
            raise ValueError("`link` ends the flow, so it takes no `next`")
        return self


class UtterStep(StepBase):
    """Say a response."""

    utter: Name


STEP_KEYS = ("collect", "action", "set_slots", "noop", "call", "link", "utter")


def _step_tag(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((key for key in STEP_KEYS if key in value), None)
    return next((key for key in STEP_KEYS if hasattr(value, key)), None)


StepModel = Annotated[
    Annotated[CollectStep, Tag("collect")]
    | Annotated[ActionStep, Tag("action")]
    | Annotated[SetSlotsStep, Tag("set_slots")]
    | Annotated[NoopStep, Tag("noop")]
    | Annotated[CallStep, Tag("call")]
    | Annotated[LinkStep, Tag("link")]
    | Annotated[UtterStep, Tag("utter")],
    Discriminator(
        _step_tag, custom_error_type="step_kind", custom_error_message=f"a step has one of {', '.join(STEP_KEYS)}"
    ),
]


class IntentTrigger(Strict):
    """An intent that starts the flow, from a confidence on.

    `idle` ones only when nothing is in progress, `alone` ones only when the message answers no question.
    """

    name: Name
    confidence_threshold: Fraction | None = None
    idle: bool = False
    alone: bool = False


class Trigger(Strict):
    """One entry of `nlu_trigger`; a bare intent name is enough."""

    intent: IntentTrigger

    @field_validator("intent", mode="before")
    @classmethod
    def _bare_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class FlowModel(Strict):
    """One flow: when it may start, what it does, and what becomes of it when something else comes between."""

    description: str
    name: str | None = None
    guard: str | None = Field(default=None, alias="if")
    nlu_trigger: list[Trigger] = []
    persisted_slots: list[Name] = []
    takes: list[Name] = []
    asked_by: list[Name] = []
    replaces: list[Name] = []
    cancelled_by: list[Name] = []
    expires_after_hours: Hours | None = None
    on_cancel: Name | None = None
    small_talk: bool = False
    gives_way: bool = False
    restate: bool = True
    steps: Annotated[list[StepModel], Field(min_length=1)]


class SlotRule(Strict):
    """How a slot is filled from a message, how long it lives, and what a correction of it undoes.

    `source` (`from`) names entity kinds; without it only actions and flows set the slot. `resets` names slots to
    empty and actions to run again. `payload` is the prefix of the options that belong to the slot, and `starts`
    the flow that begins when such an option is chosen while the slot is empty and not being asked. `renews` names
    slots that belong to this slot's value: a message that starts a flow and changes the value empties them.
    """

    source: list[str] = Field(default=[], alias="from")
    when: Literal["asked", "any"] | None = None
    many: bool = False
    keep: bool = False
    payload: Name | None = None
    starts: Name | None = None
    resets: list[Name] = []
    renews: list[Name] = []

    @field_validator("source", mode="before")
    @classmethod
    def _bare_kind(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class SlotRulesFile(Strict):
    """`slot_rules.yml`: every slot, and the names actions may give as parameters of an utterance."""

    slots: dict[Name, SlotRule]
    parameters: list[Name] = []


class Limits(Strict):
    """The figures the engine goes by; confidences are those of the intent classifier."""

    asks: int = 3
    steps: int = 100
    menus: int = 3
    stale_after_hours: float = 3.0
    start: Fraction = 0.5
    alongside: Fraction = 0.7
    strong: Fraction = 0.85
    second_goal: Fraction = 0.3
    meaning: Fraction = 0.1


class Fillers(Strict):
    """Words that mean nothing before and after a known phrase."""

    before: list[str] = []
    after: list[str] = []


class FlowsFile(Strict):
    """A file of flows."""

    flows: dict[Name, FlowModel]


class PatternsFile(FlowsFile):
    """`patterns.yml`: the repair flows with their slots, the figures, and the words that the engine itself knows.

    `phrases` maps an intent (or "cancel", "never_mind") to whole messages that mean it whatever the classifier
    thinks, and `fillers` the words that may stand around them. `joins` are the words that join two wishes in one
    message, `corrections` those that tell a correction, `negations` those that turn a wish into its opposite,
    `indiscreet` those that disclose an illness.
    """

    slots: dict[Name, SlotRule] = {}
    phrases: dict[Name, list[str]] = {}
    fillers: Fillers = Fillers()
    joins: list[str] = []
    corrections: list[str] = []
    negations: list[str] = []
    indiscreet: list[str] = []
    limits: Limits = Limits()


for _model in (Branch, Otherwise, FlowModel, FlowsFile, PatternsFile):
    _model.model_rebuild()
