"""The reader of examples: a page, or a file, that shows an answer and does not list its members."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docpact.derive import drafting, labels, request, sections, shapes
from docpact.derive.claims import Draft, Example, Note
from docpact.derive.commented import Document, Node, NotJsonError, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Json
    from docpact.derive.page import Page

STYLE = "an example"
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+#.-]*)")
_CODE = {
    "bash", "sh", "shell", "curl", "python", "py", "java", "go", "golang", "php", "ruby", "rust", "csharp", "cs", "c", "cpp",
    "swift", "kotlin", "powershell", "yaml", "yml", "toml", "xml", "html", "css", "sql", "dart", "objc", "r", "graphql", "vue",
    "jsx", "tsx",
}  # fmt: skip
_LED = re.compile(r"[^{}\[\]\"'`$=]{0,60}[:：]\s*`?(?=[{\[]\s*(?:[\"'{\[\]}]|//|/\*|$))|`(?=\{)")
_RESPONSE = re.compile(
    r"(?i)响应|返回|应答|回包|出参|查询结果|任务结果|回调|通知|\bresponse|\bresponds?\b|\breturn|\brepl(?:y|ies)\b|\boutput"
    r"|\banswer|\bresult|レスポンス|戻り値|応答|응답|반환|respuesta|devuelve|resposta|retorn|antwort|rückgabe|réponse|renvoie|retour|ответ|возвращ|\b200\b|\bsuccess"
)
_REQUEST = re.compile(
    r"(?i)请求(?!成功)|入参|提交参数|body\s*参数|\brequest|\bpayload|\bbody param|\bsend\b|\binput\b|リクエスト|요청"
    r"|solicitud|petición|requisição|requisicao|anfrage|requête|запрос|\bcurl\b|--data|\s-d\s"
)
_WRONG = re.compile(
    r"(?i)失败|错误|异常|报错|\berrors?\b|\bfail|失敗|エラー|실패|오류|fehler|erreur|ошибк|\bnot found\b|\binvalid\b|[45]\d\d\b"
)
_EXAMPLE_OF_REQUEST = re.compile(r"(?i)请求(?:体|参数|示例|样例|数据)?|request(?: body)?(?: example| sample)?")
_SKELETON = {"string", "", 0, True, "str", "integer"}
_DESCRIPTIONS = (
    {"openapi", "paths"}, {"swagger", "paths"}, {"$schema", "properties"}, {"info", "item"}, {"log"}, {"type", "properties"},
)  # fmt: skip
_LOOKED_ABOVE = 3
_MOST = 60
_ALIKE = 0.3
_VERY_ALIKE = 0.6
_SKELETON_SHARE = 0.8
_FEW = 4


@dataclass(frozen=True)
class Shown:
    """One example of a page: its document, first and last line, and whether it is a `response`, a `request`, `wrong` or ``."""

    document: Document
    first: int
    last: int
    role: str

    @property
    def names(self) -> set[str]:
        """Return the names of the members at its top, or of its items."""
        return {one.name for node in _objects(self.document.root) for one in node.members}


def drafts(page: Page) -> list[Draft]:
    """Return the draft of the answer that a page shows: its members are those of its examples."""
    parts = sections.divide(page.lines)
    answers = _answers(page, list(_shown(page, parts)))
    if not answers:
        return []
    root = shapes.Shape()
    listing = answers[0].document.root.kind == "array"
    for one in answers:
        for node in _objects(one.document.root):
            root.add(node)
    entries = shapes.entries(root)
    if not entries:
        return []
    main = answers[0]
    region = (main.first, max(one.last for one in answers))
    made = drafting.draft(page, STYLE, parts, entries, region)
    # The reader of strict JSON does not know what this one does.
    kept = [note for note in made.notes if "not JSON that can be read" not in note.message]
    example = Example(main.document.root.plain(), (main.first, main.last))
    notes = (*kept, *_notes(root, answers))
    return [replace(made, example=example, notes=notes, inferred=True, listing=listing)]


def _objects(root: Node) -> list[Node]:
    return [root] if root.kind == "object" else [one for one in root.items if one.kind == "object"]


def _shown(page: Page, parts: sections.Parts) -> Iterator[Shown]:
    """Find the JSON of a page, in the order of its lines."""
    text = "\n".join(page.raw)
    starts = [0]
    for line in page.raw:
        starts.append(starts[-1] + len(line) + 1)
    at, found = 0, 0
    language: str | None = None
    while at < len(page.lines) and found < _MOST:
        line = page.lines[at]
        if not line:
            at += 1
            continue
        fence = _FENCE.fullmatch(line)
        if fence is not None:
            language = fence["language"].lower() if language is None else None
        begins = _begins(page.raw[at]) if fence is None and (language or "") not in _CODE else None
        if begins is None:
            at += 1
            continue
        try:
            document = read(text, starts[at] + begins, at + 1)
        except NotJsonError as error:
            # What stands in an object that is broken off is no example by itself.
            at = max(at + 1, bisect_right(starts, error.at) - 1)
            continue
        last = document.root.last
        if any(node.members for node in _objects(document.root)) and not _is_description(document.root):
            found += 1
            yield Shown(document, at + 1, last, _role(page, parts, at, document))
            if document.cut:
                return
        at = max(last, at + 1)


def _begins(line: str) -> int | None:
    """Return where in a line JSON begins: at its start, or behind a label."""
    bare = line.lstrip()
    if bare[:1] in ("{", "["):
        return len(line) - len(bare) if bare[:2] not in ("{{", "[!", "[^") else None
    match = _LED.match(line) if len(line) < 100_000 else None  # noqa: PLR2004 - a label is short, and so is its line
    return match.end() if match is not None else None


def _role(page: Page, parts: sections.Parts, at: int, document: Document) -> str:
    """Tell what an example is of, by the words above it: the nearest line that says so."""
    if _is_error(document.root):
        return "wrong"
    own = page.lines[at]
    if not own.startswith(("{", "[")) and (said := _said(own[:80])):
        return said
    seen = 0
    for above in range(at - 1, max(at - 60, -1), -1):
        line = page.lines[above]
        if not line or _FENCE.fullmatch(line) or line in ("json", "JSON", "Json", "javascript"):
            continue
        if line[:1] in "{}[]\"'" or line.endswith((",", "{", "}", "[", "]")):
            break
        heading = line.startswith("#")
        seen += 1
        if (seen <= _LOOKED_ABOVE or heading or labels.section(line)) and (said := _said(line)):
            return said
        if heading and not re.match(r"#{4,6} ", line):
            break
    return _by_section(parts, at)


def _said(line: str) -> str:
    """Return what a line above an example says that it is."""
    if len(line) > 300:  # noqa: PLR2004 - a sentence that introduces an example is shorter
        return ""
    status = labels.status(line) or labels.status(line.strip("#*` :："))
    if status is not None:
        return "response" if status[0].startswith("2") else "wrong"
    answer, asked = _last(_RESPONSE, line), _last(_REQUEST, line)
    if _WRONG.search(line) and not re.search(r"(?i)成功|success|\b200\b", line):
        return "wrong" if asked < 0 or answer >= 0 else "request"
    if answer < 0 and asked < 0:
        return ""
    if asked >= 0 and _EXAMPLE_OF_REQUEST.fullmatch(line.strip("#*` :：")):
        return "request"
    return "response" if answer > asked else "request"


def _last(pattern: re.Pattern[str], line: str) -> int:
    return max((match.start() for match in pattern.finditer(line)), default=-1)


def _by_section(parts: sections.Parts, at: int) -> str:
    for one in parts.sections:
        if one.start <= at < one.end:
            if one.status and not one.status.startswith("2"):
                return "wrong"
            return {"body": "response", "example": "response", "request-body": "request", "code": "request"}.get(one.kind, "")
    return ""


def _is_error(root: Node) -> bool:
    """Tell whether an object is what a server answers instead: `error` and little else."""
    names = {one.name.casefold() for one in root.members}
    return root.kind == "object" and "error" in names and len(names) <= _FEW


def _is_description(root: Node) -> bool:
    """Tell whether an object describes an interface (OpenAPI, JSON Schema, Postman, HAR), and is no answer of one."""
    names = {one.name for one in root.members}
    return any(names >= those for those in _DESCRIPTIONS)


def _stands_alone(page: Page, shown: Sequence[Shown]) -> bool:
    """Tell whether a page is little more than its examples: of any other, it is not known what they are of."""
    inside = {at for one in shown for at in range(one.first, one.last + 1)}
    filled = sum(bool(line) for line in page.lines)
    return 2 * sum(bool(page.lines[at - 1]) for at in inside) >= filled


def _answers(page: Page, shown: Sequence[Shown]) -> list[Shown]:
    """Choose the examples of the answer: those that are said to be, else those that nothing says are not."""
    asked = [one.line for one in request.find_requests(page.lines)]
    for role in ("response", ""):
        chosen = [one for one in shown if one.role == role]
        if role == "" and not asked and not _stands_alone(page, chosen):
            return []
        if role == "" and len(chosen) > 1:
            after = [one for one in chosen if asked and one.first > asked[0]]
            chosen = after or chosen
            if asked and _sends(page) and len(chosen) > 1:
                # What is sent stands before what comes back.
                chosen = chosen[1:]
        if chosen:
            answers = _alike(chosen)
            rest = [one for one in shown if one.role == "" and one not in chosen and one.first > answers[0].first]
            kind = answers[0].document.root.kind
            return answers + [one for one in rest if one.document.root.kind == kind and _share(one, answers[0]) >= _VERY_ALIKE]
    only = [one for one in shown if one.role == "wrong"]
    # A file that is nothing but JSON is the example that somebody means, whatever it says.
    return _alike(only) if only and all(not line for line in page.lines[: only[0].first - 1]) else []


def _sends(page: Page) -> bool:
    requests = request.find_requests(page.lines)
    return bool(requests) and requests[0].method in ("POST", "PUT", "PATCH")


def _alike(chosen: Sequence[Shown]) -> list[Shown]:
    """Take the example with most members, and those that share members with it; the fullest first, then as on the page."""
    main = max(chosen, key=lambda one: (one.document.root.kind == "object", _size(one.document.root)))
    kind = main.document.root.kind
    others = [one for one in chosen if one is not main and one.document.root.kind == kind and _share(one, main) >= _ALIKE]
    return [main, *others]


def _size(root: Node) -> int:
    count, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        count += len(node.members)
        waiting += [one.node for one in node.members]
        waiting += node.items[:1]
    return count


def _share(one: Shown, other: Shown) -> float:
    return len(one.names & other.names) / max(len(one.names), 1)


def _notes(root: shapes.Shape, answers: Sequence[Shown]) -> list[Note]:
    main = answers[0]
    lines = (main.first, main.last)
    notes = [
        Note("note", "the members and types are those of an example: nothing lists them, or says which may be absent", lines)
    ]
    some = [name for name, one in root.members.items() if one.seen < root.objects]
    if some and root.objects > 1:
        notes.append(Note("note", f"not all of the {root.objects} examples have {', '.join(some[:8])}", lines))
    if main.document.cut:
        notes.append(Note("limit", f"only the first {len(main.document.root.items):,} items of the example are read", lines))
    if not main.document.strict:
        notes.append(Note("note", "the example is not strict JSON: comments, commas or names as people write them", lines))
    values = list(_values(main.document.root.plain()))
    hollow = sum(_is_hollow(value) for value in values)
    if len(values) >= _FEW and hollow >= _SKELETON_SHARE * len(values):
        notes.append(
            Note("note", 'the example is a generated skeleton ("string", 0, true): its values are no real ones', lines)
        )
    return notes


def _is_hollow(value: Json) -> bool:
    return not isinstance(value, list | dict) and value is not None and (value in _SKELETON or value is False)


def _values(value: Json) -> Iterator[Json]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            yield one
