"""The guard: which token a request presents, whether it is the right one, and which addresses are of this machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docpact.exchange import Headers
    from docpact.mock.family import Family

# What a relay in between writes as its own name, so that the other header is looked at.
_NO_NAME = "midjourney-proxy"
_FIRST, _SECOND = "authorization", "mj-api-secret"
_BEARER = "bearer "


class Guard:
    """Compares tokens; `asks` is False where none is asked for."""

    def __init__(self, family: Family, token: str, *, secured: bool) -> None:
        self.asks = secured and bool(token)
        self._family = family
        self._token = family.compared(token)

    def lets_in(self, headers: Headers) -> bool:
        """Tell whether a request with such headers is answered with what it asks for."""
        return not self.asks or self._family.compared(self.presented(headers) or "") == self._token

    def presented(self, headers: Headers) -> str | None:
        """Return the token that a request presents, "" for an empty one, and None where it says nothing of a token."""
        said: str | None = None
        secret: str | None = None
        for name, value in headers:
            size = len(name)
            if size == len(_FIRST) and name.lower() == _FIRST:
                said = value.strip()
            elif size == len(_SECOND) and name.lower() == _SECOND:
                secret = value.strip()
        if secret is not None and (not said or said == _NO_NAME):
            said = secret
        if said is None:
            return None
        if said[: len(_BEARER)].lower() == _BEARER:
            return said[len(_BEARER) :].strip()
        return "" if said.lower() == "bearer" else said


def is_loopback(address: str) -> bool:
    """Tell whether an address, as a socket tells it, is of this machine alone."""
    return address == "::1" or address.startswith(("127.", "::ffff:127."))
