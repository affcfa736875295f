"""Faults of an exchange: what HTTP, the token, the id and the method promise, broken in the answer of a healthy relay.

A turn takes the scene of one request and returns the answer that breaks one rule there, or None where it does not apply to this
request. The first variant of a rule is what the rule alone stands for. What breaks in a body stands in `faults`.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from docpact.exchange import Act, Answer, Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docpact.exchange import Headers, Request

    Turn = Callable[["Scene"], Answer | None]


class Scene(NamedTuple):
    """One request to a healthy relay, and what the relay could answer.

    `answer` is what it does answer; `granted` what it would answer to the same id, or for an unknown or odd one for some task
    with that id in it, with GET and the right token; `another` is the answer for another task. `asked` is the id, without its
    escapes; `presented` the token of the request, None without one.
    """

    request: Request
    purpose: Purpose
    answer: Answer
    granted: Answer
    another: Answer
    asked: str
    token: str
    presented: str | None


_JSON = ("Content-Type", "application/json")
_HTML = ("Content-Type", "text/html; charset=utf-8")
_OF_A_BODY = frozenset({"content-length", "content-encoding", "transfer-encoding"})
_LARGE = 10_000_000
_PRODUCT = re.compile(r"(\d{2,9})\s{0,3}\*\s{0,3}(\d{2,9})")
_MARKUP = re.compile(r"<\S")
_LINE = re.compile(r"[\r\n]([A-Za-z][\w-]{0,60}):([^\r\n]*)")
_GATEWAY = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
_LOGIN = '<!DOCTYPE html>\n<html><head><title>Login</title></head><body><form action="/login"></form></body></html>\n'


def _without(headers: Headers, *names: str) -> Headers:
    gone = {name.lower() for name in names}
    return tuple((key, value) for key, value in headers if key.lower() not in gone)


def _with(answer: Answer, name: str, value: str) -> Answer:
    return answer._replace(headers=(*_without(answer.headers, name), (name, value)))


def _bearing(answer: Answer, body: bytes) -> Answer:
    """Give an answer another body, whose length and packing are not those of the old one."""
    return answer._replace(headers=_without(answer.headers, *_OF_A_BODY), body=body)


def _said(status: int, message: str, *headers: tuple[str, str]) -> Answer:
    """Answer with an error object, as relays write it."""
    return Answer(status, (_JSON, *headers), json.dumps({"error": {"message": message, "type": "relay_error"}}).encode())


def _page(status: int, text: str) -> Answer:
    return Answer(status, (_HTML,), text.encode())


# --- whom a turn applies to


def _for(purpose: Purpose, turn: Turn) -> Turn:
    """Let a turn speak of requests of one purpose alone."""
    return lambda scene: turn(scene) if scene.purpose is purpose else None


def _of_tasks(**turns: Turn) -> dict[str, Turn]:
    """Name turns that speak of a task which exists, asked for with the right token; an underscore stands for a dash."""
    return {name.strip("_").replace("_", "-"): _for(Purpose.TASK, turn) for name, turn in turns.items()}


def _always(answer: Answer) -> Turn:
    return lambda _: answer


def _method(method: str, turn: Turn) -> Turn:
    """Let a turn speak of requests with one method other than the documented one."""
    return lambda scene: turn(scene) if scene.purpose is Purpose.METHOD and scene.request.method.upper() == method else None


def _granted(scene: Scene) -> Answer | None:
    return scene.granted


def _another(scene: Scene) -> Answer | None:
    return scene.another


def _in_refusal(scene: Scene) -> Answer | None:
    """Refuse, and show the task all the same."""
    return _bearing(scene.granted, scene.granted.body)._replace(status=401)


# --- HTTP


def _status(status: int) -> Turn:
    return lambda scene: scene.answer._replace(status=status)


def _redirect(status: int, place: Callable[[Scene], str]) -> Turn:
    return lambda scene: Answer(status, (("Location", place(scene)),))


def _typed(value: str) -> Turn:
    return lambda scene: _with(scene.answer, "Content-Type", value)


def _untyped(scene: Scene) -> Answer | None:
    return scene.answer._replace(headers=_without(scene.answer.headers, "Content-Type"))


def _length(change: Callable[[int], int], scene: Scene) -> Answer | None:
    return _with(scene.answer, "Content-Length", str(max(change(len(scene.answer.body)), 0)))


def _body_of_head(scene: Scene) -> Answer | None:
    return _bearing(scene.granted, scene.granted.body)


def _packed(scene: Scene) -> bytes:
    return gzip.compress(scene.answer.body, mtime=0)


def _encoded(body: Callable[[Scene], bytes], encoding: str | None = "gzip") -> Turn:
    def turn(scene: Scene) -> Answer | None:
        answer = _bearing(scene.answer, body(scene))
        return answer if encoding is None else _with(answer, "Content-Encoding", encoding)

    return turn


def _damaged(scene: Scene) -> bytes:
    body = _packed(scene)
    # The eight last bytes are the checksum and the size.
    return body[:-8] + bytes(byte ^ 0xFF for byte in body[-8:])


def _act(act: Act) -> Turn:
    return lambda scene: scene.answer._replace(act=act)


def _padded(scene: Scene) -> bytes:
    """Fill a body with blanks behind its first bracket: it is the same task, and larger than any reader expects."""
    body = scene.answer.body
    return body[:1] + b" " * (_LARGE - len(body)) + body[1:]


# --- tokens


def _accepted(kind: str) -> Turn:
    return _for(Purpose.WRONG_TOKEN, lambda scene: scene.granted if kind_of_token(scene) == kind else None)


def kind_of_token(scene: Scene) -> str:
    """Tell in what way the token of a request is wrong: wrong, empty, other-scheme, cut-off or other-case."""
    token, presented = scene.token, scene.presented or ""
    scheme, _, rest = (scene.request.header("authorization") or "").strip().partition(" ")
    if rest and scheme.lower() != "bearer":
        return "other-scheme"
    if not presented:
        return "empty"
    if token.startswith(presented):
        return "cut-off"
    return "other-case" if token.lower() == presented.lower() else "wrong"


def _echo(turn: Callable[[Scene, str], Answer | None]) -> Turn:
    return lambda scene: turn(scene, scene.presented) if scene.presented else None


def _in_header(scene: Scene, presented: str) -> Answer | None:
    return _with(scene.answer, "X-Authorized-As", f"Bearer {presented}")


def _in_cookie(scene: Scene, presented: str) -> Answer | None:
    return _with(scene.answer, "Set-Cookie", f"session={presented}; Path=/; HttpOnly")


def _in_error(scene: Scene, presented: str) -> Answer | None:
    return _said(401, f"invalid token: {presented}") if scene.purpose is Purpose.WRONG_TOKEN else None


def _in_task(scene: Scene, presented: str) -> Answer | None:
    body = scene.answer.body.lstrip()
    if scene.purpose is not Purpose.TASK or not body.startswith(b"{"):
        return None
    comma = b"" if body[1:].lstrip().startswith(b"}") else b","
    return _bearing(scene.answer, b'{"requestedWith":' + json.dumps(presented).encode() + comma + body[1:])


# --- ids


def _markup(scene: Scene) -> Answer | None:
    asked = unquote(scene.asked)
    return _page(404, f"<html><body><p>no task {asked}</p></body></html>\n") if _MARKUP.search(asked) else None


def _worked_out(scene: Scene) -> Answer | None:
    found = _PRODUCT.search(unquote(scene.asked))
    return _said(404, f"no task {int(found[1]) * int(found[2])}") if found else None


def _split(scene: Scene) -> Answer | None:
    found = _LINE.search(unquote(scene.asked))
    return _with(scene.answer, found[1], found[2].strip()) if found else None


def _beside(scene: Scene) -> str:
    """Name the place of a task with another id."""
    asked = quote(scene.asked, safe="")
    return scene.request.target.replace(asked, f"{asked[:-1]}{'1' if asked[-1:] != '1' else '2'}")


_LOOP: Callable[[Scene], str] = lambda scene: scene.request.target  # noqa: E731 - one of three places
_LOST = _said(500, "internal error")

VARIANTS: Mapping[str, Mapping[str, Turn]] = MappingProxyType({
    "documented-body": _of_tasks(null=lambda scene: _bearing(scene.answer, b"null")),
    "id-mismatch": _of_tasks(another=_another),
    "json-size": _of_tasks(large=_encoded(_padded, None), bomb=_encoded(lambda scene: gzip.compress(_padded(scene), mtime=0))),
    "http-status": _of_tasks(
        _404=_always(_said(404, "task not found")), _204=_always(Answer(204)), _201=_status(201), _202=_status(202),
        _400=_always(_said(400, "task not found")), _206=_status(206), _410=_always(_said(410, "the task has expired")),
    ),
    "http-server-error": {
        **_of_tasks(
            _500=_always(_LOST), _502_html=_always(_page(502, _GATEWAY)), _503=_always(_said(503, "overloaded")),
            _504_empty=_always(Answer(504)), _500_task=_status(500),
        ),
        "unknown-id": _for(Purpose.UNKNOWN_ID, _always(_LOST)),
        "odd-id": _for(Purpose.ODD_ID, _always(_LOST)),
        "no-token": _for(Purpose.NO_TOKEN, _always(_LOST)),
        "wrong-token": _for(Purpose.WRONG_TOKEN, _always(_LOST)),
        "head": _method("HEAD", _always(Answer(500))),
        "options": _method("OPTIONS", _always(_LOST)),
    },
    "http-redirect": {
        **_of_tasks(
            login=_redirect(302, lambda _: "/login"), loop=_redirect(302, _LOOP), permanent=_redirect(301, lambda _: "/login"),
            other_host=_redirect(307, lambda scene: f"https://relay.example{scene.request.target}"),
        ),
        "unknown-id": _for(Purpose.UNKNOWN_ID, _redirect(302, lambda _: "/login")),
        "wrong-token": _for(Purpose.WRONG_TOKEN, _redirect(302, lambda _: "/login")),
    },
    "http-content-type": _of_tasks(
        html=_always(_page(200, _LOGIN)), text=_typed("text/plain; charset=utf-8"), missing=_untyped,
        charset=_typed("application/json; charset=iso-8859-1"), octets=_typed("application/octet-stream"),
        html_json=_typed("text/html; charset=utf-8"),
    ),
    "http-length": {
        **_of_tasks(long=partial(_length, lambda size: size + 100), short=partial(_length, lambda size: size - 20)),
        "head-body": _method("HEAD", _body_of_head),
    },
    "http-encoding": _of_tasks(
        gzip_not=_encoded(lambda scene: scene.answer.body), gzip_cut=_encoded(lambda scene: _packed(scene)[:-40]),
        gzip_damaged=_encoded(_damaged), gzip_unsaid=_encoded(_packed, None),
        deflate_not=_encoded(lambda scene: scene.answer.body, "deflate"),
    ),
    "http-cut": _of_tasks(reset=_act(Act.RESET), close=_act(Act.CLOSE), hang_up=_act(Act.HANG_UP)),
    "http-late": _of_tasks(silence=_act(Act.SILENCE), drip=_act(Act.DRIP)),
    "http-malformed": _of_tasks(garbage=_act(Act.GARBAGE)),
    "http-busy": _of_tasks(_429=_always(_said(429, "too many requests", ("Retry-After", "1")))),
    "http-retry-after": _of_tasks(
        missing=_always(_said(429, "too many requests")),
        words=_always(_said(429, "too many requests", ("Retry-After", "soon"))),
        year=_always(_said(429, "too many requests", ("Retry-After", "31536000"))),
    ),
    "auth-not-asked": {
        "served": _for(Purpose.NO_TOKEN, _granted), "in-refusal": _for(Purpose.NO_TOKEN, _in_refusal),
        "refused-with-200": _for(Purpose.NO_TOKEN, _always(_said(200, "invalid token"))),
    },
    "auth-wrong-accepted": {
        **{kind: _accepted(kind) for kind in ("wrong", "empty", "other-scheme", "cut-off", "other-case")},
        "in-refusal": _for(Purpose.WRONG_TOKEN, _in_refusal),
        "refused-with-200": _for(Purpose.WRONG_TOKEN, _always(_said(200, "invalid token"))),
    },
    "auth-refused": _of_tasks(_401=_always(_said(401, "invalid token")), _403=_always(_said(403, "forbidden"))),
    "auth-echo": {
        "header": _echo(_in_header), "cookie": _echo(_in_cookie), "error": _echo(_in_error), "task": _echo(_in_task),
    },
    "id-unknown-served": {
        "made": _for(Purpose.UNKNOWN_ID, _granted), "another": _for(Purpose.UNKNOWN_ID, _another),
        "odd": _for(Purpose.ODD_ID, _granted), "odd-another": _for(Purpose.ODD_ID, _another),
        "in-refusal": _for(Purpose.UNKNOWN_ID, lambda scene: _bearing(scene.granted, scene.granted.body)._replace(status=404)),
        "page": _for(Purpose.UNKNOWN_ID, _always(_page(200, _LOGIN))),
        "list": _for(Purpose.UNKNOWN_ID, _always(Answer(200, (_JSON,), b"[]"))),
        "redirect": _for(Purpose.UNKNOWN_ID, _redirect(302, _beside)),
    },
    "id-reflected": {
        "markup": _for(Purpose.ODD_ID, _markup), "worked-out": _for(Purpose.ODD_ID, _worked_out),
        "header": _for(Purpose.ODD_ID, _split),
    },
    "method-accepted": {
        **{method.lower(): _method(method, _granted) for method in ("POST", "PUT", "DELETE", "PATCH")},
        "delete-204": _method("DELETE", _always(Answer(204))),
        "options": _method("OPTIONS", _granted),
    },
})  # fmt: skip
