"""From flow models to flows that can be walked: steps named and flattened, conditions compiled, reach worked out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.dialogue.conditions import Condition, compile_condition
from bot.dialogue.flows import Flow, Step, Way
from bot.dialogue.models import (
    END,
    ActionStep,
    Branch,
    CallStep,
    CollectStep,
    FlowModel,
    LinkStep,
    NoopStep,
    SlotRule,
    StepModel,
    UtterStep,
)


class StepError(ValueError):
    """A step that cannot be placed in its flow; the message names it."""


def compile_flow(name: str, model: FlowModel) -> Flow:
    """Compile one flow; raises ConditionError or StepError. What it reaches is not known yet: see `with_reach`."""
    steps = _Steps(model.steps)
    guard = compile_condition(model.guard) if model.guard else None
    return Flow(name, model, guard, steps.first, steps.placed)


def with_reach(flows: Mapping[str, Flow], rules: Mapping[str, SlotRule]) -> dict[str, Flow]:
    """Tell every flow which flows it reaches by call and link, and which slots it and they take from messages."""
    whole: dict[str, Flow] = {}
    for name, flow in flows.items():
        reach = _reached(flow, flows)
        family = [flows[other] for other in reach | {name}]
        whole[name] = replace(
            flow,
            takes=frozenset(taken(flow, rules)),
            slots=frozenset().union(*(taken(other, rules) for other in family)),
            reach=frozenset(reach),
            asks=any(collected(other) for other in family),
        )
    return whole


def taken(flow: Flow, rules: Mapping[str, SlotRule]) -> set[str]:
    """The slots a flow takes from messages: those it collects, keeps or names, and those its actions depend on."""
    actions = {step.model.action for step in flow.steps.values() if isinstance(step.model, ActionStep)}
    depended_on = {slot for slot, rule in rules.items() if actions & set(rule.resets)}
    return collected(flow) | depended_on | set(flow.model.persisted_slots) | set(flow.model.takes)


def collected(flow: Flow) -> set[str]:
    """The slots that the flow itself asks for."""
    return {step.model.collect for step in flow.steps.values() if isinstance(step.model, CollectStep)}


def leads_to(flow: Flow) -> set[str]:
    """The flows that the flow itself calls and links to."""
    models = [step.model for step in flow.steps.values()]
    called = {model.call for model in models if isinstance(model, CallStep)}
    return called | {model.link for model in models if isinstance(model, LinkStep)}


def _reached(flow: Flow, flows: Mapping[str, Flow]) -> set[str]:
    found: set[str] = set()
    waiting = leads_to(flow)
    while waiting:
        name = waiting.pop()
        if name in flows and name not in found:
            found.add(name)
            waiting |= leads_to(flows[name])
    return found


class _Steps:
    """The steps of one flow while they are being placed."""

    def __init__(self, models: list[StepModel]) -> None:
        self.placed: dict[str, Step] = {}
        self._taken = _given_ids(models)
        self.first = self._add(models, last_way=END)

    def _add(self, models: list[StepModel], last_way: str | None) -> str:
        """Place steps that follow each other and return the id of the first."""
        ids = [model.id or self._name(model) for model in models]
        for model, step_id, following in zip(models, ids, [*ids[1:], last_way], strict=True):
            self._place(model, step_id, following)
        return ids[0]

    def _place(self, model: StepModel, step_id: str, following: str | None) -> None:
        if step_id in self.placed:
            raise StepError(f"step {step_id} exists twice")
        if following is None and model.next is None and not isinstance(model, LinkStep):
            raise StepError(f"step {step_id} is the last of steps written in place, so it needs a `next`")
        rejections: tuple[tuple[Condition, str], ...] = ()
        if isinstance(model, CollectStep):
            rejections = tuple((compile_condition(each.condition), each.utter) for each in model.rejections)
        self.placed[step_id] = Step(step_id, model, self._ways(model, following or END), rejections)

    def _ways(self, model: StepModel, following: str) -> tuple[Way, ...]:
        if model.next is None:
            return (Way(None, following),)
        if isinstance(model.next, str):
            return (Way(None, model.next),)
        ways = []
        for way in model.next:
            if isinstance(way, Branch):
                ways.append(Way(compile_condition(way.condition), self._target(way.then)))
            else:
                ways.append(Way(None, self._target(way.otherwise)))
        return tuple(ways)

    def _target(self, target: str | list[StepModel]) -> str:
        return target if isinstance(target, str) else self._add(target, last_way=None)

    def _name(self, model: StepModel) -> str:
        base = _base_name(model)
        name, number = base, 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name


def _base_name(model: StepModel) -> str:
    match model:
        case CollectStep():
            return f"collect_{model.collect}"
        case ActionStep():
            return model.action
        case UtterStep():
            return model.utter
        case CallStep():
            return f"call_{model.call}"
        case LinkStep():
            return f"link_{model.link}"
        case NoopStep():
            return "noop"
        case _:
            return "set_slots"


def _given_ids(models: list[StepModel]) -> set[str]:
    return {model.id for model in all_steps(models) if model.id}


def all_steps(models: list[StepModel]) -> Iterator[StepModel]:
    """Every step of a flow, those written in place included."""
    for model in models:
        yield model
        for way in model.next if isinstance(model.next, list) else ():
            target = way.then if isinstance(way, Branch) else way.otherwise
            if not isinstance(target, str):
                yield from all_steps(target)
