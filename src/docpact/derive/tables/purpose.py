"""What a table of a page is for: by its columns, by the words above it, and by the headings that it stands under."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpact.derive.tables import cells
from docpact.derive.tables.columns import Columns, columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.tables.rows import Table

_LONGEST = 160
_LONGEST_LABEL = 28
# `Get the result`, `Return a book` are titles; `Results`, `Returns` and `Success 200` are labels.
_WORDS_OF_TITLES = re.compile(r"(?i)\b(?:result|reply|answer|output|success|return|fail|error|config|setting|price|history)")
_LABEL_ALONE = re.compile(
    r"(?i)(?:(?:response|api)\s)?(?:results?|repl(?:y|ies)|answers?|outputs?|success(?:ful)?|returns?"
    r"|errors?)(?:\s(?:response|\dxx|\d{3}|fields?|body|data|codes?))*:?"
)
_ABOVE = 4
_FENCE = ("```", "~~~")
_MARKDOWN = re.compile(r"(?P<marks>#{1,6})\s*(?P<text>[^#\s].*)")
_HTML = re.compile(r"(?i)<h(?P<level>[1-6])[^<>]{0,200}>(?P<text>[^<>]{1,200})</h[1-6]>")
_BOLD = re.compile(r"\*\*(?P<text>[^*]{1,120})\*\*\s*[:：]?|[【\[](?P<round>[^【】\[\]]{1,60})[】\]]\s*[:：]?")
_UNDERLINED = re.compile(r"[=\-~^\"]{3,200}")
_NUMBER = re.compile(
    r"^\s*(?:[（(]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[一二三四五六七八九十]{1,3}|[a-zA-Z]"
    r"|[ivx]{1,4})[.、)）]?\s*(?=[\s、.)）]|[^\x00-\x7f])|[-*•·>]\s+)\s*"
)
_RESPONSE = re.compile(
    r"返回|响应|回應|回傳|傳回|響應|出参|应答|回参|输出参数|结果字段|レスポンス|応答|戻り値|返却|返り値|応答|응답|반환"
    r"|리턴|결과"
    r"|(?i:\bresponse|\breturn(?:s|ed)?\b|\bresult(?:s)?\b|\breply\b|\banswer\b|\boutput\b|\bsuccess(?:ful)?\b"
    r"|\brespuesta|\bretorn|\bdevuel|\bresposta|\bantwort|\brückgabe"
    r"|\bréponse|\bretour|ответ|возвращ|результат|phản hồi|kết quả|yanıt|respons\b|risposta)"
)
# `Parameters` alone is a request's more often than an answer's; the example tells.
_PARAMETERS = re.compile(
    r"参数|參數|パラメータ|파라미터|매개변수"
    r"|(?i:\bparam(?:eter)?s?\b|\barguments?\b|\bparámetro|\bparâmetro|\bparamètre|параметр|tham số)"
)
_REQUEST = re.compile(
    r"请求|請求|入参|传参|输入参数|提交参数|上送|リクエスト|要求|요청|请求头|路径参数|查询参数"
    r"|(?i:\brequest|\binputs?\b|\bsolicitud|\bpetición|\brequisição|\banfrage|\brequête|запрос|\bquery(?=\s?(?:param"
    r"|string|arg|$))|\bheaders?\b"
    r"|\bcookies?\b"
    r"|yêu cầu|istek|\b(?:path|body|url|uri|form)[ -](?:param|arg|field)|\b(?:path|body)参数|\brequired param)"
)
_STATUS = re.compile(
    r"状态码|狀態碼|錯誤碼|错误码|返回码|响应状态|响应码|错误代码|エラーコード|ステータスコード|에러 ?코드|오류 ?코드"
    r"|상태 ?코드"
    r"|(?i:\bstatus codes?\b|\berror codes?\b|\bcodes? de error|\bcódigos?\b|\bfehlercodes?\b|\bcodes? d'erreur"
    r"|коды? (?:ошибок|ответа|состояния)|http codes?|return codes?)"
)
_ENUM = re.compile(r"枚举|取值|字典|列挙|열거|(?i:\benum|allowed values|possible values|\bvalues\b|перечислен|enumeraci)")
_OTHER = re.compile(
    r"配置|环境变量|部署|安装|价格|计费|限流|套餐|設定|環境変数|환경 ?변수|설정|回调|错误(?:返回|响应|示例)?|失败|异常"
    r"|更新日志|变更记录|修订|版本|エラー|오류"
    r"|(?i:\bcallback|\bwebhook|\berrors?\b|\bfail|\bchangelog|\bhistory\b|\bpric(?:e|ing)|\bconfig|\bsettings?\b"
    r"|\benvironment\b|\binstall|\bquota|\brate limit|\bfehler|\berreur|ошибк)"
)
_CODE = re.compile(r"(?<![\w.])(?P<code>[1-5]\d\d)(?![\w.%])")
_PLACES = (
    ("path", re.compile(r"(?i)path|路径|uri|rest参数|パス|경로|ruta|caminho|pfad|chemin|путь")),
    ("query", re.compile(r"(?i)query|查询|クエリ|쿼리|consulta|abfrage|requête|запроса")),
    ("header", re.compile(r"(?i)header|请求头|头部|ヘッダ|헤더|cabecera|encabezado|cabeçalho|kopf|en-tête|заголов")),
    ("cookie", re.compile(r"(?i)cookie")),
    ("body", re.compile(r"(?i)body|请求体|ボディ|본문|cuerpo|corpo|körper|corps|тело|表单|form")),
)


@dataclass(frozen=True)
class Placed:
    """A table with what its columns hold and where it stands.

    `purpose` is `response`, `request`, `status`, `enum`, `other`, `parameters` (of which nothing says whether a request has
    them), or empty where nothing says. `place` is where a request's
    table of parameters has them, `status` the code of the answer that it belongs to. `labels` are the words above it and its
    headings, the nearest first.
    """

    table: Table
    kinds: Columns
    purpose: str
    labels: tuple[str, ...]
    place: str = ""
    status: str = ""

    @property
    def lists_members(self) -> bool:
        """Tell whether its rows name members and say something of each."""
        at = self.kinds.at
        return "name" in at and "status" not in at and bool(at.keys() & {"type", "description", "title", "required", "example"})


def placed(tables: Sequence[Table], lines: Sequence[str], request: int = 0) -> list[Placed]:
    """Tell for every table of a page what it is for; headings above line `request` are titles, and say nothing of it."""
    found: list[Placed] = []
    headings = find_headings(lines)
    end = 0
    stack: list[tuple[int, str, int]] = []
    waiting = sorted(headings.items(), reverse=True)
    for table in tables:
        while waiting and waiting[-1][0] < table.line - 1:
            at, (level, text) = waiting.pop()
            stack = [one for one in stack if one[0] < level]
            stack.append((level, text, at))
        above = _above(lines, table.line - 1, end, headings)
        labels = tuple(dict.fromkeys((*above, *(text for _, text, _ in reversed(stack)))))
        titles = {text for _, text, at in stack if at < request - 1}
        found.append(_placed(table, labels, titles if table.line > request else set()))
        end = table.end
    return found


def _placed(table: Table, labels: tuple[str, ...], titles: set[str]) -> Placed:
    kinds = columns(table)
    status = next((match["code"] for label in labels[:3] if (match := _CODE.search(label)) is not None), "")
    purpose, place = "", ""
    if "place" in kinds.at:
        purpose = "request"
    elif "status" in kinds.at and kinds.at.get("type") == kinds.at.get("schema"):
        purpose = "status"
    elif ("value" in kinds.at and "type" not in kinds.at) or (kinds.at.keys() & {"values", "value"} and "name" not in kinds.at):
        purpose = "enum"
    else:
        spoken = [label for label in labels if label not in titles]
        purpose = next((said for number, label in enumerate(spoken) if (said := _said_by(label, near=number == 0))), "")
        purpose = purpose or ("parameters" if any(_PARAMETERS.search(label) for label in labels[:2]) else "")
    if purpose in ("request", "parameters"):
        place = next((said for label in labels[:3] if (said := said_place(label))), "")
    return Placed(table, kinds, purpose, labels, place, status)


def _said_by(label: str, *, near: bool) -> str:
    """Return what a label says of a table; further up, a heading that is more than a label is the title of an operation."""
    if near:
        return said_purpose(label)
    longest = _LONGEST_LABEL if label.isascii() else _LONGEST_LABEL // 2
    if len(label) > longest or (_WORDS_OF_TITLES.search(label) and not _LABEL_ALONE.fullmatch(label)):
        return ""
    return said_purpose(label)


def said_purpose(label: str) -> str:
    """Return what a label says that the table below it is for, or the empty text."""
    bare = _CODE.sub("", label)
    if _RESPONSE.search(bare) and not re.search(r"错误|异常|失败|(?i:\berrors?\b)", bare):
        # `返回状态码`, `Response status codes` are tables of statuses, unless the words speak of one status.
        return "status" if _STATUS.search(bare) and bare == label else "response"
    for purpose, pattern in (("status", _STATUS), ("enum", _ENUM), ("other", _OTHER), ("request", _REQUEST)):
        if pattern.search(bare):
            return "" if purpose == "status" and bare != label else purpose
    return ""


def said_place(label: str) -> str:
    """Return where a label says that parameters stand: `path`, `query`, `header`, `cookie`, `body`, or the empty text."""
    return next((place for place, pattern in _PLACES if pattern.search(label)), "")


def find_headings(lines: Sequence[str]) -> dict[int, tuple[int, str]]:
    """Find the headings of a page, outside of code: the index of each line, with its level and text."""
    found: dict[int, tuple[int, str]] = {}
    fenced = False
    for at, line in enumerate(lines):
        if line.startswith(_FENCE):
            fenced = not fenced
            continue
        if fenced or not line or len(line) > _LONGEST:
            continue
        markdown, hyper, bold = _MARKDOWN.fullmatch(line), _HTML.search(line), _BOLD.fullmatch(line)
        below = lines[at + 1] if at + 1 < len(lines) else ""
        if markdown is not None:
            found[at] = (len(markdown["marks"]), bare_label(markdown["text"]))
        elif hyper is not None:
            found[at] = (int(hyper["level"]), bare_label(hyper["text"]))
        elif bold is not None:
            found[at] = (7, bare_label(bold["text"] or bold["round"]))
        elif "|" not in line and below and _UNDERLINED.fullmatch(below) and len(set(below)) == 1:
            found[at] = (2 if below[0] == "=" else 3, bare_label(line))
    return found


def _above(lines: Sequence[str], at: int, floor: int, headings: dict[int, tuple[int, str]]) -> list[str]:
    """Return the short lines right above a table, the nearest first, up to its heading."""
    found: list[str] = []
    for above in range(at - 1, max(floor, at - 12) - 1, -1):
        line = lines[above]
        if line.startswith(_FENCE) or line[:1] in ("}", "]") or len(found) >= _ABOVE:
            break
        if line and len(line) <= _LONGEST and "|" not in line:
            found.append(headings[above][1] if above in headings else bare_label(line))
        if above in headings:
            break
    return [one for one in found if one]


def bare_label(text: str) -> str:
    """Return a heading or label without markup, number and colon."""
    return _NUMBER.sub("", cells.clean(text)).strip(" :：*#>`").strip()
