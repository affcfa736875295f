"""Families: what the servers of a profile answer besides tasks, as `relay.toml` tells it, and the picture that they show."""

from __future__ import annotations

import json
import struct
import tomllib
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpact import terms
from docpact.errors import ContractError
from docpact.exchange import Answer
from docpact.generate.encoded import compact
from docpact.terms import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.contract import Contract
    from docpact.exchange import Headers

NAME = "relay.toml"
OCCASIONS = ("unknown", "no-token", "wrong-token", "method", "elsewhere")
# A client in a browser may read the answer, as it may with the relays that are used from there.
OPEN = ("access-control-allow-origin", "*")

_TABLES = dict.fromkeys(("serves", "answers", "submits", "replies"), terms.TABLES_LIST)
_WHY = {"profiles": terms.TEXTS, "reason": terms.TEXT, "fact": terms.TEXT}
_SERVES = {
    "type": terms.TEXT, "modes": terms.TEXTS, "writes": terms.one_of("plain", "html", "ascii"),
    "token": terms.one_of("whole", "to-dash"), "head": terms.TRUTH, **_WHY,
}  # fmt: skip
_ANSWERS = {
    "on": terms.TEXTS, "status": terms.WHOLE, "type": terms.TEXT, "body": terms.TEXT, "headers": terms.TABLE, **_WHY,
}  # fmt: skip
# The side of the picture that stands wherever a task says that its image is, and that of its fields.
_SIDE, _FIELD = 64, 8
_SKELETON = {"no-token": 401, "wrong-token": 401, "method": 405}


@dataclass(frozen=True, slots=True)
class Family:
    """How the servers of one profile serve: see `relay.toml` for what each of these means."""

    type: str = "application/json"
    modes: frozenset[str] = frozenset("*")
    writes: str = "plain"
    token: str = "whole"  # noqa: S105 - how much of a token is compared
    head: bool = True
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])

    def task(self, payload: Any) -> bytes:
        """Write a payload as this family does."""
        if self.writes == "ascii":
            return json.dumps(payload, separators=(",", ":")).encode()
        text = compact(payload)
        if self.writes == "html":
            return text.replace(b"&", b"\\u0026").replace(b"<", b"\\u003c").replace(b">", b"\\u003e")
        return text

    def compared(self, token: str) -> str:
        """Return that part of a token that is compared."""
        return token.removeprefix("sk-").partition("-")[0] if self.token == "to-dash" else token  # noqa: S105 - a way


def load(contract: Contract, profile: str) -> Family:
    """Load what a family answers; without `relay.toml` it is what HTTP says. Raises `ContractError` for what is unknown."""
    said = read(contract)
    answers = {on: _skeleton(_SKELETON.get(on, 404)) for on in OCCASIONS}
    for number, row in reversed(list(enumerate(said.get("answers", ()), 1))):
        checked(row, _ANSWERS, f"{NAME}, [[answers]] {number}", ("on", "status", "reason", "fact"))
        if _speaks_of(row, profile):
            answers |= {on: _answer(row) for on in row["on"]}
    for number, row in enumerate(said.get("serves", ()), 1):
        checked(row, _SERVES, f"{NAME}, [[serves]] {number}", ("type", "modes", "writes", "token", "head", "reason", "fact"))
        if _speaks_of(row, profile):
            return Family(row["type"], frozenset(row["modes"]), row["writes"], row["token"], row["head"], answers)
    return Family(modes=frozenset(), answers=answers)


def read(contract: Contract) -> dict[str, Any]:
    """Read `relay.toml` beside a contract; nothing where there is none."""
    path = Path(contract.folder, NAME)
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ContractError(f"{path} cannot be read: {error}", hint="it is TOML, in UTF-8") from error
    return checked(said, _TABLES, NAME)


def _speaks_of(row: Mapping[str, Any], profile: str) -> bool:
    return not row.get("profiles") or profile in row["profiles"]


def _answer(row: Mapping[str, Any]) -> Answer:
    kind: Headers = (("content-type", row["type"]),) if row.get("type") else ()
    return Answer(row["status"], (*kind, *row.get("headers", {}).items(), OPEN), row.get("body", "").encode())


def _skeleton(status: int) -> Answer:
    body = compact({"error": {"message": {401: "the token is missing or wrong"}.get(status, "not found"), "type": str(status)}})
    return Answer(status, (("content-type", "application/json"), OPEN), b"" if status == 405 else body)  # noqa: PLR2004 - no such method


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png() -> bytes:
    """Draw a chequered square of 64 by 64 pixels, two bits of colour; stored, so that no version of zlib changes a byte."""
    rows = b"".join(b"\0" + (b"\xff\x00" if y // _FIELD % 2 else b"\x00\xff") * (_SIDE // 16) for y in range(_SIDE))
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows + struct.pack(">I", zlib.adler32(rows))
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", stored) + _chunk(b"IEND", b"")


PICTURE = _png()
IMAGE = Answer(200, (("content-type", "image/png"), ("cache-control", "public, max-age=3600"), OPEN), PICTURE)
