"""Faults across the polls of a task: the lifecycle of the contract, turned round; and a fault of a body in one of the polls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.generate.extended import BETWEEN, Life, Polls, timed
from docpact.generate.fault import Fault, ends
from docpact.pointers import changed, is_set, member
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docpact.generate.coherence import Coherence
    from docpact.polled import Polled

    Turn = Callable[[Life, Polls], Iterator["Retold"]]
    Of = Callable[[Any, str], Iterator[Fault]]

_HALFWAY = "46%"
_MINUTE = 60_000
_STEP = 15

__all__ = ["TURNS", "faults", "in_one_poll", "timed"]


class Retold(NamedTuple):
    """Polls that break a rule: which poll shows it, at which pointer, all of them, in what way, and beside what."""

    poll: int
    place: str
    polls: Polls
    how: str = ""
    beside: tuple[str, ...] = ()


def faults(coherence: Coherence, polls: Polls, rule: str, of: Of, here: Of) -> Iterator[Fault]:
    """Yield the faults of polls for one rule of the lifecycle layer; `of` makes those of a body, `here` in its state."""
    cycle = coherence.contract.lifecycle
    if cycle is None or not polls:
        return
    life = Life(coherence, cycle)
    told = _instant_stays(life, polls, of, here) if rule == "instant-stays" else TURNS[rule](life, polls)
    severity, profile = RULES[rule].severity, coherence.profile.name
    for poll, place, retold, how, beside in told:
        yield Fault(rule, place, severity, profile, polls=retold, poll=poll, how=how, beside=beside)


def in_one_poll(coherence: Coherence, polls: Polls, of: Callable[[Any], Iterator[Fault]]) -> Iterator[Fault]:
    """Yield the polls with a fault of a body in the first, the middle and the last of them, or in one poll alone.

    It stands alone where it changes what other polls also show, so that the story would break a second rule.
    """
    for index in ends(len(polls)):
        alone: Fault | None = None
        for fault in of(polls[index].payload):
            if fault.polls is None and fault.payload is None:
                continue
            broken = _broken_poll(coherence, polls[index], fault)
            if _stays(coherence, polls, index, broken.payload) and not _goes_on(coherence, polls, index, fault.rule):
                yield fault._replace(payload=None, polls=(*polls[:index], broken, *polls[index + 1 :]), poll=index)
                break
            alone = alone or fault._replace(payload=None, polls=(broken._replace(asked=None),), poll=0, how="the only poll")
        else:
            if alone is not None:
                yield alone


def _broken_poll(coherence: Coherence, poll: Polled, fault: Fault) -> Polled:
    """Put a fault of a body into a poll; where it is about the id, nothing else was asked for."""
    if fault.polls is not None:
        return poll._replace(asked=fault.polls[0].asked)
    pointer = coherence.contract.roles.get("id", "")
    asked = poll.asked if member(poll.payload, pointer) == member(fault.payload, pointer) else None
    return poll._replace(payload=fault.payload, asked=asked)


def _stays(coherence: Coherence, polls: Polls, index: int, payload: Any) -> bool:
    """Tell whether a payload says the same as the poll that it takes the place of, in all that polls are compared by."""
    cycle, was = coherence.contract.lifecycle, polls[index].payload
    if len(polls) == 1 or cycle is None or not isinstance(payload, dict):
        return True
    roles = coherence.contract.roles
    compared = [*(roles[role] for role in ("status", "progress")), *(fixed.member for fixed in cycle.fixed)]
    if cycle.is_end(member(was, roles["status"])):
        compared += [settled.member for settled in cycle.settled]
    shown = any(name in payload for name in (roles["id"][1:], roles["status"][1:]))
    return not shown or all(member(payload, pointer) == member(was, pointer) for pointer in compared)


def _goes_on(coherence: Coherence, polls: Polls, index: int, rule: str) -> bool:
    """Tell whether a poll would be mixed as before an end, and the next one shows that none was near."""
    cycle, at = coherence.contract.lifecycle, coherence.contract.roles.get("status", "")
    if cycle is None or rule not in cycle.instant_rules or index + 1 == len(polls):
        return False
    now, then = (member(poll.payload, at) for poll in polls[index : index + 2])
    return now != then and not cycle.is_end(then)


def _then(polls: Polls, index: int, poll: Polled) -> Polls:
    """Put one more poll after a poll, halfway to the next one."""
    at = polls[index].at or 0
    after = polls[index + 1].at if index + 1 < len(polls) else None
    return (*polls[: index + 1], poll._replace(at=at + ((after or 0) - at) / 2 if after else at + BETWEEN), *polls[index + 1 :])


def _status_back(life: Life, polls: Polls) -> Iterator[Retold]:
    pointer = life.coherence.contract.roles["status"]

    def back(story: Polls, index: int) -> list[Polled]:
        poll = story[index]
        found = life.earlier(story, index) if life.runs(poll) else iter(())
        return [one for one in found if life.cycle.known_back(life.status(poll), life.status(one), life.action(poll)) is None]

    story = life.with_one(polls, lambda poll: bool(back((poll,), 0)))
    able = [index for index in range(len(story)) if back(story, index)]
    for spot in ends(len(able)):
        index = able[spot]
        for poll in {life.status(one): one for one in back(story, index)}.values():
            yield Retold(index + 1, pointer, _then(story, index, poll), f"to {life.status(poll) or 'nothing'}")


def _status_back_known(life: Life, polls: Polls) -> Iterator[Retold]:
    """Tell a short story of an action that goes back: what that family polls, judged as another one's."""
    pointer, profile = life.coherence.contract.roles["status"], life.coherence.profile.name
    for back in life.cycle.backs:
        if profile in back.profiles:
            continue
        actions = [
            action for action in back.actions or life.coherence.sampler.actions if action in life.coherence.sampler.actions
        ]
        for action in actions:
            for poll in polls[-1:]:
                moves = [
                    life.coherence.moved(poll.payload, {"status": s, "action": action}) for s in (back.origin, back.target)
                ]
                if None not in moves:
                    first = poll._replace(payload=moves[0])
                    # What is made twice may have been mended in two ways.
                    then = life.as_before(poll._replace(payload=moves[1]), first)
                    if then is not None:
                        yield Retold(1, pointer, _then((first,), 0, then), action)


