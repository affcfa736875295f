"""`docpact generate`: make payloads and stories, as lines of JSON, one list, or a folder of named files."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact import __version__
from docpact.cli import fixtures
from docpact.contract import load
from docpact.errors import Exit, UsageError
from docpact.rules import RULES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Iterable, Mapping

    from docpact.cli import Streams
    from docpact.generate.kinds import Asked
    from docpact.generate.made import Made
    from docpact.generate.payloads import Sampler

    # What is made, and what else the manifest is to say.
    Maker = Callable[[Sampler, Asked, argparse.Namespace], tuple[Iterable[Made], Mapping[str, Any]]]

_EXAMPLES = """examples:
  docpact generate valid -n 3
  docpact generate valid -n 1000 --seed 7 --profile go-relay --out payloads.ndjson
  docpact generate valid -n 20 --action UPSCALE --locale chinese --as files --out payloads/
  docpact generate story --action IMAGINE --status FAILURE
  docpact generate cover --profile csharp-proxy --out cover/
  docpact generate faults --all --out faults/
  docpact generate models --as pydantic --out models.py"""

_SEED = "any text or number: the same seed gives the same bytes, everywhere (default: 0)"
_STATUS = "only payloads with this status, or stories that end in it"
_AS = (
    f"how to write it: {', '.join(fixtures.FORMS)}; models: {', '.join(fixtures.MODELS)} "
    "(default: what the name of --out says, else the first)"
)
_OUT = "the file, or with --as files the folder, to write; whole or not at all (default: standard output)"


# The options that not every kind takes.
TAKEN = ("count", "seed", "status", "action", "locale")
_OF_FAULTS = ("rule", "all")


class Kind(NamedTuple):
    """What can be made: what it is, how it is made, and which options speak of it beside those that every kind takes.

    Types of a contract are not made by the sampler: there is nothing that makes them here.
    """

    summary: str
    make: Maker | None
    takes: frozenset[str]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("kind", nargs="?", metavar="KIND", help="; ".join(f"{name}: {kind.summary}" for name, kind in KINDS.items()))
    add("-n", "--count", type=int, metavar="N", help="how many (default: 1)")
    add("--seed", metavar="S", help=_SEED)
    add("--status", metavar="S", help=_STATUS)
    add("--action", metavar="A", help="only payloads and stories of this action")
    add("--locale", metavar="L", help="prompts in this language or script only, such as chinese")
    add("--rule", metavar="RULE", help="faults: break this rule")
    add("--all", action="store_true", default=None, help="faults: break each rule that can be broken alone, at several places")
    add("--profile", default="documented", metavar="NAME", help="as this family of servers sends them")
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract (default: task-fetch)")
    add("--as", dest="form", metavar="FORM", help=_AS)
    add("--out", metavar="PATH", help=_OUT)


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Make what was asked for, and write it."""
    if options.kind is None:
        raise UsageError(f"name what to make: {_or(KINDS)}", hint=f"for example: {_EXAMPLES.splitlines()[1].strip()}")
    if options.kind not in KINDS:
        raise UsageError(f"there is nothing called {options.kind!r} to make", hint=_nearest(options.kind, KINDS))
    kind = KINDS[options.kind]
    for name in (*TAKEN, *_OF_FAULTS):
        if getattr(options, name) is not None and name not in kind.takes:
            option = "-n" if name == "count" else f"--{name}"
            raise UsageError(f"{options.kind} takes no {option}", hint="leave it away")
    if options.count is not None and options.count < 0:
        raise UsageError(f"-n {options.count} is below 0", hint="give a number from 0")
    if kind.make is None:
        _write_models(options, streams)
    else:
        _write(kind.make, kind.takes, options, streams)
    return Exit.CONFORMS


