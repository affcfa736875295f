"""What follows a member's name on its line: type, marks, limits, values, and the words that remain, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from docpact.derive import labels, typewords
from docpact.derive.claims import TypeClaim

LONGEST = 4000
_LONGEST_MARKS = 60
_MOST_STEPS = 12
_BREAK = re.compile(r"(?:\s|[:：\-–—|,，;；·•=→]|//|#(?=\s)|[.。](?=\s)|<br\s*/?>|\\\\)+")
_OPENERS = {"(": ")", "（": "）", "[": "]", "【": "】", "<": ">", "{": "}", "`": "`", "_": "_"}
_STARRED = re.compile(r"\*{1,3}(?P<of>[^*]{1,120}?)\*{1,3}")
_PIECES = re.compile(r"\s*[,，、;；|·]\s*|\s+/\s+")
_WORD = re.compile(r"[^\s,，、;；:：()（）\[\]|.。]+(?:[ ][^\s,，、;；:：()（）\[\]|.。]+)?")
_ONE_WORD = re.compile(r"[^\s,，、;；:：()（）\[\]|.。]+")
_GLUED = re.compile(rf"(?i)(?P<mark>{'|'.join(sorted(labels.REQUIRED | labels.OPTIONAL, key=len, reverse=True))})(?![a-z])")
_MARKS = re.compile(
    "|".join(map(re.escape, labels.REQUIRED | labels.OPTIONAL | labels.NULLABLE | labels.OTHER_MARKS)), re.IGNORECASE
)
_LAST_GROUP = re.compile(r"\s*[(（\[【](?P<of>[^()（）\[\]【】]{1,80})[)）\]】]\s*[.。]?$")
_LAST_MARK = re.compile(
    r"(?i)[\s,，。.;；]\s*(?P<mark>required|optional|非必填|非必需|必填|必需|可选|选填|必选|必須|任意|필수|선택|nullable|可为空|可空|允许为空)\s*[.。]?$"
)
_DEFAULT = re.compile(r"(?i)(?:default(?:s to)?|默认值?)\s*[:：=]?\s*(?P<value>\S.*)")
_DEFAULT_FIRST = re.compile(
    r"(?i)(?:default|默认值?)\s*[:：=]\s*(?P<value>`[^`]{0,80}`|\"[^\"]{0,80}\"|[\w.+-]{1,40}(?=[\s,，;；)]|$))"
)
_EXAMPLE = re.compile(r"(?i)(?:example|e\.g\.|示例|例如)\s*[:：=]\s*(?P<value>\S.*)")
FORMATS = {"int32", "int64", "date-time", "date", "uri", "uuid", "float", "double"}
_LIMITS = re.compile(rf"(?:(?:{labels.LIMIT.pattern.removeprefix('(?i)')})\s*)+(?:\^\S*)?", re.IGNORECASE)
_ENUM_WORDS = {"enum", "枚举", "enumeration"}
_LITERALS = re.compile(r"""(?:["'][^"'|]{1,60}["']\s*\|\s*)+["'][^"'|]{1,60}["']""")


@dataclass
class Said:
    """What the words after a name say; `words` are what remains, which describes the member.

    `listed_at` are the first and last line of `values`, where they stand on lines of their own.
    """

    claim: TypeClaim | None = None
    required: bool | None = None
    nullable: bool | None = None
    default: str | None = None
    enum: bool = False
    values: tuple[str, ...] = ()
    limits: list[str] = field(default_factory=list)
    words: str = ""
    listed_at: tuple[int, int] | None = None

    @property
    def typed(self) -> TypeClaim:
        """Return the claim with what marks add to it; a type that is not said stays open."""
        claim = self.claim or TypeClaim(None)
        if self.nullable is not None:
            claim = replace(claim, nullable=self.nullable)
        return replace(claim, enum=True) if self.enum else claim


def read(text: str, *, components: bool = False) -> Said:
    """Read what stands after a name; a text that says nothing of a kind that is known is all words."""
    said = Said()
    rest = text[:LONGEST]
    for _ in range(_MOST_STEPS):
        rest = rest[match.end() :] if (match := _BREAK.match(rest)) is not None else rest
        taken = _take(said, rest, components=components)
        if taken is None:
            break
        rest = taken
    said.words = _ended(said, rest)
    return said


def _take(said: Said, rest: str, *, components: bool) -> str | None:
    """Take one thing from the beginning of `rest`: return what follows it, or None where words begin."""
    if not rest:
        return None
    if (match := _STARRED.match(rest)) is not None:
        return rest[match.end() :] if _group(said, match["of"], components=components) else None
    if rest[0] in _OPENERS and (after := _bracketed_said(said, rest, components=components)) is not None:
        return after
    at = _limit(said, rest) or _literals(said, rest) or _default(said, rest) or _marked(said, rest)
    if at:
        return rest[at:]
    if said.claim is None and (found_type := _type(rest)) is not None:
        said.claim, after = found_type
        return after
    return None


def is_limit(line: str) -> bool:
    """Tell whether a line is nothing but limits: `>= 0`, `<= 64 characters`."""
    return len(line) <= _LONGEST_MARKS and _LIMITS.fullmatch(line) is not None


def _limit(said: Said, rest: str) -> int:
    """Take limits that end a line, `>= 0`, `[ 1 .. 64 ] characters`; return where they end, or 0."""
    if said.claim is None or not is_limit(rest):
        return 0
    said.limits.append(rest)
    return len(rest)


def _literals(said: Said, rest: str) -> int:
    """Take values that stand for a type, `"A" | "B"`; return where they end, or 0."""
    match = _LITERALS.match(rest) if said.claim is None else None
    if match is None:
        return 0
    said.claim = TypeClaim("string", enum=True)
    said.values = tuple(dict.fromkeys(re.findall(r"""["']([^"'|]+)["']""", match[0])))
    return match.end()


def _default(said: Said, rest: str) -> int:
    match = _DEFAULT_FIRST.match(rest) if said.default is None else None
    if match is None:
        return 0
    said.default = match["value"].strip("`\"'")
    return match.end()


def _marked(said: Said, rest: str) -> int:
    """Take a mark, of one word, of two, or glued to what follows; return where it ends, or 0."""
    if (match := _GLUED.match(rest)) is not None and _ends(rest, match.end()):
        _mark(said, match["mark"])
        return match.end()
    for pattern in (_WORD, _ONE_WORD):
        if (match := pattern.match(rest)) is not None and _mark(said, match[0]):
            return match.end()
    return 0


def _type(rest: str) -> tuple[TypeClaim, str] | None:
    found = typewords.lead(rest)
    if found is not None:
        return found
    # `stringrequired`: what a page sets apart by a margin is glued in its text.
    glued = re.match(r"([A-Za-z][\w<>\[\]-]{2,40}?)(?=(?:required|optional|nullable|deprecated)(?![\w-]))", rest)
    claim = typewords.read(glued[1]) if glued is not None else None
    return (claim, rest[glued.end() :]) if glued is not None and claim is not None else None


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or not (text[at].isascii() and text[at].isalnum())


def _bracketed_said(said: Said, rest: str, *, components: bool) -> str | None:
    """Take what stands in the brackets that `rest` begins with; what they hold besides goes to the end of the words."""
    found = _bracketed(rest)
    if found is None:
        return None
    if _group(said, found[0], components=components):
        return found[1]
    remaining = _partly(said, found[0]) if rest[0] in "(（" else None
    return None if remaining is None else f"{found[1].lstrip(' :：-–—')} （{remaining}）".lstrip()


def _bracketed(rest: str) -> tuple[str, str] | None:
    """Return what stands in the brackets that `rest` begins with, and what follows them."""
    opener, closer = rest[0], _OPENERS[rest[0]]
    depth = 0
    for at, char in enumerate(rest[:200]):
        if char == opener and (opener != closer or at == 0):
            depth += 1
        elif char == closer:
            depth -= 1
            if depth == 0:
                return rest[1:at].strip(), rest[at + 1 :]
    return None


def _group(said: Said, inner: str, *, components: bool) -> bool:
    """Take what stands in brackets, or in other letters, if all of it is known."""
    inner = inner.strip().strip(":：").strip("`* ")
    if said.claim is None and (claim := typewords.read(inner, components=components)) is not None:
        said.claim = claim
        return True
    pieces = [piece for piece in _PIECES.split(inner) if piece]
    if not pieces:
        return False
    trial = replace(said, limits=[*said.limits])
    if not all(_piece(trial, piece, components=components) for piece in pieces):
        spaced = [piece for piece in inner.split() if piece]
        trial = replace(said, limits=[*said.limits])
        if len(spaced) == len(pieces) or not all(_piece(trial, piece, components=components) for piece in spaced):
            return False
    for name, value in vars(trial).items():
        setattr(said, name, value)
    return True


def _partly(said: Said, inner: str) -> str | None:
    """Take the type that brackets begin with, `(string, one of A or B)`, and return what else they hold."""
    pieces = _PIECES.split(inner, maxsplit=1)
    claim = typewords.read(pieces[0]) if said.claim is None and len(pieces) > 1 else None
    if claim is None:
        return None
    said.claim = claim
    return pieces[1].strip()


def _piece(said: Said, piece: str, *, components: bool) -> bool:
    bare = piece.strip("`*_ ")
    if _mark(said, bare):
        return True
    if said.claim is None and (claim := typewords.read(bare, components=components)) is not None:
        said.claim = claim
    elif (match := _DEFAULT.fullmatch(bare)) is not None:
        said.default = match["value"].strip("`\"'")
    elif labels.LIMIT.fullmatch(bare) is not None:
        said.limits.append(bare)
    elif bare.casefold() in FORMATS and said.claim is not None:
        said.claim = replace(said.claim, format=bare.casefold())
    else:
        return _EXAMPLE.fullmatch(bare) is not None
    return True


def _mark(said: Said, word: str) -> bool:
    kind = labels.mark(word)
    if kind is None:
        if word.casefold() in _ENUM_WORDS:
            said.enum = True
            return True
        return False
    if kind in ("required", "optional"):
        said.required = kind == "required"
    elif kind == "nullable":
        said.nullable = True
    return True


def _ended(said: Said, rest: str) -> str:
    """Take what is said at the end of the words: `task id (string, required)`, `任务ID，必填。`."""
    rest = rest.strip()
    group = _LAST_GROUP.search(rest[-90:])
    if group is not None and (said.claim is None or said.required is None):
        trial = replace(said, limits=[*said.limits])
        if _group(trial, group["of"], components=False) and (trial.claim, trial.required) != (said.claim, said.required):
            for name, value in vars(trial).items():
                setattr(said, name, value)
            rest = rest[: max(len(rest) - 90, 0) + group.start()].rstrip()
        elif (remaining := _partly(said, group["of"])) is not None:
            rest = f"{rest[: max(len(rest) - 90, 0) + group.start()].rstrip()}（{remaining}）"
    while (mark := _LAST_MARK.search(rest[-40:])) is not None and _mark(said, mark["mark"]):
        rest = rest[: max(len(rest) - 40, 0) + mark.start()].rstrip(" ,，;；")
    return rest


def marks(line: str) -> Said | None:
    """Read a line that is nothing but marks (`可选 允许为空`, `required, nullable`), or None."""
    if len(line) > _LONGEST_MARKS or _MARKS.search(line) is None:
        return None
    said = read(line)
    return said if not said.words and said.claim is None and not said.limits and not said.enum else None
