"""The token of a run: hidden in whatever is shown, kept or raised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpact.live.tokens import revealing
from docpact.validate.heard import writings
from docpact.validate.packed import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpact.exchange import Answer, Exchange, Headers
    from docpact.finding import Finding

HIDDEN = "[token]"
# A part of a token that is shorter could be any word.
_LEAST_PART = 6
# What is kept of a body, in bytes; a token that the cut would split must be whole when it is looked for.
_KEPT = 1 << 18
_MARGIN = 1 << 12


class Mask:
    """Hide some tokens, in any case of letters and in the ways that servers write them; a half of one is hidden too."""

    def __init__(self, tokens: Iterable[str | None]) -> None:
        forms: set[str] = set()
        for token in tokens:
            if token:
                forms |= _forms(token)
        ways = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        self._text = re.compile(ways, re.IGNORECASE) if ways else None
        self._bytes = re.compile(ways.encode(), re.IGNORECASE) if ways else None

    def __repr__(self) -> str:
        """Say no token."""
        return "Mask(…)"

    def text(self, text: str) -> str:
        """Hide the tokens in a text."""
        return text if self._text is None else self._text.sub(HIDDEN, text)

    def content(self, content: bytes) -> bytes:
        """Hide the tokens in bytes."""
        return content if self._bytes is None else self._bytes.sub(HIDDEN.encode(), content)

    def headers(self, headers: Headers) -> Headers:
        """Hide the tokens in headers."""
        return tuple((self.text(name), self.text(value)) for name, value in headers)

    def answer(self, answer: Answer) -> Answer:
        """Hide the tokens in an answer; a packed body that holds one is kept unpacked, and a large one only as it begins."""
        headers, body = self.headers(answer.headers), answer.body[: _KEPT + _MARGIN]
        packing = answer.header("content-encoding")
        if packing and self._bytes is not None:
            content = unpacked(body, packing, _KEPT).body
            if self._bytes.search(content):
                headers, body = tuple(pair for pair in headers if pair[0].lower() != "content-encoding"), content
        return answer._replace(headers=headers, body=self.content(body)[:_KEPT])

    def exchange(self, exchange: Exchange) -> Exchange:
        """Hide the tokens in an exchange."""
        request = exchange.request
        return exchange._replace(
            request=request._replace(target=self.text(request.target), headers=self.headers(request.headers)),
            answer=None if exchange.answer is None else self.answer(exchange.answer),
            note=self.text(exchange.note),
        )

    def finding(self, finding: Finding) -> Finding:
        """Hide the tokens in all that a finding says."""
        if self._text is None:
            return finding
        place = finding.place
        return finding._replace(
            place=place._replace(source=self.text(place.source), pointer=self.text(place.pointer)),
            message=self.text(finding.message),
            hint=self.text(finding.hint),
            found=self._value(finding.found),
            expected=self._value(finding.expected),
            traffic=finding.traffic and finding.traffic._replace(
                curl=self.text(finding.traffic.curl), excerpt=self.text(finding.traffic.excerpt)
            ),
        )  # fmt: skip

    def _value(self, value: Any) -> Any:
        return self.text(value) if isinstance(value, str) else value


def _forms(token: str) -> set[str]:
    told = {part for part in revealing(token) if part == token or len(part) >= _LEAST_PART}
    return {form for part in told for form in (part, part.replace("/", "\\/"), *writings(part)) if form}
