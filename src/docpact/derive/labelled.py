"""Requests whose parts stand under labels: `接口地址:` and `请求方式:`, `URL` and `Method`, `Endpoint: GET /task/{id}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST = 600
_NEAR = 30
_MOST_LABELS = 6
_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_ADDRESS_WORDS = """接口地址|請求地址|請求路徑|請求網址|請求url|請求位址|介面地址|网址|请求网址|请求地址|请求url|接口url
    |接口路径|请求路径|调用地址|访问地址|url地址|api地址|请求接口|接口|路径
    |地址|url|uri|path|endpoint|route|request url|request uri|request path
    |request address|api url|api path|api endpoint|http request|request|endpoint url|api|end point|resource|resource url
    |method and path|method & path|请求方式和地址|请求方法和路径
    |リクエストurl|エンドポイント|パス|リクエスト先|リクエストパス|리퀘스트 url|요청 url|요청 주소|요청 경로|엔드포인트|경로
    |url de la solicitud|url de solicitud|ruta|punto final|punto de acceso
    |url da requisição|caminho|rota|endereço|anfrage-url|pfad|endpunkt|adresse|url de la requête|chemin|point de terminaison
    |point d'accès|url запроса|адрес|путь|эндпоинт|адрес запроса
    |http请求|调用url|接入地址|请求uri|接口uri|đường dẫn"""
_METHOD_WORDS = """請求方式|請求方法|请求方式|请求方法|http方法|http 方法|http请求方式|http请求方法|提交方式|调用方式
    |请求类型|方法|方式
    |请求method|http method|method|request method|http verb|verb|type|request type|http-method
    |リクエストメソッド|メソッド|http メソッド|メソッド名|httpメソッド|リクエスト方法|메서드|메소드|http 메서드|요청 방식
    |요청 메서드|요청 방법|método|método http|metodo|verbo|methode|http-methode|anfragemethode
    |méthode|méthode http|метод|метод запроса|http-метод|http метод|接口方法|phương thức"""


def _words(text: str) -> set[str]:
    return {word.strip() for word in text.replace("\n", "").split("|")}


_ADDRESSES, _METHOD_LABELS = _words(_ADDRESS_WORDS), _words(_METHOD_WORDS)
_METHOD = re.compile(rf"(?i)(?<![\w/])(?P<method>{_METHODS})(?![\w/])")
_BOTH = re.compile(rf"(?i:\[?\(?(?P<method>{_METHODS})\)?\]?)[\s:：,，|]+(?P<address>\S+)")
_WHOLE = re.compile(r"(?:https?://|\{\{|\$\{|/)[^\s'\"`\\<>|]*")
_HALF = re.compile(r"(?:\{[\w.]+\}|[A-Za-z][\w.-]*)(?:/(?:[\w.:~-]+|\{[^{}/]*\}|<[\w-]+>|\$\{[^{}/]*\}))+/?(?:\?\S*)?")
_TEMPLATED_HOST = re.compile(
    r"(?:https?://)?(?:\$?\{[^{}]*\}|\{\{[^{}]*\}\}|<[^<>\s]*>|ip:port|host:port|\[[^\[\]\s]*\])(?::\w+"
    r"|:\$?\{[^{}]*\})?(?P<path>/\S*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?:[（(]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[一二三四五六七八九十]{1,3})[.、)）]?\s*(?=[\s、.)）]|[^\x00-\x7f]))+"
)
_CUT = re.compile(r"\s*[:：|\t】\]]\s*")
_SEVERAL = re.compile(r"(?:&nbsp;|&emsp;|[,，;；|]|\s)+(?=\*\*[^*\s])")
_LINKED = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,300}\)")
_METHOD_AND_TITLE = re.compile(rf"[#\s]*(?P<method>{_METHODS})[\s:]*(?![\s:/])(?!https?:|\{{\{{).{{1,120}}")
_MARKUP = str.maketrans("", "", "*`")


class Labelled(NamedTuple):
    """A request under labels: its method, its address as written, and the index of the address's line."""

    method: str
    address: str
    at: int


