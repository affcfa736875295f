"""How a rule of an exchange is broken, in words: a request, and the answer that a healthy relay would not give to it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from docpact.exchange import Act, Answer, Purpose, Request
from docpact.generate.faults_http import VARIANTS, Scene
from docpact.pointers import changed, member
from docpact.redact import printable
from docpact.validate.ended import not_ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract
    from docpact.rules import Rule

# What is shown, and never sent.
_TOKEN, _WRONG = "YOUR-TOKEN", "ANOTHER-TOKEN"
_UNKNOWN = "9999999999999999"
_ODD = ("<script>alert(1)</script>", "{{1337*4242}}")
_ASKED = {
    Purpose.TASK: "a task that exists, asked for with the right token",
    Purpose.NO_TOKEN: "a task that exists, asked for without a token",
    Purpose.WRONG_TOKEN: "a task that exists, asked for with a wrong token",
    Purpose.UNKNOWN_ID: "an id that no task has",
    Purpose.ODD_ID: "an id that no relay would give",
    Purpose.METHOD: "a method that is not the documented one",
}
_ACTS = {
    Act.RESET: "half of the body is sent, then the connection is reset",
    Act.CLOSE: "half of the body is sent, then the connection is closed",
    Act.HANG_UP: "the connection is closed without a byte",
    Act.SILENCE: "nothing is sent, and the connection stays open",
    Act.DRIP: "the body comes a byte a second",
    Act.GARBAGE: "what is sent is no HTTP",
}
_WIDE = 100
_POLLS, _SECONDS = 16, 50


def told(contract: Contract, rule: Rule) -> Iterator[str]:
    """Yield the lines that show an exchange which breaks a rule, and the other ways to break it; none where there is none."""
    variants = VARIANTS.get(rule.id, {})
    for scene in _scenes(contract):
        for variant, turn in variants.items():
            answer = turn(scene)
            if answer is not None:
                yield f"break  {_ASKED[scene.purpose]}"
                yield from (f"         {line}" for line in (*_request(scene.request), *_answer(answer)))
                yield f"       docpact mock --fault {rule.id}/{variant}"
                others = [name for name in variants if name != variant]
                if others:
                    yield f"       in other ways: {', '.join(others)}"
                return


def never_ending(contract: Contract) -> Iterator[str]:
    """Yield the line that shows a task which is followed and does not end, as the lifecycle of the contract knows it."""
    pointer = contract.roles.get("status", "")
    running = max(
        (state for state in contract.lifecycle.states.values() if not state.end),
        key=lambda state: state.order, default=None,
    ) if contract.lifecycle is not None and pointer else None  # fmt: skip
    if running is not None and isinstance(contract.example, dict):
        breach = not_ended(contract, changed(contract.example, pointer, running.name), _POLLS, _SECONDS)
        if breach is not None:
            yield f"break  {printable(breach.message)}"


def _request(request: Request) -> Iterator[str]:
    yield f"> {request.method} {request.target}"
    yield from (f"> {name}: {value}" for name, value in request.headers)


def _answer(answer: Answer) -> Iterator[str]:
    if answer.act is not None:
        yield f"< {_ACTS[answer.act]}"
        return
    yield f"< HTTP/1.1 {answer.status}"
    yield from (f"< {name}: {printable(value)}" for name, value in answer.headers)
    if answer.body:
        body = answer.body if len(answer.body) < _WIDE else answer.body[:60] + b" ... " + answer.body[-20:]
        size = f"   ({len(answer.body):,} bytes)" if len(answer.body) >= _WIDE else ""
        yield f"< {printable(body.decode('utf-8', 'backslashreplace'))}{size}"


def _scenes(contract: Contract) -> Iterator[Scene]:
    """Yield what may be asked of a relay that has the task of the example."""
    task, pointer = contract.example, contract.roles.get("id", "")
    known = member(task, pointer) if pointer and isinstance(task, dict) else None
    if not isinstance(known, str) or not known:
        known = "ID"

    def scene(purpose: Purpose, asked: str = known, method: str = "GET", given: str | None = f"Bearer {_TOKEN}") -> Scene:
        headers = (("Authorization", given),) if given is not None else ()
        request = Request(method, _target(contract, asked), headers)
        made = changed(task, pointer, asked) if isinstance(task, dict) and pointer else task
        other = changed(task, pointer, _UNKNOWN[1:]) if isinstance(task, dict) and pointer else task
        granted = _holding(made)
        return Scene(request, purpose, granted if purpose is Purpose.TASK else Answer(404), granted, _holding(other), asked,
                     _TOKEN, None if given is None else given.partition(" ")[2])  # fmt: skip

    yield scene(Purpose.TASK)
    yield scene(Purpose.NO_TOKEN, given=None)
    yield scene(Purpose.WRONG_TOKEN, given=f"Bearer {_WRONG}")
    yield scene(Purpose.UNKNOWN_ID, _UNKNOWN)
    yield from (scene(Purpose.ODD_ID, asked) for asked in _ODD)
    yield from (scene(Purpose.METHOD, method=method) for method in ("POST", "HEAD"))


def _holding(payload: object) -> Answer:
    from json import dumps

    return Answer(200, (("Content-Type", "application/json"),), dumps(payload, ensure_ascii=False).encode())


def _target(contract: Contract, asked: str) -> str:
    """Write the documented path with an id in it; without a path of its own, that of the id alone."""
    path = next(iter(contract.openapi.get("paths", {})), "/{id}")
    before, _, rest = path.partition("{")
    return f"{before}{quote(asked, safe='')}{rest.partition('}')[2]}"
