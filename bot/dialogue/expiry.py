"""Questions left so long that nobody would know what they were about: their flows end, unsaid."""

from bot.dialogue.frames import release
from bot.dialogue.state import Question
from bot.dialogue.walk import Walk


def drop_expired(walk: Walk) -> None:
    """End the flows whose question, in progress or waiting, was put longer ago than their `expires_after_hours`."""
    walk.state.posed = [one for one in walk.state.posed if not _is_expired(walk, one.flow, one.question)]
    for frame in reversed(list(walk.state.frames)):
        if frame.called or frame.question is None or not _is_expired(walk, frame.flow, frame.question):
            continue
        walk.state.frames.remove(frame)
        release(walk, frame.own)
        walk.put(frame.shadowed)
        walk.note("flow_expired", frame.flow)


def _is_expired(walk: Walk, flow: str, question: Question) -> bool:
    limit = walk.flows[flow].model.expires_after_hours
    return limit is not None and question.age_hours(walk.now) >= limit
