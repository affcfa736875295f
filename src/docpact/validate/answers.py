"""One exchange judged: what HTTP, the token, the id and the method promise; the body of a task is handed on, to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpact.exchange import NO_CONNECTION, Lack, Purpose
from docpact.finding import Severity
from docpact.validate import headers, refusals, statuses
from docpact.validate.breach import Breach
from docpact.validate.heard import LIMIT, Heard, hear
from docpact.validate.tasklike import is_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.contract import Contract, Profile
    from docpact.exchange import Exchange

__all__ = ["LIMIT", "Answered", "is_task", "judge"]

_REFUSED = 400
_LATE = frozenset({Lack.LATE, Lack.UNREACHABLE})


class Answered(NamedTuple):
    """The breaches of one exchange, and the unpacked body where it is to be judged as a task, else None.

    `unread` names a content encoding that is asked for and not known here: the body was not judged. `excused` are the rules
    that the answer breaks as the family of the profile does.
    """

    breaches: list[Breach]
    body: bytes | None
    unread: str = ""
    excused: frozenset[str] = frozenset()


def judge(
    exchange: Exchange, contract: Contract, profile: Profile, secrets: Sequence[str] = (), limit: int = LIMIT
) -> Answered:
    """Judge one exchange by what its request was sent for, under a profile.

    `secrets` are the tokens that may not come back: the right one, and the one that was presented; none of them is in what is
    said. A body of more than `limit` bytes, unpacked, is too large. Raises nothing, whatever the answer holds.
    """
    heard = hear(exchange, contract, secrets, limit)
    body = None
    found = list(_wire(heard))
    if exchange.answer is not None:
        if exchange.purpose is not Purpose.TASK:
            found += refusals.breaches(heard)
        elif not found:
            found = list(statuses.breaches(heard))
            if not found:
                told, body = _task(heard)
                found += told
        found += refusals.echoes(heard)
    kept = [left for breach in found if (left := _excused(heard, breach, profile))]
    excused = frozenset({breach.rule for breach in found} - {breach.rule for breach in kept})
    return Answered(kept, body, heard.content.unread, excused)


def _wire(heard: Heard) -> Iterator[Breach]:
    """Yield what was wrong with the connection, or with the length of what came over it."""
    exchange = heard.exchange
    length = headers.length(heard)
    if length is not None:
        yield length
    elif exchange.lack in NO_CONNECTION - _LATE or exchange.lack is Lack.CUT:
        yield _lacking(heard, "http-cut", "the answer ended before it was whole")
    elif exchange.lack in _LATE:
        yield _lacking(heard, "http-late", "the answer did not come, or end, in time")
    elif exchange.lack is Lack.MALFORMED:
        yield _lacking(heard, "http-malformed", "what came is no HTTP")


def _lacking(heard: Heard, rule: str, otherwise: str) -> Breach:
    exchange = heard.exchange
    # What stands in front of a relay may drop an odd request without a word; who waits for it is held up all the same.
    severity = Severity.WARNING if exchange.purpose is Purpose.ODD_ID and exchange.lack not in NO_CONNECTION | _LATE else None
    after = f" (after {exchange.seconds:,.1f} s)" if exchange.lack in _LATE and exchange.seconds else ""
    return Breach(rule, "", str(exchange.lack), None, f"{heard.safe(exchange.note) or otherwise}{after}", severity=severity)


def _task(heard: Heard) -> tuple[list[Breach], bytes | None]:
    """Judge the answer of status 200 to who asked for a task with the right token; a packing that is wrong leaves no body."""
    content = heard.content
    if content.wrong:
        return [Breach("http-encoding", "", _encoding(heard), None, heard.safe(content.wrong))], None
    if content.unread:
        return list(headers.unasked_encoding(heard)), None
    if content.large or heard.exchange.lack is Lack.LARGE:
        message = f"the body is larger than {heard.limit:,} bytes; it was not read further"
        return [Breach("json-size", "", None, f"at most {heard.limit:,} bytes", message)], None
    wrong_type = headers.content_type(heard)
    if wrong_type is None:
        return [], content.body
    # A body of another type is judged as well where it is JSON: one fault should not hide another.
    return [wrong_type], content.body if heard.begins_as_json else None


def _encoding(heard: Heard) -> str | None:
    given = heard.header("content-encoding")
    return None if given is None else heard.safe(given)


def _excused(heard: Heard, breach: Breach, profile: Profile) -> Breach | None:
    """Leave out what the family of the profile does as a habit; name the other families that do so."""
    if heard.answer.status >= _REFUSED:
        # What is refused, and shown all the same, is no habit.
        return breach
    if breach.rule in profile.excuses:
        return None
    families = (other for other in heard.contract.profiles.values() if other.suggested and breach.rule in other.excuses)
    return breach._replace(excused_by=tuple(family.name for family in families))
