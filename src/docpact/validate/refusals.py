"""What should have been refused, and was not: tokens, ids and methods; and what came back that should not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from docpact.exchange import Purpose
from docpact.pointers import ABSENT
from docpact.validate.breach import Breach
from docpact.validate.heard import packings, writings
from docpact.validate.statuses import OK, REDIRECTS, failures, name, redirects
from docpact.validate.tasklike import is_task
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docpact.validate.heard import Heard

# A shorter token would be found in what has nothing to do with it.
_LEAST_SECRET = 6
_MARKUP = re.compile(r"<.*>|<\S{3,}", re.DOTALL)
_PRODUCT = re.compile(r"(\d{2,9})\s{0,3}\*\s{0,3}(\d{2,9})")
_LEAST_DIGITS = 4
# What stands in files that are of no concern to a client.
_FILE = re.compile(rb"^root:[^:\n]{0,200}:0:0:|^-----BEGIN [A-Z ]{1,40}KEY-----", re.MULTILINE)
_LINE = re.compile(r"[\r\n]([A-Za-z][\w-]{0,60}):")
# What a browser reads as markup; without a type, it looks for itself.
_SHOWN = re.compile(r"text/html|text/xml|application/(?:\w+\+)?xml|image/svg\+xml|\*/\*", re.IGNORECASE)
_CHANGING = frozenset({"POST", "PUT", "DELETE", "PATCH"})
# What relays write into an error object that is none.
_DONE = (0, 1, 200)


def breaches(heard: Heard) -> Iterator[Breach]:
    """Yield what is wrong with the answer to a request that should bring no task."""
    yield from failures(heard)
    yield from _BY_PURPOSE[heard.exchange.purpose](heard)


def echoes(heard: Heard) -> Iterator[Breach]:
    """Yield where a token comes back: in a header or in the body, as it is or in another writing, in any case of letters."""
    body = heard.content.body.decode("utf-8", "replace").lower()
    secrets = [secret for secret in heard.secrets if len(secret) >= _LEAST_SECRET]
    for key, value in heard.answer.headers:
        if _holds_one(value.lower(), secrets):
            message = f"the header {heard.safe(key)} of the answer holds the token"
            yield Breach("auth-echo", "", None, None, message, heard.clause("auth"))
            break
    if _holds_one(body, secrets):
        yield Breach("auth-echo", "", None, None, "the body of the answer holds the token", heard.clause("auth"))


def _holds_one(text: str, secrets: list[str]) -> bool:
    """Tell whether one of the tokens stands in a text of lower case; as a part of a word it is that word, and not the token."""
    for secret in secrets:
        # A token that is a mere word may well stand in a prompt or the name of a host.
        before, after = (r"(?<![\w./-])", r"(?![\w./-])") if secret.isalpha() else ("", r"(?![a-z0-9])")
        for writing in writings(secret):
            if writing in text and re.search(f"{before}{re.escape(writing)}{after}", text):
                return True
        if any(packed in text for packed in packings(secret)):
            return True
    return False


def _status(heard: Heard) -> str:
    return name(heard.answer.status)


def _without_token(heard: Heard) -> Iterator[Breach]:
    if is_task(heard.contract, heard.content.body):
        message = f"without a token the answer is {_status(heard)}, with a task in it"
    else:
        message = _not_refused(heard, "without a token")
    if message:
        yield Breach("auth-not-asked", "", heard.answer.status, 401, message, heard.clause("auth"))


def _not_refused(heard: Heard, asked: str) -> str:
    """Say that an answer without a task in it is no refusal either: no family refuses a token with a status of success.

    Of HEAD there is nothing but the status to go by; a Go relay answers it with the page of its web interface, to anybody.
    """
    if heard.exchange.request.method == "HEAD":
        is_json = heard.answer.status == OK and "json" in (heard.header("content-type") or "").lower()
        return f"{asked} HEAD is answered with {_status(heard)}, as for a task" if is_json and not heard.exchange.extra else ""
    return f"{asked} the answer is {_status(heard)}, which refuses nothing" if _succeeds(heard) else ""


def _succeeds(heard: Heard) -> bool:
    return 200 <= heard.answer.status < 300  # noqa: PLR2004 - the answers that succeed


def _with_wrong_token(heard: Heard) -> Iterator[Breach]:
    asked = f"with a wrong token{_kind(heard)}"
    if is_task(heard.contract, heard.content.body):
        message = f"{asked} the answer is {_status(heard)}, with a task in it"
    else:
        message = _not_refused(heard, asked)
    if message:
        yield Breach("auth-wrong-accepted", "", heard.answer.status, 401, message, heard.clause("auth"))
    yield from redirects(heard)


def _kind(heard: Heard) -> str:
    """Say what is wrong with the token, as far as its header shows, compared with the right one; never the token."""
    scheme, _, token = (heard.exchange.request.header("authorization") or "").strip().partition(" ")
    if scheme and not token.strip():
        return " (an empty one)" if scheme.lower() == "bearer" else ""
    if token and scheme.lower() != "bearer":
        return f" (as {heard.safe(scheme)!r})"
    others = [secret for secret in heard.secrets if secret != token]
    if token and any(secret.startswith(token) for secret in others):
        return " (the right one, cut off)"
    return " (the right one in other case)" if token.lower() in map(str.lower, others) else ""


def _unknown(heard: Heard) -> Iterator[Breach]:
    """Yield the breach of an id of the usual form that is not told to be unknown: no family answers it with a page."""
    served = list(_served(heard))
    yield from served
    if not served and heard.answer.status in REDIRECTS:
        yield from redirects(heard)
    elif not served and _succeeds(heard) and heard.exchange.lack is None and not _says_unknown(heard):
        what = "neither nothing nor an error in it"
        yield _no_such(heard, what)


def _says_unknown(heard: Heard) -> bool:
    """Tell a body that says that there is no such task, in the way of any family: nothing, null, or an error object."""
    if not heard.content.body.strip() or heard.content.unread:
        return True
    value = Reader().read(heard.content.body).value
    envelope = heard.contract.envelope
    return value is None or (isinstance(value, dict) and (not envelope or bool(envelope & value.keys())))


def _served(heard: Heard) -> Iterator[Breach]:
    """Yield the breach of an id that no task has, and that brings one, or leads to one."""
    if is_task(heard.contract, heard.content.body):
        yield _no_such(heard, "a task in it")
    elif heard.answer.status in REDIRECTS:
        other = _leads_to(heard)
        if other:
            yield _no_such(heard, f"the way to the task {heard.safe(other)}")


def _no_such(heard: Heard, what: str) -> Breach:
    asked = heard.safe(heard.exchange.asked or heard.exchange.request.target)
    message = f"no task has the id {asked}, and the answer is {_status(heard)}, with {what}"
    return Breach("id-unknown-served", "", heard.answer.status, 404, message, heard.clause("path"))


def _leads_to(heard: Heard) -> str:
    """Return the other id in the Location, where that is the documented path; one that is a part of the id was tidied up."""
    asked, target = heard.exchange.asked or "", heard.exchange.request.target
    before, written, after = target.partition(quote(asked, safe="")) if asked else (target, "", "")
    try:
        path = urlsplit(heard.header("location") or "").path
    except ValueError:
        return ""
    found = re.search(f"{re.escape(before)}([^/]+){re.escape(after)}/?$", path) if written else None
    other = unquote(found[1]) if found else ""
    return "" if other in asked else other


def _odd(heard: Heard) -> Iterator[Breach]:
    yield from _served(heard)
    yield from _file(heard)
    body = heard.content.body.decode("utf-8", "replace")
    asked, headers = heard.exchange.asked or "", [value for _, value in heard.answer.headers]
    # The id may be told with its escapes or without them.
    for told in dict.fromkeys([unquote(asked), asked, unquote(heard.exchange.request.target)]):
        message = _reflected(heard, told, body) or _worked_out(told, "\n".join([body, *headers])) or _began_header(heard, told)
        if message:
            yield Breach("id-reflected", "", None, None, message, heard.clause("path"))
            return


def _file(heard: Heard) -> Iterator[Breach]:
    """Yield the breach of an id that leads out of the tasks, to a file: it is neither JSON nor a page."""
    kind = (heard.header("content-type") or "").lower()
    body = heard.content.body
    is_text = not ("html" in kind or "json" in kind or body.lstrip()[:1] in (b"", b"<", b"{", b"[", b'"'))
    leads_out = ".." in unquote(heard.exchange.request.target) and heard.answer.status == OK
    if _FILE.search(body) or (leads_out and is_text):
        message = f"the id leads to a file: the answer is {_status(heard)}, with {len(body):,} bytes of it"
        yield Breach("id-unknown-served", "", heard.answer.status, 404, message, heard.clause("path"))


def _reflected(heard: Heard, asked: str, body: str) -> str:
    """Say that the markup in an id came back where a browser obeys it; in JSON or plain text it does not."""
    markup = _MARKUP.search(asked)
    if markup is None or markup[0] not in body or not _SHOWN.search(heard.header("content-type") or "*/*"):
        return ""
    return f"the id comes back in a page as it was sent: {heard.safe(markup[0])!r}"


def _worked_out(asked: str, said: str) -> str:
    for first, second in _PRODUCT.findall(asked):
        product = str(int(first) * int(second))
        if len(product) >= _LEAST_DIGITS and product not in asked and re.search(rf"(?<!\d){product}(?!\d)", said):
            return f"what stands in the id was worked out: {first} * {second} came back as {product}"
    return ""


def _began_header(heard: Heard, asked: str) -> str:
    """Say that a line end in an id, with a header behind it, made that header one of the answer."""
    for began in _LINE.findall(asked):
        if heard.header(began) is not None:
            return f"a line end in the id began a header of the answer: {heard.safe(began)}"
    return ""


def _method(heard: Heard) -> Iterator[Breach]:
    method, status = heard.exchange.request.method.upper(), heard.answer.status
    if method == "HEAD" or not _succeeds(heard):
        return
    served = is_task(heard.contract, heard.content.body)
    if served or (method in _CHANGING and _is_done(heard)):
        message = f"{heard.safe(method)} is answered with {_status(heard)}{', with a task in it' if served else ''}"
        yield Breach("method-accepted", "", status, 405, message, heard.clause("method"))


def _is_done(heard: Heard) -> bool:
    """Tell an answer that says that something was done: nothing, or JSON that speaks of no error; a page is none."""
    if not heard.content.body.strip():
        return True
    value = Reader().read(heard.content.body).value
    if not isinstance(value, dict):
        return value is not ABSENT
    return all(_says_done(value[key]) for key in heard.contract.envelope & value.keys())


def _says_done(said: Any) -> bool:
    return said in (None, False, "") if said is None or isinstance(said, bool | str) else said in _DONE


def _nothing(_: Heard) -> Iterator[Breach]:
    yield from ()


_BY_PURPOSE: Mapping[Purpose, Callable[[Heard], Iterator[Breach]]] = {
    Purpose.TASK: _nothing,
    Purpose.NO_TOKEN: _without_token,
    Purpose.WRONG_TOKEN: _with_wrong_token,
    Purpose.UNKNOWN_ID: _unknown,
    Purpose.ODD_ID: _odd,
    Purpose.METHOD: _method,
}
