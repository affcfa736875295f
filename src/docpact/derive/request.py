"""The request that a page documents: method, address, authorisation, and what in the path stands for a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpact.derive import labels
from docpact.derive.labelled import find_labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_ADDRESS = r"(?:(?:https?://|\{\{)[^\s'\"`\\]+|/[^\s'\"`\\]*)"
_METHOD_ALONE = re.compile(rf"(?i:{_METHODS})")
_METHOD_AND_ADDRESS = re.compile(rf"\[?(?P<method>{_METHODS})\]?\s*:?\s*(?P<address>{_ADDRESS})(?:\s+HTTP/[\d.]+)?")
_IN_HEADING = re.compile(rf"#.*\s[(（]?(?P<method>{_METHODS})\s+(?P<address>/[^\s'\"`\\()（）]*)[)）]?")
_IN_SENTENCE = re.compile(rf"`(?P<method>{_METHODS})\s(?P<address>(?:https?://[^\s`/]+)?/[^\s`]*)`")
_MARKUP = str.maketrans("", "", "*`")
_CURL = re.compile(r"(?i)^[$>\s]*curl\b|^[$>\s]*curl-")
_CURL_METHOD = re.compile(rf"(?:--request|-X)\s*['\"]?(?P<method>{_METHODS})")
_CURL_DATA = re.compile(r"\s(?:-d|-F|--data(?:-raw|-binary|-urlencode|-ascii)?|--form(?:-string)?|--json)[\s'\"=$@{]")
_CURL_GET = re.compile(r"\s(?:-G|--get)(?:\s|$)")
_CURL_ADDRESS = re.compile(r"(?P<address>(?:https?://|\{\{)[^\s'\"`\\]+)")
_PARTS = re.compile(r"(?P<server>(?:https?://[^/?#\s]+|\{\{[^{}]*\}\}))?(?P<path>/[^?#\s]*)?(?:[?#].*)?")
_BEARER = re.compile(r"(?i)authorization['\"]?\s*[:：,]\s*['\"]?bearer\b|\bbearer\s*(?:token|\{|<|\$)|HTTP Bearer")
_HEADER_KEY = re.compile(r"(?i)(?:--header|-H)\s*['\"]?(?P<name>[\w-]*(?:api|secret|token|key|auth)[\w-]*)\s*:")
# Markdown pages colour the method by markup of HTML; `<id>` in a path is a parameter.
_TAG = re.compile(r"</?(?:mark|span|code|b|strong|font|kbd|small)\b[^<>]{0,200}>")
_CURL_LINES = 30
_LONGEST = 2000
_LONGEST_TITLE = 120
_MOST = 20
_TEMPLATED = re.compile(r"\{+\s*([\w.-]+)\s*\}+|:([A-Za-z_]\w*)|<([\w-]+)>|\$\{([\w.-]+)\}")
_LITERAL = (
    (re.compile(r"\d{6,}"), "{} digits in a row"),
    (re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "a UUID"),
    (re.compile(r"(?i)(?=.*\d)[0-9a-f]{16,}"), "a long hexadecimal number"),
)


@dataclass(frozen=True)
class Request:
    """A request as a page writes it: `path` still with whatever stands in it, `line` from 1."""

    method: str
    server: str | None
    path: str
    line: int
    source: str


def find_requests(lines: Sequence[str], most: int = _MOST) -> list[Request]:
    """Find the requests of a page, the heading's before the code sample's; `most` bounds how many are looked for."""
    headed, sampled = [], []
    labelled = find_labelled(lines)
    for at, line in enumerate(lines):
        if len(line) > _LONGEST:
            continue
        found = _curl(lines, at) if _CURL.search(line) else None
        if found is not None:
            sampled.append(found)
        elif at in labelled:
            one = labelled[at]
            headed += [found for found in [_request(one.method, one.address, at, "heading")] if found is not None]
        elif (found := _headed(lines, at)) is not None:
            headed.append(found)
        if len(headed) + len(sampled) >= most:
            break
    return headed + sampled or _mentioned(lines)


def _mentioned(lines: Sequence[str]) -> list[Request]:
    """Find the one request that a page names in its sentences, as code; none where they name several."""
    found: dict[tuple[str, str], Request] = {}
    for at, line in enumerate(lines):
        for match in _IN_SENTENCE.finditer(line[:_LONGEST]):
            request = _request(match["method"], match["address"], at, "heading")
            if request is not None:
                found.setdefault((request.method, request.path), request)
    return list(found.values()) if len(found) == 1 else []


def _headed(lines: Sequence[str], at: int) -> Request | None:
    whole = _TAG.sub("", lines[at]).translate(_MARKUP).strip()
    line = whole.strip("#>-•| ")
    match = _METHOD_AND_ADDRESS.fullmatch(line) or _IN_HEADING.fullmatch(whole)
    if match is not None:
        return _request(match["method"], match["address"], at, "heading")
    if _METHOD_ALONE.fullmatch(line):
        following = [part.lstrip("# ").translate(_MARKUP) for part in lines[at + 1 : at + 40] if part]
        if not line.isupper() and not (following and re.fullmatch(_ADDRESS, following[0]) and len(following[0]) > 1):
            return None
        if following and following[0] == "/":
            return _request(line, _joined(following), at, "heading")
        if following and re.fullmatch(_ADDRESS, following[0]):
            return _request(line, following[0], at, "heading")
    return None


def _joined(parts: Sequence[str]) -> str:
    """Join a path that a page sets one segment a line: `/`, `task`, `/`, `{id}`."""
    path = ""
    for part in parts:
        if (part == "/") == path.endswith("/") and path:
            break
        path += part
    return path


def _curl(lines: Sequence[str], at: int) -> Request | None:
    text = lines[at]
    for line in lines[at + 1 : at + _CURL_LINES]:
        if not text.endswith("\\"):
            break
        text = f"{text[:-1]} {line}"
    address = _CURL_ADDRESS.search(text)
    if address is None:
        return None
    method = _CURL_METHOD.search(text)
    # What curl does where it is not told how: it sends data by POST.
    sends = _CURL_DATA.search(text) is not None and _CURL_GET.search(text) is None
    return _request(method["method"] if method else "POST" if sends else "GET", address["address"], at, "curl")


def _request(method: str, address: str, at: int, source: str) -> Request | None:
    match = _PARTS.fullmatch(address)
    if match is None:
        return None
    server = match["server"]
    if server is not None and not server.startswith("http"):
        server = None
    return Request(method.upper(), server, match["path"] or "/", at + 1, source)


def find_auth(lines: Sequence[str]) -> tuple[str | None, int | None]:
    """Find how a request shows who sends it: (`bearer` or `header:NAME` or None, the line that says so)."""
    other: tuple[str | None, int | None] = (None, None)
    for at, line in enumerate(lines):
        if len(line) > _LONGEST:
            continue
        if _BEARER.search(line):
            return "bearer", at + 1
        header = _HEADER_KEY.search(line)
        if header is not None and other[0] is None:
            other = (f"header:{header['name']}", at + 1)
    return other


@dataclass(frozen=True)
class Segment:
    """One parameter of a path: its `name`, the `literal` that stood there (None for a template), and why it is one."""

    name: str
    literal: str | None
    why: str


def template(path: str, known: Sequence[str] = ()) -> tuple[str, tuple[Segment, ...]]:
    """Replace what stands for a value in a path by `{name}`; `known` are the names of the page's path parameters."""
    segments = path.split("/")
    found = [(at, *_stands_for(part, at, len(segments))) for at, part in enumerate(segments)]
    values = [(at, name, why) for at, name, why in found if why]
    taken = [name for _, name, _ in values if name]
    free = [name for name in known if name not in taken]
    parameters = []
    for at, name, why in values:
        literal = None if name else segments[at]
        chosen = name or (free.pop(0) if free else _named(segments, at, alone=len(values) == 1))
        segments[at] = f"{{{chosen}}}"
        parameters.append(Segment(chosen, literal, why))
    return "/".join(segments), tuple(parameters)


def _stands_for(part: str, at: int, count: int) -> tuple[str | None, str]:
    if (match := _TEMPLATED.fullmatch(part)) is not None:
        return next(group for group in match.groups() if group), "the page writes it as a parameter"
    if not part and 0 < at < count - 1:
        return None, "nothing stands between two slashes"
    for pattern, why in _LITERAL:
        if pattern.fullmatch(part):
            return None, why.format(len(part))
    return None, ""


def _named(segments: Sequence[str], at: int, *, alone: bool) -> str:
    before = next((part for part in reversed(segments[:at]) if part and not part.startswith("{")), "")
    return "id" if alone or not before.isidentifier() else f"{before.removesuffix('s')}Id"


def title(lines: Sequence[str], first_request: int) -> tuple[str, int | None]:
    """Return the heading of a page: the first line above its request that is neither label nor code."""
    for at, line in enumerate(lines[: max(first_request - 1, 0)]):
        text = line.lstrip("# ").strip()
        if text and len(text) <= _LONGEST_TITLE and labels.section(line) is None and not _METHOD_ALONE.fullmatch(text):
            return text, at + 1
    return "", None
