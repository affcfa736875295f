"""What an example of a page is of: the answer, the request, or an error, as the lines above it say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpact.derive import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.examples.commented import Node
    from docpact.derive.page import Page
    from docpact.derive.text.sections import Parts

_RESPONSE = re.compile(
    r"(?i)响应|返回|应答|回包|出参|查询结果|任务结果|回调|通知|\bresponse|\bresponds?\b|\breturn|\brepl(?:y|ies)\b|\boutput"
    r"|\banswer|\bresult|レスポンス|戻り値|応答|응답|반환|respuesta|devuelve|resposta|retorn|antwort|rückgabe|réponse|renvoie|retour|ответ|возвращ|\b200\b|\bsuccess"
)
_REQUEST = re.compile(
    r"(?i)请求(?!成功)|入参|提交参数|body\s*参数|\brequest|\bpayload|\bbody param|\bsend\b|\binput\b|リクエスト|요청"
    r"|solicitud|petición|requisição|requisicao|anfrage|requête|запрос|\bcurl\b|--data|\s-d\s"
)
_WRONG = re.compile(
    r"(?i)失败|错误|异常|报错|\berrors?\b|\bfail|失敗|エラー|실패|오류|fehler|erreur|ошибк|\bnot found\b|\binvalid\b"
    r"|\b[45]\d\d\b"
)
_EXAMPLE_OF_REQUEST = re.compile(r"(?i)请求(?:体|参数|示例|样例|数据)?|request(?: body)?(?: example| sample)?")
FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+#.-]*)")
_LOOKED_ABOVE = 3
_FARTHEST = 400
_HEADING = re.compile(r"(#{1,6})\s")
_FEW = 4


def role(page: Page, parts: Parts, at: int, root: Node) -> str:
    """Tell what the example that begins in line `at` (from 0) is: `response`, `request`, `wrong`, or `` where nothing says.

    The nearest of the lines above it speaks first, then the headings that it stands under, each above the one before.
    """
    if _is_error(root):
        return "wrong"
    own = page.lines[at]
    near = [own[:80]] if not own.startswith(("{", "[")) else []
    above = [*reversed(page.lines[max(at - _FARTHEST, 0) : at])]
    headings = [*_headings(above)]
    for line in (*near, *_introduction(above), *headings):
        if said := _said(line):
            return said
    return "" if any(_HEADING.match(line) for line in above) else _by_section(parts, at)


def _introduction(above: Sequence[str]) -> Iterator[str]:
    """Yield the nearest lines above an example that may introduce it, and the labels above these, up to a heading."""
    seen = 0
    for line in above:
        if not line or FENCE.fullmatch(line) or line.casefold() in ("json", "javascript"):
            continue
        if _HEADING.match(line):
            return
        # Behind the end of another example there are labels alone.
        seen = _LOOKED_ABOVE if line[:1] in "{}[]\"'" or line.endswith((",", "{", "}", "[", "]")) else seen + 1
        if (seen <= _LOOKED_ABOVE and line[:1] not in "{}[]\"'") or labels.section(line):
            yield line


def _headings(above: Sequence[str]) -> Iterator[str]:
    """Yield the headings that a line stands under, the nearest first; the title of the page speaks of all of it."""
    level = 7
    for line in above:
        heading = _HEADING.match(line)
        if heading is not None and 1 < len(heading[1]) < level:
            yield line
        level = min(level, len(heading[1])) if heading is not None else level


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


def _by_section(parts: Parts, at: int) -> str:
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
