"""What `docpact check` was asked for: address, ids, token and limits, as the command line and the environment say it."""

from __future__ import annotations

import os
import re
from shlex import quote
from typing import TYPE_CHECKING
from urllib.parse import unquote

from docpact.addresses import operation
from docpact.errors import UsageError
from docpact.finding import Layer
from docpact.live.address import Consent, address_of
from docpact.live.plan import DEFAULT_PROBES, Plan, Probe

if TYPE_CHECKING:
    import argparse
    from typing import BinaryIO

    from docpact.contract import Contract

EXAMPLE = "docpact check http://127.0.0.1:8080 --task 1725017986212425"
LAYERS = ("documented", "coherent", "lifecycle", "transport")
PROBES = tuple(str(probe) for probe in Probe)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
# What the sender writes itself, and what says how a request is framed.
_NOT_FOR_A_TOKEN = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "te", "trailer",
     "transfer-encoding", "upgrade", "user-agent"}
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_MOST_TOKEN = 8192
_LONGEST = 24 * 3600
_MOST_REQUESTS = 100_000
_MOST_BODY = 4 << 20


def plan(options: argparse.Namespace, contract: Contract, stdin: BinaryIO) -> Plan:
    """Return the plan of the run; raises `UsageError` for whatever makes none."""
    _refuse_a_shown_token(options)
    takes_id = "{" in (operation(contract.openapi) or ("", "{", ""))[1]
    if options.base is None and not (options.task or options.follow):
        raise UsageError("check needs the address of an endpoint, and the id of a task that it has made", hint=EXAMPLE)
    if options.base is None:
        raise UsageError("check needs the address of an endpoint", hint=EXAMPLE)
    _check_base(options.base, contract)
    tasks, follows = _ids(options.task, "--task"), _ids(options.follow, "--follow")
    if takes_id and not (tasks or follows):
        raise UsageError(
            "check needs the id of a task that the endpoint has made", hint=f"{EXAMPLE}; --follow polls one to its end"
        )
    both = [task for task in tasks if task in follows]
    if both:
        raise UsageError(
            f"the task {both[0]} is named by --task and by --follow", hint="--follow judges it too: leave --task away"
        )
    token, name = _token(options, stdin)
    return Plan(
        tasks=tasks,
        follows=follows,
        token=token,
        token_name=name,
        token_header=_header(options.token_header),
        profile=options.profile,
        layers=_layers(options.layer),
        probes=_probes(options.probe, thorough=options.thorough),
        max_requests=int(_number(options.max_requests, "--max-requests", _MOST_REQUESTS, whole=True)),
        deadline=_number(options.deadline, "--deadline", _LONGEST),
        timeout=_number(options.timeout, "--timeout", _LONGEST),
        rate=None if options.rate is None else _number(options.rate, "--rate", _MOST_REQUESTS),
        body=None if options.body is None else _body(options.body),
    )


def consent(options: argparse.Namespace, token: str | None) -> Consent:
    """Return what the user agrees to."""
    return Consent(private=options.allow_private, http=options.allow_http, token=token is not None)


def _refuse_a_shown_token(options: argparse.Namespace) -> None:
    if options.said is not None:
        raise UsageError(
            "a token on the command line is shown to every user of this machine, and stays in the history of the shell",
            hint="read -rs RELAY_TOKEN; export RELAY_TOKEN; and give --token-env RELAY_TOKEN (or --token-stdin)",
        )


def _check_base(base: str, contract: Contract) -> None:
    """Raise `UsageError` for an address that is none, or is more than one, with what was probably meant."""
    if not _SCHEME.match(base):
        host = base.partition("/")[0]
        local = host.partition(":")[0] in {"localhost", "127.0.0.1", "[", "0.0.0.0"}  # noqa: S104 - what somebody typed
        meant = f"{'http' if local else 'https'}://{base}" if host and "@" not in base and "?" not in base else EXAMPLE
        raise UsageError("the address of the endpoint has no scheme", hint=f"did you mean: {meant}")
    bare, _, query = base.partition("?")
    for path in contract.openapi.get("paths", {}):
        found = re.search(re.sub(r"\\\{[^{}]*\\\}", "([^/]+)", re.escape(path)) + r"/?\Z", bare)
        if found is not None:
            task = unquote(found[1]) if found.groups() else "ID"
            hint = (
                f"docpact check {bare[: found.start()]} --task {quote(task)}"
                if "@" not in bare
                else "leave the path away: --task names the id"
            )
            raise UsageError("the address of the endpoint holds the path of a task", hint=hint)
    if query:
        raise UsageError("the address of the endpoint holds a query", hint="leave it away; a token goes by --token-env")
    address_of(base)


