"""The address of an endpoint: read from what was typed, and whether a request may go there."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

from docpact.errors import UsageError

_PORTS = {"http": 80, "https": 443}
_LATEST_PORT = 65535


class Address(NamedTuple):
    """Scheme, host and port, and the path that every target begins with."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def authority(self) -> str:
        """Host and port, as the Host header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def base(self) -> str:
        """The address in one text, without what could be secret."""
        return f"{self.scheme}://{self.authority}{self.prefix}"


class Consent(NamedTuple):
    """What a user agreed to: addresses of private networks, and a token over plain http; `token` says that there is one."""

    private: bool = False
    http: bool = False
    token: bool = False


def address_of(base: str) -> Address:
    """Read the address of an endpoint; raises `UsageError` where it is none, or holds what it should not."""
    hint = "write it like https://api.example.com, with the path before /mj, if there is one"
    try:
        parts = urlsplit(base)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise UsageError(f"the address of the endpoint cannot be read: {error}", hint=hint) from None
    if parts.scheme not in _PORTS or not host:
        raise UsageError("the address of the endpoint does not begin with http:// or https:// and a host", hint=hint)
    if parts.username is not None or parts.password is not None:
        raise UsageError("the address of the endpoint holds a login", hint="hand the token on with --token-env")
    if parts.query or parts.fragment:
        raise UsageError("the address of the endpoint holds a query, or a fragment", hint=hint)
    if any(not ("!" <= char <= "~") for char in parts.path):
        raise UsageError("the path of the endpoint holds a character that no path can", hint="percent-encode it")
    return Address(parts.scheme, _ascii(host, hint), _PORTS[parts.scheme] if port is None else port, parts.path.rstrip("/"))


def _ascii(host: str, hint: str) -> str:
    if ":" in host:
        return host
    try:
        return host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        raise UsageError("the host of the endpoint is no name that can be looked up", hint=hint) from None


def is_loopback(ips: list[str]) -> bool:
    """Tell whether these addresses are of this machine alone."""
    return all(_ip(ip).is_loopback for ip in ips)


def admit(address: Address, ips: list[str], consent: Consent) -> None:
    """Raise `UsageError` where a user must agree before a request goes to these addresses."""
    if is_loopback(ips):
        return
    near = next((ip for ip in ips if not _ip(ip).is_global), None)
    if near is not None and not consent.private:
        raise UsageError(
            f"{address.host} is {near}, which is no public address",
            hint="--allow-private, if it is an endpoint that you may ask",
        )
    if address.scheme == "http" and consent.token and not consent.http:
        raise UsageError(
            f"the token would go to {address.authority} unencrypted, for all on the way to read",
            hint="use https, or --allow-http if you mean it",
        )


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    ip = ipaddress.ip_address(text.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip
