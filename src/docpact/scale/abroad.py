"""Abroad: what a worker of a cluster is handed and does; it needs docpact and the captures, and no folder of ours."""

from __future__ import annotations

import os
import platform
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pickle import HIGHEST_PROTOCOL, Pickler, loads
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import compress, decompress

from distributed import get_worker

from docpact import data
from docpact.captures import Unreadable
from docpact.scale.pieces import Hand
from docpact.validate.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.contract import Contract
    from docpact.scale.pieces import Outcome, Task, Work


class About(NamedTuple):
    """Which docpact a process has: its version, a digest of its source, and the Python that runs it."""

    version: str
    source: str
    python: str


class Order(NamedTuple):
    """What workers need to judge the pieces of one run: whose docpact wrote it, and the contract and the task, pickled.

    The contract travels whole, with every piece, and need not lie where the workers are. (As a result that pieces depend on
    it would be lost with the worker that holds it, and Dask then takes half a minute to notice.)
    """

    about: About
    packed: bytes


@lru_cache(maxsize=1)
def about() -> About:
    """Return which docpact this process has."""
    folder, digest = os.path.dirname(os.path.abspath(data.__file__)), sha256()
    for above, below, names in os.walk(folder):
        below.sort()
        for name in sorted(name for name in names if name.endswith(".py")):
            path = os.path.join(above, name)
            digest.update(os.path.relpath(path, folder).encode() + b"\0")
            with open(path, "rb") as file:
                digest.update(sha256(file.read()).digest())
    try:
        installed = version("docpact")
    except PackageNotFoundError:
        installed = "of no version"
    return About(installed, digest.hexdigest()[:12], ".".join(platform.python_version_tuple()[:2]))


class _Packer(Pickler):
    """A pickler that knows the frozen tables of a contract, which are the one thing in it that has no pickled form."""

    def reducer_override(self, thing: Any) -> Any:
        return (_frozen, (dict(thing),)) if isinstance(thing, MappingProxyType) else NotImplemented


def _frozen(table: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(table)


def order(contract: Contract, task: Task) -> Order:
    """Return what workers need to judge by this contract."""
    packed = BytesIO()
    _Packer(packed, HIGHEST_PROTOCOL).dump((contract, task))
    return Order(about(), compress(packed.getvalue()))


class _Bench:
    """Where the pieces of one run are judged in this process, by a hand for each thread that is at it."""

    def __init__(self, packed: bytes) -> None:
        self._contract: Contract
        self._task: Task
        self._contract, self._task = loads(decompress(packed))  # noqa: S301 - handed out by the scheduler, as all that a worker runs
        self._idle: list[Hand] = []

    @contextmanager
    def hand(self) -> Iterator[Hand]:
        """Lend a hand that nobody else uses; one with which anything went wrong is not used again."""
        hand = self._idle.pop() if self._idle else Hand(self._task, Stream(self._contract, self._task.settings))
        yield hand
        self._idle.append(hand)


_bench = lru_cache(maxsize=4)(_Bench)


def judge_there(given: Order, work: Work) -> tuple[str, Outcome | About]:
    """Judge one piece on a worker, and return its address and what came of it.

    Where the docpact of the worker is another one than that of the order, which one it is comes instead.
    """
    here = get_worker().address
    if about()[:2] != given.about[:2]:
        return here, about()
    with _bench(given.packed).hand() as hand:
        outcome = hand.judge(work)
    if isinstance(outcome.lost, Unreadable):
        outcome.lost = _as_seen_here(outcome.lost)
    for part in outcome.parts:
        part.read = [_as_seen_here(thing) if isinstance(thing, Unreadable) else thing for thing in part.read]
    return here, outcome


def _as_seen_here(lost: Unreadable) -> Unreadable:
    name = platform.node() or "a machine without a name"
    return lost._replace(hint=f"{lost.hint}; so a worker on {name} sees it: every worker must find it under this very name")