def _end_left(life: Life, polls: Polls) -> Iterator[Retold]:
    pointer = life.coherence.contract.roles["status"]
    story = life.ended(polls)
    ended = [index for index, poll in enumerate(story) if life.cycle.is_end(life.status(poll))]
    for spot in ends(len(ended)):
        index = ended[spot]
        seen = {life.status(one): one for one in life.earlier(story, index)}
        for state in life.states(end=True):
            moved = life.coherence.moved(story[index].payload, {"status": state})
            if state != life.status(story[index]) and moved is not None:
                seen[state] = story[index]._replace(payload=moved)
        for state, poll in seen.items():
            yield Retold(index + 1, pointer, _then(story, index, poll), f"to {state or 'nothing'}")


def _fixed_changed(life: Life, polls: Polls) -> Iterator[Retold]:
    story = polls if len(polls) > 1 else (polls[0], polls[0]._replace(at=(polls[0].at or 0) + BETWEEN))
    for fixed in life.cycle.fixed:
        able = []
        for index in range(1, len(story)):
            before, last = story[:index], story[index - 1]
            known = [
                life.status(poll) not in fixed.open_states and is_set(member(poll.payload, fixed.member)) for poll in before
            ]
            is_open = life.status(last) in fixed.open_states or member(last.payload, fixed.member) in fixed.open_values
            habit = fixed.reopens and life.cycle.may_begin_again(life.action(story[index]))
            if any(known) and not is_open and not habit and is_set(member(story[index].payload, fixed.member)):
                able.append(index)
        for spot in ends(len(able)):
            yield from _altered(life, story, able[spot], fixed.member, _others(life, story[able[spot]], fixed.member))


def _settled_changed(life: Life, polls: Polls) -> Iterator[Retold]:
    story = life.ended(polls, times=2)
    for settled in life.cycle.settled:
        able = [
            index for index in range(1, len(story))
            if life.cycle.is_end(life.status(story[index])) and life.status(story[index]) == life.status(story[index - 1])
            and is_set(member(story[index - 1].payload, settled.member))
        ]  # fmt: skip
        for spot in ends(len(able)):
            value = member(story[able[spot]].payload, settled.member)
            yield from _altered(life, story, able[spot], settled.member, _unsettled(value, settled.compare))


def _altered(life: Life, story: Polls, index: int, pointer: str, others: Iterator[Any]) -> Iterator[Retold]:
    """Change a member from one poll on, to the end of the story; or tell it only so far, where later polls do not bear it."""
    for other in others:
        rest = [poll._replace(payload=changed(poll.payload, pointer, other), asked=None) for poll in story[index:]]
        for last in dict.fromkeys((len(rest), 1)):
            if not any(_new_hits(life, now, was) for now, was in zip(rest[:last], story[index:], strict=False)):
                yield Retold(index, pointer, (*story[:index], *rest[:last]))
                return


def _new_hits(life: Life, now: Polled, was: Polled) -> bool:
    known = {entry.rule for entry, _ in life.coherence.hits(was.payload)}
    return any(entry.rule not in known for entry, _ in life.coherence.hits(now.payload))


def _others(life: Life, poll: Polled, pointer: str) -> Iterator[Any]:
    """Yield other values for a member: another listed one, another text, a number nearby."""
    value = member(poll.payload, pointer)
    listed = (life.coherence.contract.subschema(pointer) or {}).get("enum")
    if listed:
        yield from (other for other in listed if other != value)
    elif isinstance(value, str):
        yield value[:-1] + ("1" if value[-1] != "1" else "2") if value.isdigit() else f"{value} (2)"
    elif type(value) is int:
        yield from (value + 1, value - 1)


