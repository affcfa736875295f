"""A finding: one breach of one rule at one place; returned, never raised."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

# The interpreter's own: `hashlib` loads a library for sixty more kinds, which takes as long as judging fifty payloads.
try:
    from _sha2 import sha256  # type: ignore[import-not-found] # Python 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found] # Python 3.11
    except ImportError:
        from hashlib import sha256


class Severity(StrEnum):
    """How bad a breach is: an `error` breaks the contract, a `warning` deserves a look, a `note` is told, and is no breach."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Layer(StrEnum):
    """Which promise a rule speaks for."""

    DOCUMENTED = "documented"
    COHERENT = "coherent"
    LIFECYCLE = "lifecycle"
    TRANSPORT = "transport"
    # Of what changed between two contracts, and of no payload.
    COMPATIBILITY = "compatibility"


class Place(NamedTuple):
    """Where a finding was made; lines, columns and items count as editors do.

    `source` is the file or name; `line` and `column` start at 1 and are None where the source has none; `pointer` is an
    RFC 6901 pointer into the payload; `item` is the position of the payload in a list body, from 0.
    """

    source: str = ""
    line: int | None = None
    pointer: str = ""
    column: int | None = None
    item: int | None = None


class Clause(NamedTuple):
    """The lines of the documented page behind a rule, first and last, counted from 1, and what they say."""

    page: str
    lines: tuple[int, int]
    quote: str = ""


class Traffic(NamedTuple):
    """The request and the answer behind a finding of a live endpoint, without tokens, safe to show.

    `curl` is the request as a shell line, with the token as a variable; `poll` counts the polls of the task from 1, and is
    None for what is no poll; `status` is that of HTTP, None where no answer came; `excerpt` is how the body begins.
    """

    curl: str
    poll: int | None = None
    status: int | None = None
    excerpt: str = ""


class Witness(NamedTuple):
    """What shows that a change is one, safe to show: the JSON `text` of a payload that one contract allows, the other refuses.

    `allowed_by` and `refused_by` name the two. Where none could be made, `text` is empty, and `lack` says why.
    """

    text: str = ""
    allowed_by: str = ""
    refused_by: str = ""
    lack: str = ""


class Changed(NamedTuple):
    """What changed between two contracts: what was promised, what is now, and the page lines behind each of them."""

    old: object
    new: object
    old_clause: Clause | None = None
    new_clause: Clause | None = None
    witness: Witness | None = None


class Finding(NamedTuple):
    """One breach of one rule at one place.

    `found` and `expected` are safe to show: short, and without secrets (see `redact`). `excused_by` names the profiles under
    which this would not be a finding. `traffic` is there where a live endpoint was asked, `changed` where contracts were
    compared.
    """

    rule: str
    layer: Layer
    severity: Severity
    place: Place
    message: str
    hint: str
    found: object = None
    expected: object = None
    clause: Clause | None = None
    excused_by: tuple[str, ...] = ()
    traffic: Traffic | None = None
    changed: Changed | None = None

    @property
    def fingerprint(self) -> str:
        """The identity of the breach from run to run: rule, pointer without indices, clause; never the message."""
        return fingerprint(self.rule, self.place.pointer, self.clause)


@lru_cache(maxsize=4096)
def fingerprint(rule: str, pointer: str, clause: Clause | None) -> str:
    """Hash rule, pointer (indices as `*`) and clause into sixteen hexadecimal digits."""
    lines = "" if clause is None else f"{clause.page}:{clause.lines[0]}-{clause.lines[1]}"
    text = "\x1f".join((rule, without_indices(pointer), lines))
    return digits_of(text.encode("utf-8", "surrogatepass"))[:16]


def digits_of(data: bytes) -> str:
    """Hash some bytes (SHA-256) into hexadecimal digits."""
    digits: str = sha256(data).hexdigest()
    return digits


@lru_cache(maxsize=4096)
def without_indices(pointer: str) -> str:
    """Write a pointer with every array index as `*`: `/buttons/3/style` becomes `/buttons/*/style`."""
    if not any(c.isdigit() for c in pointer):
        return pointer
    return "/".join("*" if part.isascii() and part.isdigit() else part for part in pointer.split("/"))


def escape_token(name: str) -> str:
    """Write a member name as one token of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