def find_labelled(lines: Sequence[str]) -> dict[int, Labelled]:
    """Find the requests whose method and address stand under labels near each other, by the line of the address."""
    found: dict[int, Labelled] = {}
    address: tuple[int, str] | None = None
    method: tuple[int, str] | None = None
    for at, kind, value in _said(lines):
        if kind == "both":
            whole = _BOTH.search(value)
            path = _address(whole["address"]) if whole else ""
            if whole and path:
                found[at] = Labelled(whole["method"].upper(), path, at)
                address = method = None
            continue
        if kind == "address":
            address = (at, value)
        else:
            method = (at, value)
        if address and method and abs(address[0] - method[0]) <= _NEAR:
            found[address[0]] = Labelled(method[1], address[1], address[0])
            address = method = None
    return found


def _said(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yield what lines say under labels, in order: the index, `address`, `method` or `both`, and the value."""
    wanted: str | None = None
    for at, line in _pieces(lines):
        titled = _METHOD_AND_TITLE.fullmatch(line)
        below = next((one for one in lines[at + 1 : at + 4] if one), "").strip("`* ") if titled is not None else ""
        if titled is not None and re.fullmatch(r"(?:https?://|\{\{)\S+", below):
            # Postman sets the method before the title, and the address below.
            yield at, "both", f"{titled['method']} {below}"
            continue
        label, value = _split(line)
        kind = _kind(label)
        if kind is None and wanted is not None and not line.startswith(("```", "~~~")):
            # The value stands below its label, as under a heading.
            label, value, kind = "", _NUMBER.sub("", line.strip("#>-*•| \t").translate(_MARKUP)).strip(), wanted
        elif kind is not None and not value:
            wanted = kind
            continue
        if kind is None:
            continue
        if not line.startswith(("```", "~~~")):
            wanted = None
        yield from _valued(at, kind, value)


def _pieces(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that may hold a label, each label with what follows it where a line has several."""
    for at, line in enumerate(lines):
        if not line or len(line) > _LONGEST:
            continue
        text = _LINKED.sub(r"\1", line) if "](" in line else line
        yield from ((at, piece) for piece in (_SEVERAL.split(text, maxsplit=_MOST_LABELS) if text.count("**") > 2 else (text,)))  # noqa: PLR2004


def _valued(at: int, kind: str, value: str) -> Iterator[tuple[int, str, str]]:
    if _BOTH.match(value):
        yield at, "both", value
    elif kind == "address" and (path := _address(value)):
        yield at, "address", path
    elif kind == "method" and (match := _METHOD.search(value[:80])) is not None:
        yield at, "method", match["method"].upper()


def _kind(label: str) -> str | None:
    plain = " ".join(label.casefold().split())
    return "address" if plain in _ADDRESSES else "method" if plain in _METHOD_LABELS else None


def _split(line: str) -> tuple[str, str]:
    """Cut a line into its label and what follows: `**请求方式**:`GET``, `| URL | /task |`, `【地址】/task`, `Method GET`."""
    text = _NUMBER.sub("", line.strip("#>-*•| \t").translate(_MARKUP).lstrip("【[ ")).strip()
    label, *rest = _CUT.split(text, maxsplit=1)
    if rest:
        return label.strip(), rest[0].strip(" |\t:：")
    head, _, value = text.rpartition(" ")
    if _kind(head) is not None and (_METHOD.fullmatch(value) or _WHOLE.fullmatch(value)):
        return head, value
    return text, ""


def _address(value: str) -> str:
    """Return the address at the start of a value, a template for its host left out; empty where there is none."""
    text = value.strip().strip("<>\"'`（）() ")
    match = _BOTH.match(text)
    text = match["address"] if match else text
    hosted = _TEMPLATED_HOST.match(text)
    if hosted is not None:
        return hosted["path"].rstrip("`'\"|>，。")
    whole = _WHOLE.match(text)
    if whole is not None and whole[0] not in ("/", "//"):
        return whole[0].rstrip("，。,;；")
    half = _HALF.fullmatch(text.split()[0]) if text.split() else None
    # `mj/task/{id}/fetch` lacks its slash; `application/json` is something else.
    return (
        f"/{half[0]}"
        if half is not None and not re.match(r"(?:application|text|image|multipart|audio|video)/", half[0])
        else ""
    )
