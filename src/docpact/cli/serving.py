"""How `docpact mock` runs: what it says when it listens, its access log, and its end."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from docpact.errors import Exit, UsageError
from docpact.mock import relay
from docpact.mock.front import Front
from docpact.mock.guard import is_loopback
from docpact.mock.hooks import Hooks
from docpact.mock.limits import Limits
from docpact.mock.listening import Listener, bound, url_of
from docpact.redact import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from socket import socket

    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.mock import Relay

_MILLI = 1000
# As many new objects may be there before Python looks for rings of them.
_OBJECTS = 2_000


def serve(contract: Contract, options: argparse.Namespace, token: str, streams: Streams) -> Exit:
    """Serve a relay until a signal ends it; raises `UsageError` where it cannot listen."""
    with bound(options.host, options.port, exposed=options.expose) as listens_at:
        url = url_of(listens_at)
        made = relay(
            contract, profile=options.profile, token=token, seed=options.seed, pace=options.pace, faults=options.fault, base=url
        )
        limits = Limits(options.latency / _MILLI, options.jitter / _MILLI, options.rate, options.concurrency, options.seed)
        log = _log(options.log, streams)
        front = Front(made, limits=limits, secrets=[token], log=log, about={"profile": options.profile, "seed": options.seed})

        def said() -> None:
            write = _as_json if options.list else _as_text
            streams.stdout.write(write(made, url, token, options))
            streams.stdout.flush()
            if not is_loopback(listens_at.getsockname()[0]):
                streams.stderr.write("docpact: warning: every machine that reaches this address can use this relay\n")
                streams.stderr.flush()

        with _tidied():
            code = asyncio.run(_run(front, Hooks(options.hooks), listens_at, said))
        if log is not None:
            log.close()
        if not options.list:
            total = front.traffic.total
            streams.stdout.write(f"\nstopped  {total:,} {'request was' if total == 1 else 'requests were'} answered\n")
        return code


@contextmanager
def _tidied() -> Iterator[None]:
    """Let Python look often for what nobody has any more, but not among what is loaded: a connection of asyncio is a ring."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _run(front: Front, hooks: Hooks, listens_at: socket, said: Callable[[], None]) -> Exit:
    """Listen, say so, and stop when a signal comes; another one stops it at once."""
    ends: asyncio.Queue[Exit] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number, code in ((signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.CONFORMS)):
        loop.add_signal_handler(number, ends.put_nowait, code)
    listener = Listener(front, hooks)
    await listener.start(listens_at)
    said()
    code = await ends.get()
    stopping, again = loop.create_task(listener.stop()), loop.create_task(ends.get())
    await asyncio.wait((stopping, again), return_when=asyncio.FIRST_COMPLETED)
    again.cancel()
    if not stopping.done():
        stopping.cancel()
        await listener.stop(0)
    return code


def _as_json(made: Relay, url: str, token: str, options: argparse.Namespace) -> str:
    shown = {"token": token} if options.token_env is None else {"token": None, "token_env": options.token_env}
    tasks = [{"id": task.id, "action": task.action, "end": task.end, "path": task.path} for task in made.tasks()]
    said = {"url": url, **shown, "profile": options.profile, "seed": options.seed, "faults": list(made.faults), "tasks": tasks}
    return json.dumps(said, ensure_ascii=False) + "\n"


def _as_text(made: Relay, url: str, token: str, options: argparse.Namespace) -> str:
    tasks = made.tasks()
    facts = {
        "relay": url,
        "token": token
        if options.token_env is None and token
        else "none is asked for"
        if not token
        else f"${options.token_env}",
        "page": f"{url}/",
        "profile": options.profile,
        "seed": printable(options.seed),
        "faults": ", ".join(made.faults) or "none",
    }
    lines = [f"{name:<8} {value}" for name, value in facts.items()]
    wide, broad = (max((len(text) for text in texts), default=0) for texts in _columns(made))
    lines += ["", f"{'task':<{wide}}  {'action':<{broad}}  ends as"]
    lines += [f"{printable(task.id):<{wide}}  {printable(task.action):<{broad}}  {printable(task.end)}" for task in tasks]
    lines += ["", *([_curl(made.route.method, url + tasks[0].path, token, options.token_env)] if tasks else []), "", ""]
    return "\n".join(lines)


def _columns(made: Relay) -> tuple[list[str], list[str]]:
    tasks = made.tasks()
    return ["task", *(printable(task.id) for task in tasks)], ["action", *(printable(task.action) for task in tasks)]


def _curl(method: str, url: str, token: str, variable: str | None) -> str:
    parts = ["curl", *([] if method == "GET" else ["-X", method])]
    if token:
        parts += [
            "-H",
            _quoted(f"Authorization: Bearer {token}") if variable is None else f'"Authorization: Bearer ${variable}"',
        ]
    return " ".join((*parts, _quoted(url)))


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text)


class _Log:
    """The access log: lines are written together when there is time, and no more after they cannot be written."""

    def __init__(self, target: TextIO, complain: TextIO, *, ours: bool) -> None:
        self._target, self._complain, self._ours = target, complain, ours
        self._lines: list[str] = []
        self._on = True

    def __call__(self, line: str) -> None:
        """Take a line."""
        if not self._lines and self._on:
            asyncio.get_running_loop().call_soon(self._write)
        self._lines.append(line)

    def close(self) -> None:
        """Write what is left."""
        self._write()
        if self._ours:
            with suppress(OSError):
                self._target.close()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        if not lines or not self._on:
            return
        try:
            self._target.write("\n".join((*lines, "")))
            self._target.flush()
        except (OSError, ValueError) as error:
            self._on = False
            with suppress(OSError):
                reason = getattr(error, "strerror", None) or error
                self._complain.write(f"docpact: warning: the log cannot be written any more: {reason}\n")


def _log(name: str | None, streams: Streams) -> _Log | None:
    if name == "off" or (name is None and not streams.stdout.isatty()):
        return None
    if name in {None, "-"}:
        return _Log(streams.stdout, streams.stderr, ours=False)
    try:
        return _Log(open(str(name), "a", encoding="utf-8"), streams.stderr, ours=True)
    except OSError as error:
        raise UsageError(f"cannot write the log {name}: {error.strerror}", hint="--log - is standard output") from error
