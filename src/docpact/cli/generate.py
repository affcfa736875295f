"""`docpact generate`: make payloads, as lines of JSON, one list, or a folder of named files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact import __version__
from docpact.cli import fixtures
from docpact.contract import load
from docpact.errors import Exit, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.generate.made import Made

_EXAMPLES = """examples:
  docpact generate valid -n 3
  docpact generate valid -n 1000 --seed 7 --profile go-relay --out payloads.ndjson
  docpact generate valid --status SUCCESS --action UPSCALE --as json
  docpact generate valid -n 20 --locale chinese --as files --out fixtures/"""

_KINDS = "what to make: valid (payloads that break no rule)"
_SEED = "any text or number: the same seed gives the same bytes, everywhere (default: 0)"
_AS = "how to write it (default: what the name of --out says, else ndjson)"
_OUT = "the file, or with --as files the folder, to write; whole or not at all (default: standard output)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("kind", nargs="?", metavar="KIND", help=_KINDS)
    add("-n", "--count", type=int, default=1, metavar="N", help="how many (default: 1)")
    add("--seed", default="0", metavar="S", help=_SEED)
    add("--status", metavar="S", help="only payloads with this status")
    add("--action", metavar="A", help="only payloads with this action")
    add("--profile", default="documented", metavar="NAME", help="as this family of servers sends them")
    add("--locale", metavar="L", help="prompts in this language or script only, such as chinese")
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract (default: task-fetch)")
    add("--as", dest="form", choices=fixtures.FORMS, help=_AS)
    add("--out", metavar="PATH", help=_OUT)


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Make what was asked for, and write it."""
    if options.kind is None:
        raise UsageError(f"name what to make: {_or(KINDS)}", hint=f"for example: {_EXAMPLES.splitlines()[1].strip()}")
    if options.kind not in KINDS:
        raise UsageError(f"there is nothing called {options.kind!r} to make", hint=_nearest(options.kind, KINDS))
    if options.count < 0:
        raise UsageError(f"-n {options.count} is below 0", hint="give a number from 0")
    target = fixtures.target(options.form, options.out)
    contract = load(options.contract)
    made = KINDS[options.kind](options, contract)
    asked = ("kind", "count", "seed", "status", "action", "locale")
    from docpact.generate.made import about

    said = about(contract, options.profile, __version__, {key: getattr(options, key) for key in asked})
    target.write(made, said, streams)
    return Exit.CONFORMS


def _valid(options: argparse.Namespace, contract: Contract) -> Iterable[Made]:
    from docpact.generate.made import valid
    from docpact.generate.payloads import Sampler

    sampler = Sampler(contract, options.profile, options.locale)
    return valid(sampler, options.seed, options.count, options.status, options.action)


KINDS: dict[str, Callable[[argparse.Namespace, Contract], Iterable[Made]]] = {"valid": _valid}


def _or(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _nearest(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), known, n=1)
    return f"did you mean {near[0]}?" if near else f"there is: {_or(known)}"
