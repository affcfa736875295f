"""What was heard of an exchange: its answer unpacked as far as the limit, and texts of it that are safe to say."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from docpact.exchange import Answer, header
from docpact.finding import Clause
from docpact.redact import shown_text
from docpact.validate.packed import Unpacked, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpact.contract import Contract
    from docpact.exchange import Exchange

# A task is some kilobytes.
LIMIT = 4 * 1024 * 1024
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_LONGEST = 300
_KIND = "sk-"
_LEAST_WITHOUT = 12
_NOTHING = Answer(0)


class Heard(NamedTuple):
    """An exchange with what its judges ask of it again and again."""

    exchange: Exchange
    answer: Answer
    contract: Contract
    content: Unpacked
    secrets: tuple[str, ...]
    limit: int

    def header(self, name: str) -> str | None:
        """Return the first header of a name, without blanks around it, or None."""
        value = header(self.answer.headers, name)
        return None if value is None else value.strip()

    def all_of(self, name: str) -> list[str]:
        """Return what is listed in all headers of a name, cut at commas."""
        values = (value for key, value in self.answer.headers if key.lower() == name)
        return [part.strip() for value in values for part in value.split(",")]

    @property
    def begins_as_json(self) -> bool:
        """Whether the body begins as a JSON object or list does."""
        return self.content.body[:_LONGEST].removeprefix(_BOM).lstrip(_BLANK)[:1] in (b"{", b"[")

    def safe(self, text: str) -> str:
        """Return a text of the answer as it may be shown: short, without the tokens of this exchange or what looks like one."""
        text = text[: _LONGEST * 10]
        for secret in self.secrets:
            for writing in writings(secret):
                if writing in text.lower():
                    text = re.sub(re.escape(writing), "[secret]", text, flags=re.IGNORECASE)
        return shown_text(text)

    def clause(self, key: str) -> Clause | None:
        """Return the lines of the page behind a part of the operation: auth, method or path."""
        for path in self.contract.openapi.get("paths", {}).values():
            for operation in path.values():
                lines = operation.get("x-page-lines", {}).get(key) if isinstance(operation, dict) else None
                if lines:
                    first, last = lines
                    return Clause(self.contract.page_label, (first, last), "\n".join(self.contract.page[first - 1 : last]))
        return None


def writings(secret: str) -> Iterator[str]:
    """Yield the ways in which a token is written, in lower case: as it is, with escapes of a URL, and packed."""
    yield secret.lower()
    # What stands before it tells of which kind a token is, and is left out by some.
    if secret.startswith(_KIND) and len(secret) >= _LEAST_WITHOUT:
        yield secret.removeprefix(_KIND).lower()
    yield quote(secret, safe="", errors="replace").lower()
    yield from packings(secret)


def packings(secret: str) -> Iterator[str]:
    r"""Yield what a token looks like within a longer text that is in base64, in hexadecimal digits, or all in `\uXXXX`.

    In base64 a byte is written in one of three ways, by where it stands; what depends on the bytes beside it is left out.
    """
    content = secret.encode("utf-8", "replace")
    for before in range(3):
        written = b64encode(b"\0" * before + content).decode()
        sure = written[(before * 8 + 5) // 6 : len(written) - 1 - written.count("=") if written.endswith("=") else None].lower()
        yield sure
        if not sure.isalnum():
            yield sure.replace("+", "-").replace("/", "_")
    yield content.hex()
    yield "".join(f"\\u{ord(char):04x}" for char in secret)


def hear(exchange: Exchange, contract: Contract, secrets: Sequence[str], limit: int) -> Heard:
    """Unpack the answer of an exchange, where there is one, as far as the limit."""
    answer = exchange.answer or _NOTHING
    encodings = ",".join(value for key, value in answer.headers if key.lower() == "content-encoding")
    content = unpacked(answer.body, encodings, limit)
    # The longest first, since one may be the beginning of another.
    known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    return Heard(exchange, answer, contract, content, tuple(known), limit)
