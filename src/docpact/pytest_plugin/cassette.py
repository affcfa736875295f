"""A cassette for one test: played without a network, or recorded without secrets, whole or not at all."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from docpact import __version__
from docpact.cassettes.recording import RefusedError, Seal
from docpact.cassettes.redaction import Redaction
from docpact.contract import load
from docpact.errors import MissingExtraError, UsageError

try:
    from docpact.cassettes.player import Recorder
    from docpact.cassettes.store import Persister
except ModuleNotFoundError as missing:
    if missing.name != "vcr":
        raise
    raise MissingExtraError("cassettes", "vcrpy") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from docpact.cassettes.tape import Interaction

_NO_NAME = re.compile(r"[^\w.=,@+-]+")
_LONGEST = 120
_TOKENS = frozenset({"authorization", "mj-api-secret"})
_SCHEMES = frozenset({"bearer", "basic", "token"})


def path_of(node: pytest.Item, folder: str, given: str | None) -> Path:
    """Return where the cassette of a test is: below a folder beside its module, by the names of module and test."""
    below = node.path.parent / folder
    if given is not None:
        return below / (given if given.endswith((".json", ".yaml", ".yml")) else f"{given}.json")
    held = getattr(node, "cls", None)
    name = node.name if held is None else f"{held.__name__}.{node.name}"
    return below / node.path.stem / f"{_NO_NAME.sub('-', name)[:_LONGEST].strip('-')}.json"


@contextmanager
def opened(path: Path, mode: str, asked: Mapping[str, Any]) -> Iterator[Any]:
    """Play, or record, what the test asks and is answered meanwhile; yields the cassette of vcrpy.

    Raises `UsageError` where there is nothing to play, `RefusedError` for a recording that must not be saved.
    """
    if mode == "none" and not path.is_file():
        raise UsageError(f"there is no cassette {path}", hint="pytest --docpact-record once records it, over the network")
    recorder = Recorder(match_on=("method", "scheme", "host", "port", "path", "query"), before_record_request=_matched)
    recorder.persister = Persister(lambda held, metadata: _sealed(held, metadata, asked))
    with _cut_off(path) if mode == "none" else nullcontext(), recorder.use_cassette(str(path), record_mode=mode) as cassette:
        yield cassette


def _sealed(held: Sequence[Interaction], metadata: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterable[bytes]:
    keep = bool(asked.get("keep_violations"))
    secrets = {token for one in held for token in _tokens(one.request.get("headers") or {})}
    seal = Seal(load(asked["contract"]), __version__, profile=asked["profile"], secrets=secrets, keep=keep)
    try:
        return list(seal(held, metadata))
    except RefusedError as error:
        hint = "--docpact-profile NAME if this family of servers behaves so, or keep_violations=True in the marker docpact"
        raise RefusedError(error.message, hint=error.hint if keep else hint) from None


def _matched(request: Any) -> Any:
    """Return a request with the address under which it lies in a cassette: without what redaction takes out of it."""
    request.uri = Redaction(_tokens(request.headers)).address(request.uri)
    return request


def _tokens(headers: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tokens that a request is sent with."""
    for name, held in headers.items():
        if name.lower() in _TOKENS:
            for value in held if isinstance(held, list | tuple) else [held]:
                text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                scheme, _, rest = text.partition(" ")
                yield rest.strip() if rest and scheme.lower() in _SCHEMES else text


@contextmanager
def _cut_off(path: Path) -> Iterator[None]:
    """Let no connection be made: what the cassette does not hold is not asked of anybody."""

    def refuse(where: object, *_: object, **__: object) -> NoReturn:
        hint = "pytest --docpact-record new_episodes records what the cassette lacks"
        raise UsageError(f"a test that plays {path} tried to reach {where}, and has no network", hint=hint)

    def within(connect: Callable[..., Any]) -> Callable[..., Any]:
        # A socket of this machine's file system leads nowhere else.
        return lambda one, where: connect(one, where) if one.family == getattr(socket, "AF_UNIX", None) else refuse(where)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, within(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", refuse)
        yield
