"""The words that documentation pages put around what they say, in Chinese and in English; others are in `translations`."""

from __future__ import annotations

import re

from docpact.derive import translations

_LONGEST_HEADING = 40
_LONGEST_LABEL = 80
# A picture before the words of a heading: `📥 Response`.
_ICON = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d\u2190-\u2bff\U0001f000-\U0001faff]*\\s+")
_SPACE = re.compile(r"[\s_]+")

REQUIRED = translations.REQUIRED | {
    "必需", "必填", "必须", "必选", "必需的", "必填项", "是必需的", "是必填的", "required", "mandatory", "必传",
}  # fmt: skip
OPTIONAL = translations.OPTIONAL | {
    "可选", "选填", "非必需", "非必填", "非必须", "可选的", "可选项", "optional", "not required", "非必传",
}  # fmt: skip
NULLABLE = translations.NULLABLE | {
    "可为空", "允许为空", "可空", "可为 null", "允许为 null", "nullable", "null allowed", "允许 null", "可为null", "允许为null",
    "允许null", "可以为空", "可为空值", "允许空值", "nullable: true", "can be null", "may be null", "可能为空", "可能为 null",
}  # fmt: skip
OTHER_MARKS = translations.OTHER_MARKS | {
    "已废弃", "已弃用", "deprecated", "只读", "仅读", "只写", "read-only", "readonly", "read only", "write-only", "write only",
    "writeonly", "废弃", "弃用",
}  # fmt: skip

_VALUES = (
    "枚举值|枚举|可选值|可选项|可用选项|可用值|可能的取值|可能的值|可能值|取值范围|取值为|取值|允许的值|允许值|有效值|值为"
)
_VALUES_EN = (
    "enum values?|enum|allowed values?|possible values?|accepted values?|valid values?|available options"
    f"|available values?|one of|any of|must be one of|can be one of|allowed|values|{translations.ENUM_LABELS}"
)
VALUES = f"{_VALUES}|{_VALUES_EN}"
_EXAMPLES = f"示例值|样例值|例值|示例|例如|example values?|examples?|sample|{translations.EXAMPLE_LABELS}"
_DEFAULTS = f"默认值|默认|缺省值|default values?|defaults? to|default|{translations.DEFAULT_LABELS}"
_LIMITS = (
    r"[\u4e00-\u9fff]{1,6}(?:范围|长度)"
    "|匹配正则|正则匹配|正则|最小值|最大值|最小长度|最大长度|长度|字符数|固定值|取值限制|match pattern|pattern|mock"
    "|minimum|maximum|exclusive (?:minimum|maximum)"
    "|(?:min(?:imum)?|max(?:imum)?|required) (?:string |array )?(?:length|items?|range|properties)"
    "|min|max|minlength|maxlength|minitems|maxitems|multiple of|multipleof|constant(?: value)?|const|format"
    f"|{translations.LIMIT_LABELS}"
)
VALUE_LABELS = (
    ("enum", re.compile(rf"(?i)(?:{_VALUES}|{_VALUES_EN})\s*(?:[:：]\s*(?P<rest>.*))?")),
    ("example", re.compile(rf"(?i)(?:{_EXAMPLES})\s*[:：]\s*(?P<rest>.*)")),
    ("example", re.compile(r"(?i)(?:示例值|样例值|example values?)(?P<rest>)")),
    ("default", re.compile(rf"(?i)(?:{_DEFAULTS})\s*[:：]\s*(?P<rest>.*)")),
    ("default", re.compile(r"(?i)defaults? to\s+(?P<rest>.+)")),
    ("default", re.compile(r"(?i)(?:默认值|default value)(?P<rest>)")),
    ("limit", re.compile(rf"(?i)(?:{_LIMITS})\s*[:：]\s*(?P<rest>.*)")),
    ("limit", re.compile(r"(?i)(?:匹配正则|正则匹配|match pattern|pattern|constant value|最小值|最大值)(?P<rest>)")),
)
IN_PROSE = re.compile(
    rf"(?i)[,，;；(（。.]?\s*(?:{_VALUES}|{_VALUES_EN})"
    r"(?:\s*(?:包括|有|为|are|is|includes?)?\s*[:：]\s*|\s*(?:包括|includes?\s|are\s)\s*)(?P<rest>.*)$"
)
LIMIT = re.compile(
    r"(?i)(?:[<>≥≤]=?|=)\s*-?\d[\d.]*\s*(?:字符|characters?|chars?|项|items?|个|properties|属性)?"
    r"|[\[(]?\s*-?\d[\d.]*\s*(?:\.\.|to|–|~)\s*-?\d[\d.]*\s*[\])]?\s*(?:字符|characters?|chars?|项|items?|个)?"
    r"|-?\d[\d.]*\s*[<≤]=?\s*(?:字符|characters?|x|value|length|值|长度)\s*[<≤]=?\s*-?\d[\d.]*|non-?empty|非空|unique"
    r"|\[\s*-?\d+\s*,\s*-?\d*\s*\]"
)
# What stands around the members of an object on a line of its own: `Array [`, `Part{`, `}]`.
FRAME = re.compile(
    r"(?:[A-Za-z_][\w.-]{0,60}\s*)?(?P<opens>[\[{]{1,3})|(?P<closes>[\]}]{1,3})[,;]?|Array(?: ?\(\)| \[.{0,20}\])?"
)
CHILDREN = re.compile(
    r"(?i)[▸▾▶▼+>-]?\s*(?:(?:show|hide|expand|collapse|view)\s+(?:\d+\s+)?(?:child|nested|more|all)?\s*"
    r"(?:attributes|properties|fields|parameters|children|objects?|schema|items|all)|\d+ (?:properties|attributes|fields)"
    r"|(?:显示|隐藏|展开|收起|查看|折叠)\s*(?:全部|所有)?\s*\d*\s*[个项]?\s*子?(?:属性|字段|参数|项)|\d+\s*个?属性"
    rf"|expand all|collapse all|generate code|生成代码|{translations.CHILDREN})"
)

