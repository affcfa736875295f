"""The reader of declarations in code: TypeScript interfaces, Go structs with JSON tags, Python and Java classes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from docpact.derive import typewords
from docpact.derive.claims import TypeClaim
from docpact.derive.text import evidence, members, qualifiers, sections
from docpact.derive.text.drafting import draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.derive.claims import Draft, Entry
    from docpact.derive.page import Page

STYLE = "a declaration in code"
_LEAST = 2
_MOST = 3000
_DEEPEST = 8
_LONGEST = 500
_OPENS = (
    re.compile(r"(?:export\s+)?(?:declare\s+)?interface\s+(?P<name>\w+)[^{}]{0,120}\{"),
    re.compile(r"(?:export\s+)?type\s+(?P<name>\w+)\s*=\s*\{"),
    re.compile(r"type\s+(?P<name>\w+)\s+struct\s*\{"),
    re.compile(r"class\s+(?P<name>\w+)\s*(?:\([^()]{0,120}\))?\s*:"),
    re.compile(r"(?:public\s+|final\s+|static\s+|data\s+)*class\s+(?P<name>\w+)[^{}()]{0,120}\{"),
)
_TYPESCRIPT = re.compile(
    r"(?:readonly\s+)?[\"']?(?P<name>[A-Za-z_$][\w$]*)[\"']?(?P<sign>\?)?\s*:\s*(?P<type>[^;,/#=]+?)\s*[;,]?\s*(?:(?://|/\*)\s*(?P<words>.*?)\s*(?:\*/)?)?"
)
_GO = re.compile(
    r"[A-Z]\w*\s+(?P<type>[\w.*\[\]{}]+)\s+`[^`]*json:\"(?P<name>[\w.$-]+)(?P<options>[^\"]*)\"[^`]*`\s*(?://\s*(?P<words>.*))?"
)
_PYTHON = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*:\s*(?P<type>[^=#]+?)\s*(?:=\s*(?P<default>[^#]*?))?\s*(?:#\s*(?P<words>.*))?")
_JAVA = re.compile(
    r"(?:private|public|protected)\s+(?:final\s+)?(?P<type>[\w.<>\[\], ?]+?)\s+(?P<name>[a-z]\w*)\s*(?:=[^;]*)?;\s*(?://\s*(?P<words>.*))?"
)
_TYPESCRIPT_NESTED = re.compile(
    r"[\"']?(?P<name>[A-Za-z_$][\w$]*)[\"']?(?P<sign>\?)?\s*:\s*(?P<list>(?:Array|ReadonlyArray)\s*<\s*)?\{\s*(?:(?://|/\*)\s*(?P<words>.*?)\s*(?:\*/)?)?"
)
_COMMENT = re.compile(r"(?://+|/\*+|\*(?!/)|#)\s*(?P<words>.*?)\s*(?:\*/)?")
_ANNOTATED = re.compile(
    r"@(?:ApiModelProperty|Schema|ApiProperty)\s*\((?:[^\"]*?(?:value|description)\s*=\s*)?\s*\"(?P<words>[^\"]*)\".*"
)
_LITERALS = re.compile(r"[\"'](?P<value>[^\"'|]+)[\"']")
_FIELD_WORDS = re.compile(r"description\s*=\s*[\"'](?P<words>[^\"']*)[\"']")
_KEYWORDS = {
    "return",
    "def",
    "if",
    "for",
    "import",
    "from",
    "const",
    "let",
    "var",
    "function",
    "case",
    "default",
    "else",
    "constructor",
}
_PYTHON_BESIDES = ("@", '"""', "model_config", "class")


@dataclass
class _Declared:
    """One declaration: its name, its members as heads with what refers to another declaration, and its lines."""

    name: str
    at: int
    heads: list[members.Head] = field(default_factory=list)
    end: int = 0


def drafts(page: Page) -> list[Draft]:
    """Read the operation of a page that declares its answer in code; nothing where the code declares something else."""
    declared = {one.name: one for one in _declarations(page.lines) if one.heads}
    if not declared:
        return []
    parts = sections.divide(page.lines)
    known = evidence.collect(page, parts)
    used = {name for one in declared.values() for head in one.heads for name in _refers(head, declared) if name != one.name}
    roots = [one for one in declared.values() if one.name not in used] or [*declared.values()]
    fitting = [one for one in roots if _speaks(one, parts, known)]
    if not fitting:
        return []
    root = max(fitting, key=lambda one: len(one.heads))
    lines = ["" for _ in page.lines]
    entries: list[Entry] = []
    for head in islice(_flat(root, declared, 0), _MOST):
        entries += members.entries(lines, [head], head.at + 1)
    return [draft(page, STYLE, parts, entries, (root.at + 1, root.end))]


