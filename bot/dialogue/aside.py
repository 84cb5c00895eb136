"""What was in progress before an emergency, or before texts were stopped: set aside until the person asks for it."""

from bot.dialogue.flows import Flows
from bot.dialogue.frames import release
from bot.dialogue.intents import RESUME
from bot.dialogue.state import State
from bot.dialogue.walk import Walk
from bot.understanding import Understanding

# The slot that tells responses and patterns that something waits to be taken up again.
PAUSED = "paused"


def set_aside(state: State) -> State:
    """Return the state with what is in progress set aside, so that "ok" is not taken for an answer to it."""
    kept = state.copy()
    for posed in kept.posed:
        posed.quiet = True
    if not kept.frames and not kept.posed:
        return kept
    kept.aside, kept.frames = kept.frames or kept.aside, []
    kept.slots[PAUSED] = True
    kept.asks.clear()
    kept.misses = 0
    return kept


def resume(flows: Flows, state: State, said: Understanding) -> bool:
    """Bring back what was set aside if the message asks for it, and say whether it did."""
    if not is_paused(state) or said.confidence < flows.limits.start:
        return False
    waiting = {frame.flow for frame in state.aside}
    meant = {flow.name for flow, _ in flows.triggers.get(said.intent, ())}
    if said.intent != RESUME and not waiting & meant:
        return False
    state.frames, state.aside = state.aside, []
    _unpause(state)
    return True


def is_paused(state: State) -> bool:
    """Say whether anything was set aside."""
    return bool(state.aside) or any(posed.quiet for posed in state.posed)


def _unpause(state: State) -> None:
    state.slots.pop(PAUSED, None)
    for posed in state.posed:
        posed.quiet = False


def forget(walk: Walk) -> None:
    """Forget what was set aside, since something else has begun."""
    own = [slot for frame in walk.state.aside for slot in frame.own if slot not in walk.given]
    walk.state.aside = []
    _unpause(walk.state)
    release(walk, own)
