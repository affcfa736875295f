"""What OpenAPI and JSON Schema let stand where: the kinds of tables and lists, and what each may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpact.derive.unindented.lines import Token


@dataclass(frozen=True)
class Slot:
    """What may stand behind a key: `scalar` names a check of a value on its line, `children` the kinds set below it."""

    scalar: str = ""
    children: tuple[str, ...] = ()


class Shown(NamedTuple):
    """What an example with several items shows of a list: the members of its items, and the names that come behind it."""

    inside: frozenset[str]
    behind: frozenset[str]


@dataclass(frozen=True)
class Kind:
    """One kind of table (`slots` by key, or `inner` for every key that `names` matches) or list (`items`).

    `shown` has, for schemas, the members that examples show in the items of each list.
    """

    slots: Mapping[str, Slot] = field(default_factory=dict)
    names: re.Pattern[str] | None = None
    inner: Slot = Slot()
    items: str = ""
    required: frozenset[str] = frozenset()
    extensions: bool = True
    shown: Mapping[str, Shown] = field(default_factory=dict)


def kind(slots: str = "", names: str = "", inner: Slot | None = None, items: str = "") -> Kind:
    """Make a kind of a text of slots: `key`, `key=check`, `key>child`, `key=check>child,child`."""
    made = {}
    for slot in slots.split():
        head, _, children = slot.partition(">")
        key, _, check = head.partition("=")
        made[key] = Slot(check or ("" if children else "any"), tuple(part for part in children.split(",") if part))
    pattern = re.compile(names) if names else None
    return Kind(made, pattern, inner or Slot(), items, extensions=not items and names != ANY)


ANY = r"(?s).+"
_LIMITS = (
    "minimum=num maximum=num exclusiveMinimum exclusiveMaximum multipleOf=num minLength=num maxLength=num pattern minItems=num"
    " maxItems=num uniqueItems=bool minProperties=num maxProperties=num"
)
_SCHEMA = (
    "type=type>list properties=flow>properties required=boolflow>list items=flow>schema $ref=ref format title description"
    " default=any>free example=any>free examples=flow>listfree,free enum=flow>list const nullable=bool deprecated=bool"
    " readOnly=bool writeOnly=bool allOf=flow>schemas oneOf=flow>schemas anyOf=flow>schemas not=flow>schema"
    " additionalProperties=boolflow>schema patternProperties=flow>properties discriminator=any>discriminator xml=flow>xml"
    " externalDocs=flow>docs $schema $id $anchor $comment $defs=flow>properties"
    " x-apifox-orders=flow>list x-apifox-ignore-properties=flow>list x-apifox-refs=flow>models"
    " x-apifox-enum=flow>values x-apifox-overrides=flow>properties x-apifox-mock x-nullable=bool"
    f" x-enum=flow>list x-enum-varnames=flow>list x-enumNames=flow>list {_LIMITS}"
)
_PARAMETER = (
    "name in=place description required=bool deprecated=bool allowEmptyValue=bool style explode=bool allowReserved=bool"
    " schema=flow>schema example=any>free examples=flow>examples,listfree content=flow>content $ref=ref type=type format"
    f" items=flow>schema default=any>free enum=flow>list collectionFormat x-example=any>free {_LIMITS}"
)
_ANYTHING = Slot("any", ("free",))


def _map(child: str, names: str = ANY) -> Kind:
    return kind(names=names, inner=Slot("flow", (child,)))


GRAMMAR: dict[str, Kind] = {
    "document": kind(
        "openapi swagger info=flow>info servers=flow>servers paths=flow>paths components=flow>components security=flow>security"
        " tags=flow>tags externalDocs=flow>docs host basePath schemes=flow>list consumes=flow>list produces=flow>list"
        " definitions=flow>schemas-by-name parameters=flow>parameters-by-name responses=flow>responses-by-name"
        " securityDefinitions=flow>schemes jsonSchemaDialect webhooks=flow>callback"
    ),
    "links": _map("link", r"(?!(?:content|description|headers)$).+"),
    "link": kind("$ref=ref operationRef operationId parameters=flow>texts requestBody=any>free description server=flow>server"),
    "callbacks": _map("callback"),
    "callback": _map("path"),
    "info": kind("title description version summary termsOfService contact=flow>contact license=flow>contact"),
    "contact": kind("name url email identifier"),
    "docs": kind("description url"),
    "servers": kind(items="server"),
    "server": kind("url description variables=flow>variables"),
    "variables": _map("variable"),
    "variable": kind("enum=flow>list default description"),
    "tags": kind(items="tag"),
    "tag": kind("name description externalDocs=flow>docs"),
    "security": kind(items="scopes"),
    "scopes": kind(names=ANY, inner=Slot("flow", ("list",))),
    "paths": _map("path", r"/.*"),
    "path": kind(
        "summary description $ref=ref servers=flow>servers parameters=flow>parameters"
        " get>operation put>operation post>operation delete>operation options>operation head>operation patch>operation"
        " trace>operation"
    ),
    "operation": kind(
        "tags=flow>list summary description externalDocs=flow>docs operationId parameters=flow>parameters requestBody=flow>body"
        " responses=flow>responses callbacks=flow>callbacks deprecated=bool security=flow>security servers=flow>servers"
        " consumes=flow>list produces=flow>list schemes=flow>list"
    ),
    "parameters": kind(items="parameter"),
    "parameters-by-name": _map("parameter"),
    "parameter": kind(_PARAMETER),
    "header": kind(_PARAMETER),
    "headers": _map("header", r"(?!(?:content|links|description|headers|schema|examples|default|[1-5]\d\d)$).+"),
    "body": kind("description content=flow>content required=bool $ref=ref"),
    "content": _map("media", r"[\w*.+-]+/[\w*.+-]+(?:\s*;.*)?|\*/\*|\*"),
    "media": kind("schema=flow>schema example=any>free examples=flow>examples,listfree encoding=flow>free"),
    "examples": _map("example"),
    "example": kind("summary description value=any>free externalValue $ref=ref"),
    "responses": _map("response", r"[1-5](?:\d\d|XX|xx)|default"),
    "responses-by-name": _map("response"),
    "response": kind(
        "description headers=flow>headers content=flow>content links=flow>links schema=flow>schema"
        " examples=flow>old-examples $ref=ref"
    ),
    "old-examples": kind(names=r"[\w*.+-]+/[\w*.+-]+(?:\s*;.*)?", inner=_ANYTHING),
    "components": kind(
        "schemas=flow>schemas-by-name responses=flow>responses-by-name parameters=flow>parameters-by-name"
        " examples=flow>examples requestBodies=flow>bodies headers=flow>headers securitySchemes=flow>schemes links=flow>links"
        " callbacks=flow>callbacks pathItems=flow>callback"
    ),
    "bodies": _map("body"),
    "schemes": _map("scheme"),
    "scheme": kind(
        "type description name in scheme bearerFormat openIdConnectUrl flow authorizationUrl tokenUrl flows=flow>flows"
        " scopes=flow>texts"
    ),
    "flows": _map("flow"),
    "flow": kind("authorizationUrl tokenUrl refreshUrl scopes=flow>texts"),
    "texts": kind(names=ANY, inner=Slot("any")),
    "schemas-by-name": _map("schema"),
    "schemas": kind(items="schema"),
    "schema": kind(_SCHEMA),
    "properties": kind(names=ANY, inner=Slot("schema", ("schema",))),
    "models": _map("model"),
    "model": kind("$ref=ref x-apifox-overrides=flow>properties required=flow>list type=type properties=flow"),
    "discriminator": kind("propertyName mapping=flow>texts"),
    "xml": kind("name namespace prefix attribute=bool wrapped=bool"),
    "values": kind(items="value"),
    "value": kind("value name description"),
    "list": kind(items="scalar"),
    "listfree": kind(items="free"),
    "free": Kind(),
}

_TYPES = re.compile(r"['\"]?(?:string|integer|number|boolean|object|array|null|file|int|long|float|double|bool)['\"]?|\[.*")
_NUMBER = re.compile(r"['\"]?-?\d[\d.eE+-]{0,40}['\"]?")
_BOOL = re.compile(r"['\"]?(?:true|false)['\"]?", re.IGNORECASE)
_PLACE = re.compile(r"['\"]?(?:path|query|header|cookie|body|formData)['\"]?")


_CHECKS = {"bool": _BOOL, "num": _NUMBER, "type": _TYPES, "place": _PLACE}
# A list or a table on its line, or the name of a value that was named before.
_FLOW = ("[", "{", "*")


def fits(check: str, value: str) -> bool:
    """Tell whether a value on its line may stand in a slot."""
    if check in _CHECKS:
        return _CHECKS[check].fullmatch(value) is not None
    if check == "boolflow":
        return value[:1] in _FLOW or _BOOL.fullmatch(value) is not None
    if check == "ref":
        return "#" in value or "/" in value or value.endswith((".json", ".yaml", ".yml"))
    if check == "schema":
        return value[:1] in ("{", "*") or value in ("true", "null")
    if check == "flow":
        return value[:1] in _FLOW
    return check == "any"


# What one version has and the other has not, by the kind of table.
_OLD_TYPE = f"type format items default enum collectionFormat {re.sub('=[a-z]+', '', _LIMITS)}"
_ONLY_OLD = {
    "document": "swagger host basePath schemes consumes produces definitions parameters responses securityDefinitions",
    "operation": "consumes produces schemes",
    "parameter": _OLD_TYPE,
    "header": _OLD_TYPE,
    "response": "schema examples",
}
_ONLY_NEW = {
    "document": "openapi servers components jsonSchemaDialect webhooks",
    "path": "servers",
    "operation": "requestBody callbacks servers",
    "parameter": "content examples example style explode allowReserved deprecated",
    "header": "schema content examples example style explode allowReserved deprecated required name in",
    "response": "content links",
    "schema": "nullable oneOf anyOf not const writeOnly deprecated",
}
_REQUIRED = {
    "operation": {"responses"},
    "parameter": {"name", "in"},
    "response": {"description"},
    "info": {"title"},
    "value": {"value", "name", "description"},
}


_MOST_SHOWN = 400
_COMPONENT = re.compile(r"#/(?:components/schemas|definitions)/([\w.-]{1,120})['\"]?$")


def of_version(tokens: Sequence[Token]) -> dict[str, Kind]:
    """Return the grammar of the version that a document says it has."""
    old = any(token.key == "swagger" for token in tokens)
    absent = _ONLY_NEW if old else _ONLY_OLD
    grammar = {}
    for name, one in GRAMMAR.items():
        gone = set(absent.get(name, "").split())
        slots = {key: slot for key, slot in one.slots.items() if key not in gone}
        grammar[name] = replace(one, slots=slots, required=frozenset(_REQUIRED.get(name, ())))
    named = frozenset(match[1] for token in tokens if token.key == "$ref" and (match := _COMPONENT.search(token.value)))
    grammar["schemas-by-name"] = replace(grammar["schemas-by-name"], required=named)
    return grammar


def shown_lists(tokens: Sequence[Token], names: frozenset[str]) -> dict[str, Shown]:
    """Find lists of two items and more in the examples: all between two dashes is of one item; `names` are those of members."""
    found: dict[str, Shown] = {}
    for at, (token, first) in enumerate(pairwise(tokens)):
        if token.form != "bare" or token.key not in names or not first.item or first.key not in names:
            continue
        inside = {first.key}
        end = at + 2
        while end < len(tokens) and not tokens[end].item and tokens[end].form in ("pair", "text"):
            inside.add(tokens[end].key)
            end += 1
        if end >= len(tokens) or not tokens[end].item or tokens[end].key != first.key:
            continue
        behind: set[str] = set()
        while end < min(len(tokens), at + _MOST_SHOWN) and (tokens[end].key in names or tokens[end].form == "text"):
            behind.add(tokens[end].key)
            end += 1
        before = found.get(token.key, Shown(frozenset(), frozenset()))
        found[token.key] = Shown(before.inside | inside - {""}, before.behind | behind - inside - {""})
    return found
