"""A contract whose names and words are as odd as a page can make them, and what its servers could send."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from docpact.api import Contract, load
from docpact.contract import Profile
from docpact.finding import Severity
from docpact.generate.draws import Seeded
from docpact.generate.payloads import Sampler

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each of them tries to end the comment or the text that it stands in, and to go on as code. None may.
BREAK_OUTS = (
    '"""\nimport os; os.pwned = 1\n"""',
    "*/ export const pwned = 1; /*",
    '"; pwned = 1; "',
    "'; pwned = 1; '",
    "first\rpwned = 1\u2028pwned = 2\u2029pwned = 3\x85pwned = 4\x0cpwned = 5",
    "ends with a backslash, pwned \\",
    'ends with quotes, pwned ""',
    '"starts with them, pwned',
    "\u202e pwned, from right to left \u2066\x00\x1b[31m\ud800\U000e0041",
    "@ts-ignore pwned {@link javascript:pwned}",
    "${pwned} {pwned} %s `pwned`",
    "# type: ignore # noqa # fmt: off pwned",
)

# As names and as values: half a pair is no text of UTF-8, and Pydantic has no names and no texts of it.
VALUES = tuple(said.replace("\ud800", "") for said in BREAK_OUTS)

NAMES = (
    "class", "def", "None", "match", "default", "constructor", "__proto__", "__init__", "__dunder", "_", "", " ",
    "a-b", "a/b", "a~b",
    "2fa", "0", "fooBar", "foo_bar", "FooBar", "str", "list", "json", "copy", "model_config", "model_dump", "schema",
    "Field", "任务",
    "🔄", "ﬁ", "Ünï", "HTTPServerURL", "payloads", *VALUES,
)  # fmt: skip

_TEXT = {"type": "string"}


def odd_schema() -> dict[str, Any]:
    """Every kind of member that `derive` writes, in names and words that break what is not careful."""
    words = [{"type": "string", "title": said, "description": f"{said}\n\n{said}"} for said in BREAK_OUTS]
    odd = {name: words[number % len(words)] for number, name in enumerate(NAMES)}
    kinds: dict[str, Any] = {
        "text": _TEXT,
        "whole": {"type": "integer"},
        "real": {"type": "number"},
        "both": {"type": ["integer", "string"]},
        "wide": {"type": ["integer", "number"]},
        "truth": {"type": "boolean"},
        "nothing": {"type": "null"},
        "perhaps": {"type": ["string", "null"], "x-page-lines": {"member": [7, 7]}},
        "anything": {},
        "free": {"type": "object"},
        "items": {"type": "array"},
        "names": {"type": "array", "items": _TEXT},
        "grid": {"type": "array", "items": {"type": "array", "items": {"type": "object", "properties": {"x": _TEXT}}}},
        "boxes": {"type": "array", "items": {"type": ["object", "null"], "properties": {"a": _TEXT}, "required": ["a"]}},
        "data": {"type": "array", "items": {"type": "string", "enum": ["one"]}},
        "level": {"type": "integer", "enum": [1, 2, "3"]},
        "size": {"type": "number", "enum": [1, 2.5]},
        "flag": {"type": "boolean", "enum": [True]},
        "mixed": {"type": ["string", "integer"], "enum": ["a", 1]},
        "maybe": {"type": ["string", "null"], "enum": ["yes", None]},
        "untyped": {"enum": ["u", None]},
        "impossible": {"type": "integer", "enum": ["never"]},
        "broken": {"type": "string", "enum": list(VALUES)},
    }
    inner = {"type": "object", "title": BREAK_OUTS[0], "properties": odd, "required": list(NAMES[::2])}
    return {
        "title": BREAK_OUTS[1],
        "type": "object",
        "properties": {**kinds, "odd": inner, "Odd": {"type": "object", "properties": kinds}},
        "required": ["text", "whole", "nothing", "perhaps", "anything", "odd"],
    }


def contract_of(schema: dict[str, Any], name: str = "odd") -> Contract:
    """Make a contract of a schema, with one profile that excuses nulls and absences, and knows one more value."""
    loose = Profile(
        "loose", "for tests", nulls=frozenset({"/text", "/boxes/*/a"}), missing=frozenset({"/whole"}),
        enums={"/maybe": frozenset({"no", "later"})}, unknown_enum=Severity.WARNING,
    )  # fmt: skip
    made = replace(load(), schema=schema, name=name, roles={}, envelope=frozenset(), coherence=(), lifecycle=None)
    values = {part.name: getattr(made, part.name) for part in fields(made)}
    return Contract(**{**values, "profiles": {"documented": made.profile("documented"), "loose": loose}})


def odd_payload() -> dict[str, Any]:
    """A payload that keeps the odd contract, with every member, and with one that the page does not name."""
    kinds = {
        "text": BREAK_OUTS[0], "whole": -(2**70), "real": 2.5, "both": "x", "wide": 1, "truth": False,
        "nothing": None, "perhaps": None,
        "anything": [{"": BREAK_OUTS[2]}], "free": {"a": 1, "__proto__": {}}, "items": [1, "x", None, []], "names": [""],
        "grid": [[{"x": "y"}, {}], []], "boxes": [None, {"a": "b"}], "data": ["one"], "level": 2, "size": 2.5,
        "flag": True, "mixed": 1,
        "maybe": None, "untyped": "u", "broken": BREAK_OUTS[4],
    }  # fmt: skip
    odd = {name: VALUES[number % len(VALUES)] for number, name in enumerate(NAMES)}
    return {**kinds, "odd": odd, "Odd": dict(kinds), "undocumented": {"deep": [1.5]}}


def changed(payload: Any) -> Iterator[Any]:
    """Yield payloads that differ from one in a single place: another value there, or no member at all."""
    if isinstance(payload, dict):
        for name, part in payload.items():
            yield {key: value for key, value in payload.items() if key != name}
            yield from ({**payload, name: one} for one in changed(part))
    if isinstance(payload, list):
        for index, part in enumerate(payload):
            yield from ([*payload[:index], one, *payload[index + 1 :]] for one in changed(part))
    yield from (None, "x", "5", 5, 2.25, True, [], {}, [7])


def sent(contract: Contract, profile: str) -> list[dict[str, Any]]:
    """What a family sends: a payload in every state of a task of every action."""
    sampler = Sampler(contract, profile)
    return [
        sampler.payload(sampler.task(Seeded(nth=nth)), status, action)
        for nth, action in enumerate(sampler.actions)
        for status in sampler.statuses
    ]
