"""Checks of flows: every name is known, every step can be reached, and every walk comes to an end or a question."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from bot.dialogue.compiler import collected
from bot.dialogue.conditions import Condition
from bot.dialogue.flows import Flow, Flows, Step
from bot.dialogue.intents import BY_PHRASE, BY_RULE
from bot.dialogue.models import END, ActionStep, CallStep, CollectStep, LinkStep, SetSlotsStep, UtterStep
from bot.dialogue.posed import TITLE
from bot.dialogue.problems import Problem, Source
from bot.dialogue.repair import ENGINE_ACTIONS

# What is found about one flow: a code and a message.
Found = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Names:
    """What flows may name; `intents` is empty when no vocabulary is given."""

    flows: Flows
    actions: Collection[str]
    intents: Collection[str]


def check_flows(names: Names, sources: Iterable[Source]) -> Iterator[Problem]:
    """Yield what is wrong with the flows of these files."""
    for source in sources:
        for name in source.names("flows"):
            for check in _CHECKS:
                for code, message in check(names, names.flows[name]):
                    yield source.problem(code, f"flow {name}: {message}", "flows", name)


def check_rules(names: Names, source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the slot rules of a file."""
    known = {*names.flows.rules, *names.actions}
    for slot in source.names("slots"):
        rule = names.flows.rule(slot)
        for name in set(rule.resets) - known:
            yield source.problem("unknown_reset", f"slot {slot} resets {name}, no slot or action", "slots", slot)
        if rule.starts and rule.starts not in names.flows.flows:
            yield source.problem("unknown_flow", f"slot {slot} starts {rule.starts}", "slots", slot)


def check_phrases(names: Names, source: Source) -> Iterator[Problem]:
    """Yield phrases that mean an intent nobody knows."""
    known = {*names.intents, *BY_PHRASE, *BY_RULE}
    for intent in source.names("phrases") if names.intents else ():
        if intent not in known:
            yield source.problem("unknown_intent", f"phrases mean {intent}", "phrases", intent)


def _targets(step: Step) -> Iterator[str]:
    """Every step that this one may lead to."""
    if not isinstance(step.model, LinkStep):
        yield from (way.target for way in step.ways)
    if isinstance(step.model, CollectStep):
        yield from (way.then for way in step.model.on_intent if way.then)
        if step.model.when_stale:
            yield step.model.when_stale


def _unknown_steps(_: Names, flow: Flow) -> Found:
    for step in flow.steps.values():
        for target in _targets(step):
            if target != END and target not in flow.steps:
                yield "unknown_step", f"step {step.id} leads to {target}"


def _unreachable_steps(_: Names, flow: Flow) -> Found:
    reached = _reachable(flow, flow.first)
    for step in flow.steps:
        if step not in reached:
            yield "unreachable_step", f"nothing leads to step {step}"


def _reachable(flow: Flow, first: str) -> set[str]:
    found: set[str] = set()
    waiting = {first}
    while waiting:
        step_id = waiting.pop()
        if step_id not in found and step_id in flow.steps:
            found.add(step_id)
            waiting |= set(_targets(flow.steps[step_id]))
    return found


def _no_end(_: Names, flow: Flow) -> Found:
    for step_id in flow.steps:
        reached = [flow.steps[other] for other in _reachable(flow, step_id)]
        if not any(isinstance(step.model, LinkStep) or END in _targets(step) for step in reached):
            yield "no_end", f"no end can be reached from step {step_id}"


def _unknown_flows(names: Names, flow: Flow) -> Found:
    model = flow.model
    named = {*model.replaces, *([model.on_cancel] if model.on_cancel else [])}
    for step in flow.steps.values():
        if isinstance(step.model, CallStep):
            named.add(step.model.call)
        if isinstance(step.model, LinkStep):
            named.add(step.model.link)
    for name in sorted(named - set(names.flows.flows)):
        yield "unknown_flow", f"there is no flow {name}"


def _recursion(names: Names, flow: Flow) -> Found:
    for step in flow.steps.values():
        if isinstance(step.model, CallStep) and step.model.call in names.flows.flows:
            called = names.flows[step.model.call]
            if flow.name in called.reach | {called.name}:
                yield "recursion", f"step {step.id} calls a flow that leads back here"


def _unknown_slots(names: Names, flow: Flow) -> Found:
    for where, slot in _named_slots(flow):
        if slot not in names.flows.rules:
            yield "unknown_slot", f"{where} names slot {slot}, which slot_rules.yml does not have"


def _named_slots(flow: Flow) -> Iterator[tuple[str, str]]:
    yield from (("the flow", slot) for slot in (*flow.model.persisted_slots, *flow.model.takes))
    yield from (("the guard", slot) for slot in _read(flow.guard))
    for step in flow.steps.values():
        where = f"step {step.id}"
        yield from ((where, slot) for slot in step.reads())
        if isinstance(step.model, CollectStep):
            yield from ((where, slot) for slot in (step.model.collect, step.model.options) if slot)
        if isinstance(step.model, SetSlotsStep):
            yield from ((where, slot) for each in step.model.set_slots for slot in each)


