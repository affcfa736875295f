"""`docpact cassette verify`: ask a relay for the tasks of cassettes, and compare by contract and story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.captures import Unreadable
from docpact.cli.cassette import asked, files
from docpact.contract import load
from docpact.errors import CaptureError, Exit, UsageError
from docpact.redact import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from docpact.cassettes.tape import Interaction
    from docpact.cli import Streams
    from docpact.contract import Contract

_EXAMPLES = """examples:
  docpact cassette verify http://127.0.0.1:8080 cassettes/go-relay.json
  docpact cassette verify https://relay.example tests/cassettes/imagine.json --token-env RELAY_TOKEN

Each task that a cassette holds is asked for again: what was recorded to its end is polled to its end. Answers are judged as
docpact check judges them, and what does not change in the life of a task (its action, prompt, times, its end) is compared with
what was recorded. How often it was polled, and what it showed on the way, may differ. Exit codes: 0 as recorded, 1 not as
recorded or not by the contract, 2 wrong usage, 3 unreadable, 4 not established."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("base", nargs="?", metavar="BASE_URL", help="the address of the relay, up to where the documented path begins")
    add("inputs", nargs="*", metavar="FILE|DIR|GLOB", help="cassettes of vcrpy, pytest-recording or docpact, in YAML or JSON")
    asked.configure(parser)
    parser.set_defaults(profile=None)


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Ask, judge, and compare."""
    asked.base(options.base, _EXAMPLES.splitlines()[1].strip())
    contract = load(options.contract)
    recorded, options.profile = _recorded(options, contract)
    if not recorded:
        raise UsageError("the cassettes hold no answer of a task", hint="docpact cassette lint says what is in them")
    from docpact.cassettes.polls import ends

    follows = [task for task, polls in recorded.items() if ends(polls[-1], contract)]
    plan = asked.plan(
        options, contract, streams, tasks=[task for task in recorded if task not in follows], follows=follows
    )  # fmt: skip
    verdict, base, code = asked.answered(options, contract, plan, streams)
    if code not in (Exit.CONFORMS, Exit.VIOLATES):
        return code
    from docpact.cassettes.comparing import differences
    from docpact.cassettes.polls import polls

    answers = polls(verdict.exchanges, contract, base, list(recorded), to_the_end=True)
    found = list(differences(recorded, _by_task(answers, contract), contract))
    for one in found:
        told = f"task {one.task}, {one.member}: {one.recorded} was recorded, and {one.answered} is answered"
        streams.stderr.write(f"docpact: {printable(told)}\n")
    if not found and code is Exit.CONFORMS:
        streams.stderr.write(f"docpact: {len(recorded)} of {len(recorded)} tasks are as they were recorded\n")
    return Exit.VIOLATES if found else code


def _recorded(options: argparse.Namespace, contract: Contract) -> tuple[dict[str, list[Interaction]], str]:
    """Read the cassettes: the polls of each task, and the profile, which is that of the first one unless one was given."""
    tasks: dict[str, list[Interaction]] = {}
    profile = options.profile
    for thing in files.found(options.inputs):
        if isinstance(thing, Unreadable):
            raise CaptureError(f"{thing.source}: {thing.reason}", hint=thing.hint)
        if isinstance(thing, files.Found):
            said = thing.recording.metadata.get("profile")
            profile = profile or (said if isinstance(said, str) and said in contract.profiles else None)
            for task, polls in _by_task(thing.recording.interactions(), contract).items():
                tasks.setdefault(task, []).extend(polls)
    return tasks, profile or "documented"


def _by_task(interactions: Iterable[Interaction], contract: Contract) -> dict[str, list[Interaction]]:
    from docpact.cassettes.recording import Tasks

    known = Tasks(contract)
    found: dict[str, list[Interaction]] = {}
    for one in interactions:
        task = known.asked(one)
        if task and known.answered(one):
            found.setdefault(task, []).append(one)
    return found
