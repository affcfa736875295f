"""`docpact mock`: serve a relay on this machine, whose tasks live as the contract says, and which breaks what it is told to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docpact.contract import load
from docpact.errors import Exit, MissingExtraError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from docpact.cli import Streams
    from docpact.contract import Contract

_EXAMPLES = """examples:
  docpact mock
  docpact mock --port 8080 --profile go-relay --pace 2
  docpact mock --fault success-without-image --fault http-server-error:every=5
  docpact mock --latency 200 --jitter 100 --rate 20
  docpact mock --list-faults
  docpact mock --list --port 0 > mock.json &

Ctrl-C ends it (exit code 130), and so does SIGTERM (exit code 0): answers that are under way are still given."""

_FAULT = "break this rule, again and again; RULE[/VARIANT][:every=N|:after=N|:status=S|:poll=N]; may be repeated"
_LIST = "print, instead of a text, one line of JSON: url, token and tasks; then serve"
_LOG = "a line for each request, without tokens: - is standard output, off is none (default: - on a terminal, else off)"
_EXPOSE = "let --host be an address that other machines reach"
_HOOKS = "where the steps of a submitted task are posted to, if its notifyHook asks for it (default: here, this machine)"
_PACE = "a task goes on by one step every S seconds (default: at each poll)"
_SEED = "any text or number: the same seed gives the same tasks, lives and token (default: 0)"
_TOKEN = "the token that it asks for; '' for none (default: one made of the seed)"  # noqa: S105 - a help text


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXAMPLES
    add = parser.add_argument
    add("--host", default="127.0.0.1", metavar="HOST", help="where to listen (default: 127.0.0.1)")
    add("--port", type=_whole(0, 65535), default=0, metavar="N", help="the port; 0 is one that is free (default: 0)")
    add("--expose", action="store_true", help=_EXPOSE)
    add("--token", metavar="T", help=_TOKEN)
    add("--token-env", metavar="VAR", help="take the token from this variable of the environment, and do not print it")
    add("--profile", default="documented", metavar="NAME", help="answer as this family of servers does")
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract (default: task-fetch)")
    add("--fault", action="append", default=[], metavar="FAULT", help=_FAULT)
    add("--pace", type=_positive, metavar="S", help=_PACE)
    add("--seed", default="0", metavar="S", help=_SEED)
    add("--latency", type=_positive, default=0.0, metavar="MS", help="each answer of the relay takes so many milliseconds")
    add("--jitter", type=_positive, default=0.0, metavar="MS", help="and up to so many more, as the seed has it")
    add("--rate", type=_positive, metavar="N", help="take N requests a second, and answer 429 with Retry-After to more")
    add("--concurrency", type=_whole(1, 10_000), metavar="N", help="answer N requests at once; more wait for their turn")
    add("--hooks", choices=("here", "anywhere", "off"), default="here", help=_HOOKS)
    add("--log", metavar="FILE|-|off", help=_LOG)
    add("--list", action="store_true", help=_LIST)
    add("--list-faults", action="store_true", help="print every fault that there is, and end")


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Serve until it is ended, or list the faults."""
    contract = load(options.contract)
    if options.list_faults:
        return _list_faults(contract, options.profile, streams)
    if options.token is not None and options.token_env is not None:
        raise UsageError("--token and --token-env do not go together", hint="leave one of them out")
    try:
        from docpact.cli import serving
    except ImportError as error:
        if error.name != "httptools":
            raise
        raise MissingExtraError("mock", "httptools") from None
    return serving.serve(contract, options, _token(options), streams)


def _token(options: argparse.Namespace) -> str:
    if options.token_env is None:
        return _made_up(options.seed) if options.token is None else _checked(options.token, "--token")
    token = os.environ.get(options.token_env, "")
    if not token:
        hint = f"export {options.token_env}=…, or leave --token-env out"
        raise UsageError(f"the environment has no {options.token_env}, or it is empty", hint=hint)
    return _checked(token, options.token_env)


def _checked(token: str, name: str) -> str:
    if not (token.isascii() and token.isprintable()) or token != token.strip():
        raise UsageError(f"{name} holds what no header can hold", hint="a token is made of visible ASCII characters")
    return token


def _made_up(seed: str) -> str:
    """Return a token of a seed, in the form in which relays give them: with one dash alone, since some cut it at the next."""
    from docpact.generate.draws import Seeded

    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
    draws = Seeded(seed)
    return "sk-" + "".join(letters[draws.integer(f"token/{n}", 0, len(letters) - 1)] for n in range(24))


def _list_faults(contract: Contract, profile: str, streams: Streams) -> int:
    from docpact.mock import list_faults

    rows = list_faults(contract, profile)
    width = max((len(row.fault) for row in rows), default=0)
    for row in rows:
        streams.stdout.write(f"{row.fault:<{width}}  {row.layer:<10}  {row.severity:<7}  {row.does}\n")
    return Exit.CONFORMS


def _whole(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() else -1
        if not low <= value <= high:
            raise ValueError
        return value

    number.__name__ = f"whole number from {low} to {high}"
    return number


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 10**9:
        raise ValueError
    return value


_positive.__name__ = "number above 0"