def _unsettled(value: Any, compare: str) -> Iterator[Any]:
    if compare == "custom-ids" and isinstance(value, list):
        yield from (other for other in (value[::-1], value[:-1]) if other and other != value)
    elif compare == "url" and isinstance(value, str):
        path, mark, query = value.partition("?")
        yield f"{path}_2{mark}{query}"
    elif isinstance(value, str):
        yield f"{value} (2)"
    elif type(value) is int:
        yield from (value + 1, value - 1)


def _falling(life: Life, polls: Polls, falls_to: Callable[[int], str | None]) -> Iterator[Retold]:
    pointer = life.coherence.contract.roles["progress"]

    def fallen(poll: Polled) -> Polled | None:
        now = life.progress(poll) if life.runs(poll) and life.cycle.may_begin_again(life.action(poll)) is None else None
        text = falls_to(now) if now is not None else None
        less = None if text is None else poll._replace(payload=changed(poll.payload, pointer, text))
        return None if less is None or _new_hits(life, less, poll) else less

    story = life.with_one(polls, lambda poll: fallen(poll) is not None, _HALFWAY)
    able = [index for index, poll in enumerate(story) if fallen(poll) is not None]
    for spot in ends(len(able)):
        poll = fallen(story[able[spot]])
        if poll is not None:
            yield Retold(able[spot] + 1, pointer, _then(story, able[spot], poll))


def _progress_fell(life: Life, polls: Polls) -> Iterator[Retold]:
    def less(now: int) -> str | None:
        texts = (f"{value}%" for value in (max(now - _STEP, 1), now - 1) if 0 <= value < now)
        return next((text for text in texts if text != life.cycle.restart), None)

    return _falling(life, polls, less)


def _progress_restarted(life: Life, polls: Polls) -> Iterator[Retold]:
    return _falling(life, polls, lambda now: life.cycle.restart if now and life.cycle.restart else None)


def _instant_stays(life: Life, polls: Polls, of: Of, here: Of) -> Iterator[Retold]:
    apart = (life.cycle.instant_seconds + BETWEEN // 1000) * 1000
    for rule in dict.fromkeys(entry.rule for entry in life.coherence.contract.coherence):
        if rule not in life.cycle.instant_rules:
            continue
        told = False
        for index, poll in enumerate(polls):
            # In another state it would not go on from the polls before it.
            for fault in here(poll.payload, rule):
                mixed = poll._replace(payload=fault.payload)
                if not fault.beside and _continues(life, polls[:index], mixed, poll):
                    last = mixed._replace(at=(mixed.at or 0) + apart)
                    yield Retold(index + 1, fault.place, (*polls[:index], mixed, last), rule, (rule,))
                    told = True
                    break
        if not told:
            for fault in [fault for fault in of(polls[-1].payload, rule) if not fault.beside][:1]:
                mixed = polls[-1]._replace(payload=fault.payload)
                pair = (mixed, mixed._replace(at=(mixed.at or 0) + apart))
                yield Retold(1, fault.place, pair, rule, (rule,))


def _continues(life: Life, before: Polls, poll: Polled, was: Polled) -> bool:
    """Tell whether a poll may come after others, in the place of the one that was there."""
    if life.status(poll) != life.status(was) or any(life.cycle.is_end(life.status(other)) for other in before):
        return False
    if any(member(poll.payload, f.member) != member(was.payload, f.member) for f in life.cycle.fixed):
        return False
    now, seen = life.progress(poll), [life.progress(other) or 0 for other in before]
    return now is None or now >= max(seen, default=0)


def _stuck(life: Life, polls: Polls) -> Iterator[Retold]:
    pointer, long = life.coherence.contract.roles["status"], life.cycle.stuck_seconds * 1000 + _MINUTE
    story = life.with_one(polls, lambda poll: life.status(poll) in life.cycle.stuck_states)
    able = [index for index, poll in enumerate(story) if life.status(poll) in life.cycle.stuck_states]
    for spot in ends(len(able)):
        index = able[spot]
        later = [poll._replace(at=(poll.at or 0) + long) for poll in story[index:]]
        yield Retold(index + 1, pointer, (*story[: index + 1], *later))


TURNS: Mapping[str, Turn] = {
    "status-back": _status_back,
    "status-back-known": _status_back_known,
    "end-left": _end_left,
    "fixed-changed": _fixed_changed,
    "settled-changed": _settled_changed,
    "progress-fell": _progress_fell,
    "progress-restarted": _progress_restarted,
    "instant-stays": lambda life, polls: iter(()),  # noqa: ARG005 - made of the faults of bodies, in `faults`
    "stuck": _stuck,
}