def _speaks(one: _Declared, parts: sections.Parts, known: evidence.Evidence) -> bool:
    """Tell whether a declaration is that of the answer: by the part of the page, or by the members of an example."""
    names = [head.name for head in one.heads]
    here = next((part for part in reversed(parts.sections) if part.start <= one.at), parts.sections[0])
    if len(names) < _LEAST or here.kind in sections.REQUEST or re.search(r"(?i)request|params|props|options|config", one.name):
        return False
    said = re.search(r"(?i)response|result|task|job|reply|output|vo$|dto$", one.name) is not None
    return known.speaks_of_answer(here, names, one.at) or (said and known.requested is not None)


def _declarations(lines: Sequence[str]) -> Iterator[_Declared]:
    at = 0
    while at < len(lines):
        line = lines[at]
        found = _opening(line)
        if found is None:
            at += 1
            continue
        one = _Declared(found["name"], at)
        at = one.end = _read(lines, at, one, braced=line.rstrip()[-1:] == "{" or "{" in line[found.end() - 1 :])
        yield one


def _opening(line: str) -> re.Match[str] | None:
    """Read a line that begins a declaration."""
    if not 0 < len(line) <= _LONGEST:
        return None
    return next((match for opens in _OPENS if (match := opens.match(line))), None)


def _read(lines: Sequence[str], start: int, one: _Declared, *, braced: bool) -> int:
    """Read the members of a declaration; return the index of the line after it."""
    body = _Body(one)
    at = start + 1
    for at in range(start + 1, min(start + _MOST, len(lines))):
        line = lines[at]
        if len(line) > _LONGEST or line.startswith("```") or _opening(line) is not None:
            return at
        if not line or body.commented(line) or (braced and body.opened(at, line)):
            continue
        if line[:1] == "}" and braced:
            if body.depth == 0:
                return at + 1
            body.closed(line)
        elif not body.member(at, line) and not braced and not line.startswith(_PYTHON_BESIDES):
            return at
    return at + 1


class _Body:
    """The lines between the brackets of a declaration: how deep they stand, and the comments above the next member."""

    def __init__(self, one: _Declared) -> None:
        self.one = one
        self.depth = 0
        self.words: list[str] = []

    def commented(self, line: str) -> bool:
        match = _COMMENT.fullmatch(line) or _ANNOTATED.fullmatch(line)
        if match is not None:
            self.words.append(match["words"])
        return match is not None

    def opened(self, at: int, line: str) -> bool:
        """Take a member whose own members follow: `extra: {`."""
        match = _TYPESCRIPT_NESTED.fullmatch(line)
        if match is None:
            return False
        claim = TypeClaim("array", items=TypeClaim("object")) if match["list"] else TypeClaim("object")
        self.one.heads.append(_head(at, match, claim, match["sign"] is None, self.words, self.depth))
        self.words, self.depth = [], self.depth + 1
        return True

    def closed(self, line: str) -> None:
        self.depth -= 1
        _listed(self.one, self.depth, line)

    def member(self, at: int, line: str) -> bool:
        head = _member(line, at, self.words, self.depth)
        if head is not None:
            self.one.heads.append(head)
        if not line.startswith("@"):
            self.words = []
        return head is not None


def _listed(one: _Declared, depth: int, line: str) -> None:
    """Make a list of the object that a line closes, if it says so: `}[];`."""
    if not re.match(r"\}\s*\)?\s*(?:\[\]|>)", line):
        return
    for number in range(len(one.heads) - 1, -1, -1):
        head = one.heads[number]
        if head.depth == depth and head.said.claim is not None and head.said.claim.type == "object":
            said = replace(head.said, claim=TypeClaim("array", items=TypeClaim("object")))
            one.heads[number] = head._replace(said=said)
            return