def _ids(given: list[str], option: str) -> tuple[str, ...]:
    for task in given:
        if not task.strip() or task != task.strip():
            raise UsageError(
                f"{option} {task!r} is no id of a task", hint="give the id as the answer to the submission says it"
            )
        if "://" in task:
            raise UsageError(f"{option} is an address, not an id", hint="give the address first, and the id alone here")
    return tuple(dict.fromkeys(given))


def _token(options: argparse.Namespace, stdin: BinaryIO) -> tuple[str | None, str]:
    """Return the token, and the name of the variable that stands for it where requests are shown."""
    if options.token_env is not None and options.token_stdin:
        raise UsageError("--token-env and --token-stdin both say where the token is", hint="leave one of them out")
    if options.token_stdin:
        read = stdin.readline(_MOST_TOKEN + 1).decode("utf-8", "replace")
        return _checked(read, "the first line of standard input"), "TOKEN"
    name = options.token_env
    if name is None:
        return None, "TOKEN"
    if not _NAME.match(name):
        # It may be the token itself: what was given is not said again.
        raise UsageError(
            "--token-env takes the name of a variable, and was given something else",
            hint="export RELAY_TOKEN=…; and give --token-env RELAY_TOKEN",
        )
    if name not in os.environ:
        raise UsageError(f"the environment has no variable {name}", hint=f"read -rs {name}; export {name}; and ask again")
    return _checked(os.environ[name], f"the variable {name}"), name


def _checked(read: str, where: str) -> str:
    token = read.strip()
    scheme, _, rest = token.partition(" ")
    if scheme.lower() == "bearer":
        token = rest.strip()
    if not token:
        raise UsageError(f"{where} holds no token", hint="leave the option away where the endpoint asks for none")
    if len(token) > _MOST_TOKEN or not all("!" <= char <= "~" for char in token):
        raise UsageError(f"{where} holds what no header can carry", hint="a token is one word of letters, digits and signs")
    return token


def _body(name: str) -> bytes:
    try:
        with open(name, "rb") as file:
            body = file.read(_MOST_BODY + 1)
    except OSError as error:
        raise UsageError(f"--body {name} cannot be read: {error.strerror or error}", hint="name a file of JSON") from error
    if len(body) > _MOST_BODY:
        raise UsageError(f"--body {name} has more than {_MOST_BODY:,} bytes", hint="name the file of one request")
    return body


def _header(given: str) -> str:
    name = given.strip()
    if not _HEADER.match(name) or name.lower() in _NOT_FOR_A_TOKEN:
        # It may be the token itself: what was given is not said again.
        raise UsageError(
            "--token-header takes the name of a header that a token can go by, and was given something else",
            hint="--token-header mj-api-secret, or leave it away for Authorization: Bearer",
        )
    return name


def _layers(given: list[str] | None) -> frozenset[Layer]:
    names = [name.strip() for part in given or LAYERS for name in part.split(",")]
    for name in names:
        if name not in LAYERS:
            raise UsageError(f"there is no layer {name!r}", hint=f"there are: {', '.join(LAYERS)}")
    return frozenset(Layer(name) for name in names) - {Layer.TRANSPORT}


def _probes(given: list[str] | None, *, thorough: bool) -> frozenset[Probe]:
    if thorough:
        return frozenset(Probe)
    if given is None:
        return DEFAULT_PROBES
    names = [name.strip() for part in given for name in part.split(",")]
    if names == ["none"]:
        return frozenset()
    for name in names:
        if name not in PROBES:
            raise UsageError(f"there is no probe {name!r}", hint=f"there are: {', '.join(PROBES)}; none stands alone")
    return frozenset(map(Probe, names))


def _number(text: str, option: str, most: float, *, whole: bool = False) -> float:
    try:
        number = float(int(text)) if whole else float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= most:
        kind = "whole number" if whole else "number"
        raise UsageError(f"{option} {text} is no {kind} above 0 and up to {most:,}", hint=f"for example: {option} 30")
    return number
