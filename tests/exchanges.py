"""Exchanges for tests: read from cases, made of the scenes of a healthy relay, and judged as `check` judges them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docpact.contract import Contract, load
from docpact.exchange import Act, Answer, Exchange, Lack, Purpose, Request
from docpact.generate.faults_http import Scene
from docpact.pointers import ABSENT
from docpact.rules import RULES
from docpact.validate.answers import LIMIT, judge
from docpact.validate.breach import Breach
from docpact.validate.payload import Judge
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = load()
TOKEN = "sk-Right-Token-4711"  # noqa: S105 - of no relay
KNOWN, OTHER, UNKNOWN = "1757336412873205", "1757336412873206", "1757336499999999"
ODD = ("<script>alert(1)</script>", "{{1337*4242}}", "\r\nX-Docpact: 1", "", "x" * 4000, "../../etc/passwd", "a\0b", "任务'\"")
JSON_TYPE = (("Content-Type", "application/json"),)
_HEARD = {Act.HANG_UP: Lack.CUT, Act.SILENCE: Lack.LATE, Act.GARBAGE: Lack.MALFORMED}


def told(exchange: Exchange, profile: str = "documented", contract: Contract = CONTRACT) -> list[Breach]:
    """Judge an exchange, and the body that it brings, as `check` does."""
    secrets = [TOKEN, presented(exchange.request) or ""]
    answered = judge(exchange, contract, contract.profile(profile), secrets)
    found = list(answered.breaches)
    if answered.body is not None:
        parsed = Reader().read(answered.body)
        found += [Breach(flaw.rule, flaw.pointer, flaw.found, None, flaw.message) for flaw in parsed.flaws]
        if parsed.value is not ABSENT:
            found += Judge(contract, profile).payload(parsed.value, exchange.asked)
    return found


def rules(found: list[Breach], severity: str | None = None) -> list[str]:
    """Return the rules that are broken, with one severity or with any."""
    return [one.rule for one in found if severity is None or (one.severity or RULES[one.rule].severity) == severity]


def presented(request: Request) -> str | None:
    """Return the token of a request, without the scheme before it."""
    given = request.header("authorization")
    return None if given is None else given.partition(" ")[2]


def in_case(case: dict[str, Any]) -> Exchange:
    """Read an exchange as a case describes it; a body is a text, any other JSON, or a text to be packed with gzip."""
    said = {"method": "GET", "id": KNOWN, "token": TOKEN, **case["request"]}
    asked = said["id"]
    authorization = [] if said["token"] is None else [("Authorization", f"{said.get('scheme', 'Bearer')} {said['token']}")]
    headers = (("Host", "127.0.0.1"), *authorization, *said.get("headers", {}).items())
    request = Request(said["method"], f"/mj/task/{quote(asked, safe='')}/fetch", tuple(headers))
    answer = case.get("answer")
    lack = Lack(case["lack"]) if "lack" in case else None
    more = {name: case[name] for name in ("note", "seconds", "extra") if name in case}
    return Exchange(request, Purpose(case["purpose"]), _answer(answer) if answer else None, lack, asked=asked, **more)


def _answer(said: dict[str, Any]) -> Answer:
    body = said.get("body", "")
    written = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
    headers = tuple((name, value) for name, value in said.get("headers", {}).items())
    return Answer(said["status"], headers, gzip.compress(written, mtime=0) if said.get("packed") else written)


def wired(scene: Scene, answer: Answer) -> Exchange:
    """Return what a client hears of an answer that is sent as it stands, on a connection that stays open."""
    heard = Exchange(scene.request, scene.purpose, asked=scene.asked)
    if answer.act in _HEARD:
        return heard._replace(lack=_HEARD[answer.act])
    if answer.act is not None:
        half = answer._replace(act=None, body=answer.body[: len(answer.body) // 2])
        return heard._replace(answer=half, lack=Lack.LATE if answer.act is Act.DRIP else Lack.CUT)
    if scene.request.method == "HEAD":
        return heard._replace(answer=answer._replace(body=b""), extra=len(answer.body))
    said = answer.header("content-length")
    size = len(answer.body) if said is None else int(said)
    if size > LIMIT:
        return heard._replace(answer=answer._replace(body=answer.body[: LIMIT + 1]), lack=Lack.LARGE)
    if size > len(answer.body):
        return heard._replace(answer=answer, lack=Lack.LATE)
    return heard._replace(answer=answer._replace(body=answer.body[:size]), extra=len(answer.body) - size)


def scenes(task: dict[str, Any], another: dict[str, Any]) -> Iterator[Scene]:
    """Yield what may be asked of a healthy relay that has these two tasks, with what it answers."""
    granted, other = _grant(task), _grant(another)
    refused, lost = _error(401, "no valid token"), _error(404, "no such task")
    known = task["id"]

    def scene(
        purpose: Purpose, answer: Answer, asked: str = known, method: str = "GET", given: str | None = f"Bearer {TOKEN}"
    ) -> Scene:
        headers = (("Host", "127.0.0.1"), *((("Authorization", given),) if given is not None else ()))
        request = Request(method, f"/mj/task/{quote(asked, safe='')}/fetch", headers)
        made = granted if asked == known else _grant({**task, "id": asked})
        return Scene(request, purpose, answer, made, other, asked, TOKEN, presented(request))

    yield scene(Purpose.TASK, granted)
    yield scene(Purpose.NO_TOKEN, refused, given=None)
    for given in ("Bearer sk-Wrong-Token-471", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN[:10]}", f"Bearer {TOKEN.upper()}"):
        yield scene(Purpose.WRONG_TOKEN, refused, given=given)
    yield scene(Purpose.UNKNOWN_ID, lost, UNKNOWN)
    for asked in ODD:
        yield scene(Purpose.ODD_ID, lost, asked)
    yield scene(Purpose.METHOD, granted._replace(body=b""), method="HEAD")
    yield scene(Purpose.METHOD, Answer(204, (("Allow", "GET, HEAD, OPTIONS"),)), method="OPTIONS")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        yield scene(Purpose.METHOD, Answer(405, (("Allow", "GET, HEAD, OPTIONS"),)), method=method)


def _grant(task: dict[str, Any]) -> Answer:
    return Answer(200, JSON_TYPE, json.dumps(task, ensure_ascii=False).encode())


def _error(status: int, message: str) -> Answer:
    return Answer(status, JSON_TYPE, json.dumps({"code": 4, "description": message}).encode())