def _read(condition: Condition | None) -> Iterator[str]:
    names = condition.names if condition else ()
    return (name.removeprefix("slots.") for name in names if name.startswith("slots."))


def _unknown_actions(names: Names, flow: Flow) -> Found:
    for step in flow.steps.values():
        action = getattr(step.model, "action" if isinstance(step.model, ActionStep) else "ask", None)
        if action and action not in names.actions and action not in ENGINE_ACTIONS:
            yield "unknown_action", f"step {step.id} runs {action}"


def _unknown_responses(names: Names, flow: Flow) -> Found:
    for step in flow.steps.values():
        for response in said_by(step):
            if response not in names.flows.responses:
                yield "unknown_response", f"step {step.id} says {response}"


def said_by(step: Step) -> Iterator[str]:
    """The responses that a step says itself."""
    model = step.model
    if isinstance(model, UtterStep):
        yield model.utter
    if isinstance(model, CollectStep):
        yield from (response for _, response in step.rejections)
        if model.ask is None:
            yield model.response


def _asked_by(names: Names, flow: Flow) -> Found:
    """What a message opens begins with a question, whose menu no action has to show, and has a name beside others."""
    if not flow.model.asked_by:
        return
    first = flow.steps[flow.first].model
    if not isinstance(first, CollectStep):
        yield "asks_nothing", f"messages open it, but step {flow.first} asks nothing"
    elif first.kind == "choice" and first.ask and not first.options:
        yield "no_menu", f"messages ask for the choice of step {flow.first}, so its menu must stand in a slot"
    if f"{TITLE}{flow.name}" not in names.flows.responses:
        yield "unknown_response", f"there is no {TITLE}{flow.name} to tell it from others"
    for kind in flow.model.asked_by:
        if names.flows.asked_by[kind].name != flow.name:
            yield "asked_twice", f"messages of kind {kind} open {names.flows.asked_by[kind].name} too"


def _menu_missing(names: Names, flow: Flow) -> Found:
    for step in flow.steps.values():
        model = step.model
        if not isinstance(model, CollectStep) or model.kind != "choice" or model.ask or model.options:
            continue
        if not names.flows.responses.options(model.response, {}):
            yield "no_menu", f"step {step.id} asks for a choice and shows no menu"


def _unknown_intents(names: Names, flow: Flow) -> Found:
    if not names.intents:
        return
    named = {trigger.intent.name for trigger in flow.model.nlu_trigger} | set(flow.model.cancelled_by)
    for step in flow.steps.values():
        if isinstance(step.model, CollectStep):
            named |= {way.intent for way in step.model.on_intent}
    for intent in sorted(named - {*names.intents, *BY_PHRASE, *BY_RULE}):
        yield "unknown_intent", f"no message is ever understood as {intent}"


def _shared_yes(names: Names, flow: Flow) -> Found:
    """A yes given to one flow must never be taken by another."""
    elsewhere = {s for other in names.flows.flows.values() if other.name != flow.name for s in collected(other)}
    for step in flow.steps.values():
        model = step.model
        if not isinstance(model, CollectStep) or model.kind != "yes_no":
            continue
        if model.collect in elsewhere and not model.ask_before_filling:
            yield "shared_yes", f"step {step.id} may take a yes of another flow; it needs ask_before_filling"


def check_loops(flows: Mapping[str, Flow], sources: Iterable[Source]) -> Iterator[Problem]:
    """Yield loops that no question interrupts, links from flow to flow included."""
    graph = {
        (flow.name, step.id): _unasked_targets(flows, flow, step)
        for flow in flows.values()
        for step in flow.steps.values()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        name = error.args[1][0][0]
        source = next(each for each in sources if name in each.names("flows"))
        steps = " -> ".join(f"{flow}.{step}" for flow, step in error.args[1])
        yield source.problem("endless_loop", f"a loop without a question: {steps}", "flows", name)


def _unasked_targets(flows: Mapping[str, Flow], flow: Flow, step: Step) -> list[tuple[str, str]]:
    if isinstance(step.model, CollectStep):
        return []
    if isinstance(step.model, LinkStep):
        target = flows.get(step.model.link)
        return [(target.name, target.first)] if target else []
    return [(flow.name, target) for target in _targets(step) if target in flow.steps]


_CHECKS = (
    _unknown_steps,
    _unreachable_steps,
    _no_end,
    _unknown_flows,
    _recursion,
    _unknown_slots,
    _unknown_actions,
    _unknown_responses,
    _asked_by,
    _menu_missing,
    _unknown_intents,
    _shared_yes,
)
