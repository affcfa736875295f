"""The last look: what is about to be written down is searched, as bytes, for what is shaped like a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Suspicion(NamedTuple):
    """Something that looks like a secret: of what kind, and in which line; never what it is."""

    kind: str
    line: int


# Each is a shape that nothing else has; what takes the place of a secret (`redacted`) has none of them.
_SHAPES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("a key that begins with sk-", rb"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}"),
        ("a token of GitHub, GitLab, Slack, AWS, Google or Hugging Face",
         rb"gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|A[KS]IA[A-Z0-9]{16}|AIza[\w-]{35}|hf_\w{20,}"),
        ("a JSON Web Token", rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"),
        ("a token of a Discord bot", rb"(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}(?![\w-])"),
        ("an Authorization header", rb'(?i)"?authorization"?\s*:\s*(?:\[\s*)?"?(?!redacted)[A-Za-z0-9]'),
        ("a bearer token", rb"(?i)bearer\s+(?!redacted)[A-Za-z0-9._~+/=-]{8,}"),
        ("a cookie", rb'(?i)"?(?:set-)?cookie"?\s*:\s*(?:\[\s*)?"?(?!redacted)[^\s"=;,]{1,100}='),
        ("an mj-api-secret header", rb'(?i)"?mj-api-secret"?\s*:\s*(?:\[\s*)?"?(?!redacted)[^\s"\]]'),
        ("a private key", rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        ("a signed address", rb"(?i)[?&](?:ex|is|hm|token|sig|signature|x-amz-[a-z-]+|x-goog-[a-z-]+)=(?!redacted)[^\s\"&]"),
        ("a login in an address", rb"[a-z][a-z0-9+.-]*://[^\s/\"@]+:[^\s/\"@]+@"),
        ("a webhook", rb"/api/(?:v\d+/)?webhooks/\d{5,}/|hooks\.slack\.com/services/[A-Z0-9]|/bot\d{5,}:[\w-]{20,}"),
        ("an e-mail address", rb"(?<![\w.+-])[\w.+-]{1,64}@(?!redacted\.example)(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w.])"),
    )
)  # fmt: skip


def suspicions(content: bytes, secrets: Iterable[str] = ()) -> Iterator[Suspicion]:
    """Yield what looks like a secret in the bytes of a file, line by line; `secrets` may stand nowhere, in whatever coding."""
    for secret in filter(None, secrets):
        for form in {secret, quote(secret, safe=""), secret.encode("unicode_escape").decode()}:
            for found in re.finditer(re.escape(form.encode()), content):
                yield Suspicion("the token that was used", _line(content, found.start()))
    for kind, shape in _SHAPES:
        for found in shape.finditer(content):
            yield Suspicion(kind, _line(content, found.start()))


def _line(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1
