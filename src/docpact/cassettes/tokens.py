"""Tokens that may stand nowhere, in any case of letters and in the ways that they are written within other texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from docpact.cassettes.shapes import REDACTED, STANDINS
from docpact.errors import UsageError
from docpact.validate.heard import packings, writings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A shorter token is a word among others, and its codings are found anywhere.
_LEAST, _LEAST_CODED = 6, 8
_AROUND = "[A-Za-z0-9+/_-]{{0,2}}{}[A-Za-z0-9+/_-]{{0,2}}={{0,2}}"


class Tokens:
    """Some tokens, to be taken out of texts; raises `UsageError` for one that is part of what takes its place."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form: None for secret in secrets if secret for form in _forms(secret)}
        ways = "|".join(sorted(forms, key=len, reverse=True))
        self._pattern = re.compile(ways, re.IGNORECASE) if ways else None
        if self._pattern is not None and any(map(self._pattern.search, STANDINS)):
            hint = "use a token of its own for what is recorded"
            raise UsageError("the token is a word that stands in place of what is taken out of a recording", hint=hint)

    def taken_from(self, text: str) -> str:
        """Return a text without the tokens."""
        return text if self._pattern is None else self._pattern.sub(REDACTED, text)

    def starts(self, text: str) -> Iterator[int]:
        """Yield where in a text a token stands."""
        if self._pattern is not None:
            yield from (found.start() for found in self._pattern.finditer(text))


def _forms(secret: str) -> Iterator[str]:
    """Yield the patterns of what a token looks like."""
    if len(secret) < _LEAST:
        yield rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])"
        return
    written = {secret, secret.replace("/", "\\/"), quote(secret, safe=""), quote(quote(secret, safe=""), safe="")}
    packed = set(packings(secret)) if len(secret) >= _LEAST_CODED else set()
    written |= set(writings(secret)) - packed if len(secret) >= _LEAST_CODED else set()
    yield from (re.escape(form) for form in written if len(form) >= _LEAST)
    # What begins and ends the base64 of a token holds bits of the token too.
    yield from (
        re.escape(form) if form[0] == "\\" else _AROUND.format(re.escape(form)) for form in packed if len(form) >= _LEAST
    )
