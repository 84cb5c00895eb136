"""Questions left so long that nobody would know what they were about: their flows end, unsaid."""

from bot.dialogue.frames import release
from bot.dialogue.walk import Walk


def drop_expired(walk: Walk) -> None:
    """End the flows in progress whose question was put longer ago than their `expires_after_hours`."""
    for frame in reversed(list(walk.state.frames)):
        limit = walk.flow(frame).model.expires_after_hours
        if limit is None or frame.called or frame.question is None or frame.question.age_hours(walk.now) < limit:
            continue
        walk.state.frames.remove(frame)
        release(walk, frame.own)
        walk.put(frame.shadowed)
        walk.note("flow_expired", frame.flow)