def _write_models(options: argparse.Namespace, streams: Streams) -> None:
    target = fixtures.target(options.form, options.out, fixtures.MODELS)
    from docpact.generate.models import MODELS

    contract = load(options.contract)
    pieces = MODELS[target.form].write(contract, contract.profile(options.profile))
    target.write_texts((piece.encode() for piece in pieces), streams)


def _write(make: Maker, takes: Collection[str], options: argparse.Namespace, streams: Streams) -> None:
    target = fixtures.target(options.form, options.out, fixtures.FORMS)
    from docpact.generate.kinds import Asked
    from docpact.generate.made import about
    from docpact.generate.payloads import Sampler

    contract = load(options.contract)
    sampler = Sampler(contract, options.profile, options.locale)
    given = {name: getattr(options, name) for name in ("count", "seed", "status", "action")}
    asked = Asked(**{name: value for name, value in given.items() if value is not None})
    if options.kind == "valid" and target.form in {"ndjson", "json"}:
        from docpact.generate import encoded
        from docpact.generate.written import written

        values = written(sampler, asked)
        target.write_texts(encoded.listed(values) if target.form == "json" else (value + b"\n" for value in values), streams)
        return
    made, more = make(sampler, asked, options)
    if target.form in {"python", "typescript"}:
        from docpact.generate.models import PAYLOADS

        # Types are claimed for payloads alone: the polls of a story are something else, and a fault breaks the contract.
        profile = sampler.profile if options.kind == "valid" else None
        pieces = PAYLOADS[target.form].write(contract, profile, (thing.record for thing in made))
        target.write_texts((piece.encode() for piece in pieces), streams)
        return
    said = {name: getattr(options if name == "locale" else asked, name) for name in TAKEN if name in takes}
    said |= {name: getattr(options, name) for name in _OF_FAULTS if name in takes}
    target.write(made, {**about(contract, options.profile, __version__, {"kind": options.kind, **said}), **more}, streams)


def _valid(sampler: Sampler, asked: Asked, _: argparse.Namespace) -> tuple[Iterable[Made], Mapping[str, Any]]:
    from docpact.generate.kinds import valid

    return valid(sampler, asked), {}


def _story(sampler: Sampler, asked: Asked, _: argparse.Namespace) -> tuple[Iterable[Made], Mapping[str, Any]]:
    from docpact.generate.kinds import stories

    return stories(sampler, asked), {}


def _cover(sampler: Sampler, asked: Asked, _: argparse.Namespace) -> tuple[Iterable[Made], Mapping[str, Any]]:
    from docpact.generate.kinds import covered

    return covered(sampler, asked)


def _faults(sampler: Sampler, asked: Asked, options: argparse.Namespace) -> tuple[Iterable[Made], Mapping[str, Any]]:
    if (options.rule is None) == (options.all is None):
        wrong = "name the rule to break" if options.rule is None else "--rule and --all do not go together"
        raise UsageError(wrong, hint="for example: docpact generate faults --rule success-without-image, or --all")
    if options.rule is not None and options.rule not in RULES:
        near = get_close_matches(options.rule, RULES, n=1)
        hint = f"did you mean {near[0]}?" if near else "docpact explain lists them"
        raise UsageError(f"there is no rule {options.rule!r}", hint=hint)
    from docpact.generate.broken import broken

    return broken(sampler, asked, options.rule), {}


KINDS = {
    "valid": Kind("payloads that break no rule", _valid, frozenset(TAKEN)),
    "story": Kind("the polls of tasks, from submission to end", _story, frozenset(TAKEN)),
    "cover": Kind(
        "the fewest payloads and stories that exercise all that the contract names", _cover, frozenset({"seed", "locale"})
    ),
    "faults": Kind("what breaks one rule and no other: of --rule, or --all", _faults, frozenset((*TAKEN, *_OF_FAULTS))),
    "models": Kind("types of the contract in another language", None, frozenset()),
}


def _or(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word.lower(), known, n=1)
    return f"did you mean {near[0]}?" if near else f"there is: {_or(known)}"
