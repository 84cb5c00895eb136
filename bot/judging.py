"""What follows from the result of a post: sent, put back, unknown or failed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.channels.port import Accepted, RateLimited, Refusal, Rejected, SendResult, Unknown, Unreached
from bot.preparing import Ready
from bot.recording import Done
from services.people.deliveries import Outcome
from services.people.outbox import OutboxRow
from services.people.rates import Lane, Posted
from services.people.tables import OutboxStatus, Priority

log = structlog.get_logger(__name__)

_LONGEST_WAIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the sender goes and how patient it is; times in seconds.

    `posts` run at a time, `batch` messages are claimed at once, and the outbox is looked at every `poll` even if
    nothing wakes the sender. A post refused for haste (or, for safety, of unknown outcome) is tried `tries` times,
    after pauses that grow from `backoff`; then the message is put back for `put_back`, at most `attempts` times. One
    claimed longer than `stale` ago is put back unposted, since another process may soon take it for stranded.
    """

    posts: int = 32
    batch: int = 64
    poll: float = 5.0
    tries: int = 4
    backoff: float = 0.5
    put_back: float = 15.0
    attempts: int = 10
    stale: float = 45.0


def judge(ready: Ready, result: SendResult, pace: Pace, now: datetime) -> Done:
    """Say what becomes of a message after the last post of an attempt."""
    done = _judged(ready, result, pace, now)
    if not isinstance(result, Accepted | Unknown):
        return done
    message = ready.message
    return replace(done, posted=Posted(Lane(message.channel, message.sender), ready.segments))


def _judged(ready: Ready, result: SendResult, pace: Pace, now: datetime) -> Done:
    row = ready.row
    match result:
        case Accepted(provider_id):
            return Done(row, _outcome(ready, OutboxStatus.SENT, provider_id=provider_id))
        case RateLimited(retry_after):
            return put_back(row, "rate_limited", now + timedelta(seconds=max(retry_after, pace.put_back)))
        case Unreached(why):
            return put_back(row, why, now + timedelta(seconds=pace.put_back))
        case Rejected(code, Refusal.TEMPORARY):
            return _again(row, code, pace, now)
        case Rejected(code, refusal):
            return failed(row, code, refusal)
        case Unknown(why) if row.priority == Priority.SAFETY:
            return _again(row, why, pace, now)
        case Unknown(why):
            log.warning("message_unknown", outbox=row.id, why=why)
            return Done(row, _outcome(ready, OutboxStatus.UNKNOWN, reason=why))


def pause_before_next(result: SendResult, *, is_safety: bool) -> float | None:
    """The least seconds to wait before the same post again, None if it may not be repeated at once.

    Only a post that was not processed may be; and a safety reply, since a second one does no harm.
    """
    if isinstance(result, RateLimited):
        return result.retry_after
    return 0.0 if is_safety and isinstance(result, Unknown) else None


def may_go_as_text(ready: Ready, rejected: Rejected) -> bool:
    """Whether what WhatsApp refused may go as a text message: it was for WhatsApp's rules, or for the template."""
    for_template = (Refusal.CONTENT, Refusal.CONFIGURATION) if ready.message.template is not None else ()
    return rejected.refusal in (Refusal.WINDOW, Refusal.NOT_WHATSAPP, *for_template)


def put_back(row: OutboxRow, why: str, until: datetime) -> Done:
    """A message that did not leave, or may safely be posted again, returns to the queue until a moment."""
    log.warning("message_put_back", outbox=row.id, why=why)
    return Done(row, Outcome(row.id, row.attempts, OutboxStatus.QUEUED, reason=why, due_at=until))


def failed(row: OutboxRow, code: str, refusal: str) -> Done:
    """A message is given up."""
    log.warning("message_failed", outbox=row.id, kind=row.kind, code=code, refusal=str(refusal))
    return Done(row, Outcome(row.id, row.attempts, OutboxStatus.FAILED, reason=code), str(refusal))


def _again(row: OutboxRow, why: str, pace: Pace, now: datetime) -> Done:
    """Put back a message that may be posted again, for longer each time, until that has been tried enough."""
    if row.attempts >= pace.attempts:
        return failed(row, why, "given_up")
    grows = 1 if row.priority == Priority.SAFETY else 2 ** (row.attempts - 1)
    return put_back(row, why, now + timedelta(seconds=min(pace.put_back * grows, _LONGEST_WAIT_S)))


def _outcome(ready: Ready, status: OutboxStatus, *, provider_id: str = "", reason: str = "") -> Outcome:
    row, text = ready.row, ready.message.text
    return Outcome(row.id, row.attempts, status, provider_id, reason, text=text, segments=ready.segments)