def _member(line: str, at: int, words: Sequence[str], depth: int) -> members.Head | None:
    if (match := _GO.fullmatch(line)) is not None:
        if match["name"] == "-":
            return None
        claim = replace(_claim(match["type"]), nullable=True if match["type"].startswith("*") else None)
        return _head(at, match, claim, False if "omitempty" in match["options"] else None, words, depth)
    if (match := _JAVA.fullmatch(line)) is not None:
        return _head(at, match, _claim(match["type"]), None, words, depth)
    for pattern in (_TYPESCRIPT, _PYTHON):
        match = pattern.fullmatch(line)
        if match is None or match["name"] in _KEYWORDS or "(" in match["type"]:
            continue
        if pattern is _PYTHON:
            described = _FIELD_WORDS.search(match["default"] or "")
            said = [*words, described["words"]] if described is not None else words
            return _head(at, match, _claim(match["type"]), None, said, depth)
        if line.endswith((";", ",")) or match["sign"] or "//" in line or "/*" in line:
            return _head(at, match, _claim(match["type"]), match["sign"] is None, words, depth)
    return None


def _head(
    at: int,
    match: re.Match[str],
    claim: TypeClaim,
    required: bool | None,  # noqa: FBT001 (it is what the code says)
    words: Sequence[str],
    depth: int,
) -> members.Head:
    values: tuple[str, ...] = ()
    if claim.enum and claim.component is not None:
        values = tuple(dict.fromkeys(_LITERALS.findall(claim.component)))
        claim = replace(claim, component=None)
    said = qualifiers.Said(claim if claim.type is not None or claim.component else None, required=required, values=values)
    said.words = "\n".join(word for word in (*words, match["words"] or "") if word)
    return members.Head(at, at + 1, match["name"], said, at, depth)


def _claim(text: str) -> TypeClaim:
    """Read a type of a programming language; the name of another declaration stays as `component` until that is looked up."""
    text = text.strip().strip("*").removeprefix("?")
    literal = re.fullmatch(r"(?:Literal\[)?\s*(?:[\"'][^\"']+[\"']\s*[|,]?\s*)+\]?(?:\s*\|\s*(?P<null>null|None))?", text)
    if literal is not None:
        return TypeClaim("string", nullable=True if literal["null"] else None, enum=True, component=text)
    bare = re.sub(r"\s*\|\s*undefined\b", "", text)
    claim = typewords.read(bare)
    if claim is not None:
        return claim
    if re.fullmatch(r"(?:Record|Map|Dict|dict|HashMap|map)\b.*", bare) or bare in ("interface{}", "Any", "unknown", "JsonNode"):
        return TypeClaim("object" if bare[:1] in "RMDdHm" else None)
    present = re.sub(r"^Optional\[(.+)\]$|\s*\|\s*(?:null|None)$", r"\1", bare) if "[" in bare or "<" in bare else bare
    inner = re.fullmatch(
        r"(?:\[\]\*?|(?:Array|List|list|Sequence|Set)\s*[<\[]\s*)(?P<of>\w+)\s*[>\]]?|(?P<post>\w+)\[\]", present
    )
    if inner is not None:
        items = TypeClaim("object", component=inner["of"] or inner["post"])
        return TypeClaim("array", nullable=True if present != bare else None, items=items)
    optional = re.fullmatch(r"(?:Optional\[(?P<of>\w+)\]|(?P<or>\w+)\s*\|\s*(?:null|None))", bare)
    if optional is not None:
        return TypeClaim(None, nullable=True, component=optional["of"] or optional["or"])
    return TypeClaim(None, component=bare if re.fullmatch(r"[A-Z]\w*", bare) else None)


def _refers(head: members.Head, declared: dict[str, _Declared]) -> list[str]:
    claim = head.said.claim
    inner = claim.items if claim is not None and claim.type == "array" else claim
    return [inner.component] if inner is not None and inner.component in declared and inner.component is not None else []


def _flat(
    one: _Declared, declared: dict[str, _Declared], depth: int, within: frozenset[str] = frozenset()
) -> Iterator[members.Head]:
    """Yield the members of a declaration, each followed by those of the declaration that it refers to, but never to itself."""
    within |= {one.name}
    for head in one.heads:
        at = depth + (head.depth or 0)
        refers = _refers(head, declared)
        claim = head.said.claim
        if refers and claim is not None and claim.type is None:
            claim = replace(claim, type="object")
        elif claim is not None and claim.type is None and claim.nullable is None:
            claim = None
        yield head._replace(depth=at, said=replace(head.said, claim=claim))
        for name in refers:
            if name not in within and at < _DEEPEST:
                yield from _flat(declared[name], declared, at + 1, within)
