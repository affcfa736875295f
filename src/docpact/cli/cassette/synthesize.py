"""`docpact cassette synthesize`: make a cassette of generated stories, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docpact import __version__
from docpact.cli.cassette import saying
from docpact.contract import load
from docpact.errors import Exit, UsageError
from docpact.files import write_whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from docpact.cassettes.tape import Interaction
    from docpact.cli import Streams
    from docpact.generate.made import Made
    from docpact.mock.paths import Route

BASE = "https://relay.example"
_EXAMPLES = """examples:
  docpact cassette synthesize --out tests/cassettes/imagine.json --action IMAGINE
  docpact cassette synthesize --out tests/cassettes/failed.json --status FAILURE --profile go-relay -n 3 --seed 7

The tasks are made as docpact generate story makes them, and answered as a relay of the profile answers: the same seed gives
the same bytes. Exit codes: 0 written, 2 wrong usage."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("-n", "--count", type=int, default=1, metavar="N", help="how many tasks (default: 1)")
    add("--seed", default="0", metavar="S", help="any text or number: the same seed gives the same bytes (default: 0)")
    add("--status", metavar="S", help="only tasks that end in this status")
    add("--action", metavar="A", help="only tasks of this action")
    add("--locale", metavar="L", help="prompts in this language or script only, such as chinese")
    add("--profile", default="documented", metavar="NAME", help="as this family of servers answers")
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract (default: task-fetch)")
    add("--base", default=BASE, metavar="URL", help=f"the address of the relay that they are answers of (default: {BASE})")
    add("--out", metavar="FILE", help="the cassette to write, whole or not at all")


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Make the stories, and write them as a cassette."""
    if options.out is None:
        raise UsageError("name the cassette to write: --out FILE", hint=_EXAMPLES.splitlines()[1].strip())
    if options.count < 1:
        raise UsageError(f"-n {options.count} is below 1", hint="give a number from 1")
    from docpact.cassettes.recording import Seal
    from docpact.generate.kinds import Asked, stories
    from docpact.generate.payloads import Sampler
    from docpact.mock.paths import route

    contract = load(options.contract)
    sampler = Sampler(contract, options.profile, options.locale)
    made = stories(sampler, Asked(options.count, options.seed, options.status, options.action))
    interactions = list(_interactions(made, route(contract), options.base.rstrip("/")))
    asked = {name: getattr(options, name) for name in ("count", "seed", "status", "action", "locale")}
    made_of = {name: value for name, value in asked.items() if value is not None}
    seal = Seal(
        contract, __version__, profile=options.profile, at=interactions[-1].at, said={"synthesized": made_of}
    )  # fmt: skip
    write_whole(Path(options.out), seal(interactions))
    saying.saved(options.out, seal, streams)
    return Exit.CONFORMS


def _interactions(made: Iterator[Made], route: Route, base: str) -> Iterator[Interaction]:
    from docpact.cassettes.recording import instant
    from docpact.cassettes.tape import Interaction
    from docpact.generate import encoded

    request = {"headers": {"Accept": ["application/json"]}, "body": None}
    for thing in made:
        for poll in thing.value:
            body = encoded.compact(poll["payload"])
            headers = {"content-type": ["application/json"], "content-length": [str(len(body))]}
            response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": body}
            yield Interaction(route.method, base + route.path(poll.get("asked", "")), request, response, instant(poll["at"]))