_SECTIONS = {
    "request": {"请求参数", "请求", "request", "params", "request params", "request parameters", "parameters", "参数"},
    "path": {"path 参数", "path参数", "路径参数", "path params", "path parameters", "path parameter", "url 参数"},
    "query": {"query 参数", "query参数", "查询参数", "query params", "query parameters"},
    "header": {"header 参数", "header参数", "请求头", "header params", "header parameters", "headers", "请求头参数"},
    "cookie": {"cookie 参数", "cookie参数", "cookie params", "cookie parameters"},
    "request-body": {"body 参数", "body参数", "请求体", "请求体参数", "body params", "body parameters", "request body"},
    "auth": {"authorization", "authorizations", "鉴权", "授权", "认证", "authentication"},
    "code": {
        "示例代码", "请求示例代码", "请求示例", "代码示例", "code samples", "request code samples", "request samples",
        "request example", "request examples", "request sample", "sample code", "request sample code",
    },
    "response": {"返回响应", "响应", "返回", "返回结果", "返回参数", "响应参数", "responses", "response", "returns"},
    "body": {"body", "数据结构", "返回数据结构", "data schema", "schema", "响应体", "response body"},
    "example": {
        "示例", "响应示例", "返回示例", "成功示例", "示例响应", "example", "examples", "response example",
        "response examples", "example response", "响应样例", "样例", "success example",
    },
}  # fmt: skip
_BY_NAME = {name: kind for words in (translations.SECTIONS, _SECTIONS) for kind, names in words.items() for name in names}
_ANSWER = r"(?:(?:successful|success|the|task|json|http|api|200) )*(?:response|return(?:ed|s)?|results?|output|reply)"
_MEMBERS = (
    r"(?:fields?|param(?:eter)?s?|schema|objects?|data|attributes|properties|structure|values?|format|members|model|body)"
)
_ANSWER_ZH = r"(?:成功|接口|正常)*(?:返回|响应|應答|应答|出参|输出|回应)(?:结果|数据|参数|体|内容|信息|消息|值|的)*"
_SECTIONS_SAID = (
    (
        "footer",
        re.compile(
            r"was this page helpful.*|esta página foi útil.*|¿?esta página le ayudó.*|cette page.* utile.*"
            r"|war diese seite hilfreich.*|このページは役に立.*|이 페이지가 도움이.*|была ли эта страница.*"
            r"|(?:此页面|本页|此页)(?:对您|对你)?(?:是否)?有帮助.*|(?:最后)?(?:修改|更新)(?:时间|于)[：: ].*"
            r"|(?:last )?(?:modified|updated)(?: at| on)?[: ].*|(?:built with|powered by) .*|©.*"
            r"|previous(?: page)?|next(?: page)?|上一[页篇]|下一[页篇]|on this page|本页目录|页面导航|edit this page.*"
        ),
    ),
    (
        "code",
        re.compile(
            r"(?:请求|调用|代码|curl|入参)(?:参数|数据|体)?(?:示例|样例|例子)|(?:example|sample) (?:request|call|curl).*"
        ),
    ),
    (
        "example",
        re.compile(
            rf"{_ANSWER_ZH}(?:示例|样例|例子|举例)|(?:json )?(?:examples?|samples?) (?:of )?{_ANSWER}.*"
            rf"|{_ANSWER} (?:body )?(?:example|sample)s?"
        ),
    ),
    (
        "response",
        re.compile(
            rf"{_ANSWER_ZH}(?:对象|字段|参数|属性|结构|格式|说明|定义|描述|列表)*(?:说明|表)?|出参(?:说明|列表)?"
            rf"|{_ANSWER} (?:{_MEMBERS} ?)+|response schema:? application/json"
            r"|(?:(?:successful|success|the|api|http|json|200) )+(?:response|result)s?"
        ),
    ),
    (
        "object",
        re.compile(
            r"(?:字段|参数|属性|对象|任务对象|任务字段|任务)(?:字段|属性|结构|定义|说明|列表|详解)|任务对象"
            r"|(?:(?:the|task|object) )*(?:fields|attributes|properties)(?: (?:of|in) .{1,30})?"
            r"|(?:the )?task (?:object|schema|model|structure)|object (?:schema|definition)"
        ),
    ),
    ("request", re.compile(rf"(?:请求|入参)(?:参数|字段)?(?:说明|列表|描述)?|(?:request|input) (?:{_MEMBERS} ?)+")),
)
_MEDIA = re.compile(r"(?i)(?:body|content type|内容格式|content-type)?\s*[:：]?\s*(?:json)?\s*(?P<media>[a-z]+/[a-z0-9.+*-]+)")
_REASON = (
    r"ok\b.*|success.*|成功.*|正常.*|created|accepted|no content|bad request|unauthorized|forbidden|not found"
    r"|unprocessable.*|too many requests|internal server error|service unavailable|bad gateway|conflict|请求.*|失败.*|错误.*"
    r"|未授权.*|没有.*|禁止.*"
    r"|记录.*|参数.*|服务.*|(?:application|text)/.*"
)
_STATUS = re.compile(
    rf"(?i)(?:[^\w\s({{\[\"'`<>=+./-]+\s*(?P<code>[1-5]\d\d)(?!\d)\s*(?P<label>[^\d,.%].{{0,60}})?"
    rf"|(?P<bare>[1-5]\d\d)\s*(?:[-–—·:：]\s*)?(?P<reason>{_REASON}))"
)
_STATUS_ROUND = re.compile(r"(?:[^\w\s]+\s*)?(?P<label>[^()（）\d]{1,40})[（(]\s*(?P<code>[1-5]\d\d)\s*[）)]")
_STATUS_SAID = re.compile(
    r"(?i)(?:http\s*)?(?:状态码|status code|http code|http status|status)\s*[:：]\s*(?P<code>[1-5]\d\d)(?P<label>)"
    r"|(?:http|responses?|response code|status|响应|返回|返回响应|レスポンス|응답|respuesta|réponse|antwort|ответ|resposta)"
    rf"\s*[:：-]?\s*(?P<code2>[1-5]\d\d)\s*(?:[-–—·:：]\s*)?(?P<reason>{_REASON})?|(?P<code3>[1-5]\d\d)\s+(?:response|响应|返回)"
)


def _without_icon(line: str) -> str:
    match = _ICON.match(line)
    return line[match.end() :] if match is not None else line


def plain(line: str) -> str:
    """Return a label as it is compared: without its colon and its decoration, in lower case, single spaces."""
    return _SPACE.sub(" ", _without_icon(line.lstrip("#*• ")).rstrip("* ¶🔗").rstrip().rstrip(":：").strip()).casefold()


def section(line: str) -> str | None:
    """Return the kind of section that a line opens (`path`, `response`, `example`, …), or None.

    A word in lower case opens nothing: `example` is as likely a member's name, and pages capitalise their headings.
    """
    if len(line) > _LONGEST_HEADING or (line[:1].isascii() and line[:1].islower()):
        return None
    word = plain(line)
    kind = _BY_NAME.get(word)
    return kind or next((kind for kind, pattern in _SECTIONS_SAID if pattern.fullmatch(word) is not None), None)


def status(line: str) -> tuple[str, str] | None:
    """Return the status code and label that a line announces (`🟢200成功`, `成功(200)`), or None."""
    if len(line) > _LONGEST_LABEL:
        return None
    for pattern in (_STATUS_SAID, _STATUS_ROUND, _STATUS):
        if (match := pattern.fullmatch(line)) is not None:
            said = match.groupdict()
            code = next(said[group] for group in ("code", "bare", "code2", "code3") if said.get(group))
            return code, (said["label"] or said.get("reason") or "").strip()
    return None


def media_type(line: str) -> str | None:
    """Return the media type that a line names alone (`application/json`, `Bodyapplication/json`), or None."""
    match = _MEDIA.fullmatch(line) if len(line) <= _LONGEST_LABEL else None
    return match["media"].lower() if match and match["media"].split("/")[0].lower() in _MEDIA_KINDS else None


_MEDIA_KINDS = {"application", "text", "multipart", "image", "audio", "video"}


def mark(line: str) -> str | None:
    """Return `required`, `optional`, `nullable` or `other` for a line that is nothing but such a mark."""
    if len(line) > _LONGEST_LABEL:
        return None
    word = plain(line)
    for kind, words in (("required", REQUIRED), ("optional", OPTIONAL), ("nullable", NULLABLE), ("other", OTHER_MARKS)):
        if word in words:
            return kind
    return None
