"""`docpact cassette record`: record the polls of real tasks, judged and without secrets, whole or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from docpact import __version__
from docpact.cli.cassette import asked, saying
from docpact.contract import load
from docpact.errors import Exit, MissingExtraError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from pathlib import Path

    from docpact.cassettes.recording import Seal
    from docpact.cassettes.tape import Interaction
    from docpact.cli import Streams
    from docpact.contract import Contract

_EXAMPLES = """examples:
  docpact cassette record http://127.0.0.1:8080 --task 1725017986212425 --out tests/cassettes/imagine.json
  docpact cassette record https://relay.example --task ID --task ID --follow --token-env RELAY_TOKEN --out polls.json
  docpact cassette record https://relay.internal --task ID --as https://relay.example --token-env RELAY_TOKEN --out polls.json

Only GET requests are sent. Answers are judged as docpact check judges them: what breaks the contract is not saved, unless
--keep-violations says so, and is marked then. Secrets are taken out of what is saved. A cassette that is there already keeps
its other tasks. Exit codes: 0 saved, 1 violates, 2 wrong usage, 4 not established, 130 interrupted: nothing is saved."""

_FOLLOW = "poll each task to its end, which must come before the deadline (default: one poll, as it stands)"
_AS = "write this address in place of the one that was asked, also in what it answered, such as https://relay.example"
_AT = (
    "say that it was recorded at this time (ISO 8601), and nothing of the time of each answer: the same answers, the same bytes"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("base", nargs="?", metavar="BASE_URL", help="the address of the endpoint, up to where the documented path begins")
    add("--task", action="append", default=[], metavar="ID", help="a task that the endpoint has made; may be repeated")
    add("--follow", action="store_true", help=_FOLLOW)
    add("--out", metavar="FILE", help="the cassette to write, whole or not at all")
    add("--keep-violations", action="store_true", help="save a recording that breaks the contract, and mark it")
    add("--as", dest="shown", metavar="URL", help=_AS)
    add("--at", metavar="TIME", help=_AT)
    asked.configure(parser)


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Poll, judge, and save."""
    example = _EXAMPLES.splitlines()[1].strip()
    asked.base(options.base, example)
    if not options.task:
        raise UsageError("name the task to record: --task ID", hint=example)
    path = asked.target(options.out, example)
    _refuse_foreign(path, options.profile)
    at, contract = _time(options.at), load(options.contract)
    shown = None if options.shown is None else _address(options.shown)
    tasks, follows = ([], options.task) if options.follow else (options.task, [])
    plan = asked.plan(options, contract, streams, tasks=tasks, follows=follows)
    verdict, base, code = asked.answered(options, contract, plan, streams)
    keeps = code is Exit.VIOLATES and options.keep_violations
    if code is not Exit.CONFORMS and not keeps:
        streams.stderr.write(f"docpact: {path} was not written\n")
        if code is Exit.VIOLATES:
            from docpact.cassettes.recording import broken

            raise broken(verdict.findings)
        return code
    from docpact.cassettes.polls import elsewhere, polls
    from docpact.cassettes.recording import Seal

    seal = Seal(contract, __version__, profile=options.profile, secrets=filter(None, [plan.token]), keep=keeps, at=at)
    asked_for = plan.tasks or plan.follows
    listed = list(polls(verdict.exchanges, contract, base, asked_for, to_the_end=options.follow, timed=not at))
    if shown is not None:
        listed = [elsewhere(one, base, shown) for one in listed]
    if options.follow and not keeps:
        _refuse_unended(listed, contract, len(asked_for))
    _save(path, listed, seal)
    saying.saved(options.out, seal, streams)
    return code


def _save(path: Path, interactions: Iterable[Interaction], seal: Seal) -> None:
    """Let vcrpy record what came: it replaces what is there of the same tasks, and keeps the others."""
    from docpact.cassettes.player import record

    record(path, interactions, seal)


def _refuse_unended(interactions: list[Interaction], contract: Contract, tasks: int) -> None:
    from docpact.cassettes.polls import ends
    from docpact.cassettes.recording import RefusedError

    left = tasks - sum(ends(one, contract) for one in interactions)
    if contract.lifecycle is not None and left:
        raise RefusedError(
            f"{left} of {tasks} tasks did not come to their end, and nothing is saved",
            hint="give it longer (--deadline), and more requests (--max-requests); or leave --follow away",
        )


def _refuse_foreign(path: Path, profile: str) -> None:
    """Raise where a file is there that is no cassette of ours, or of another family of servers: it is to keep what it holds."""
    try:
        from docpact.cassettes.store import tape_at
    except ModuleNotFoundError as error:
        if error.name != "vcr":
            raise
        raise MissingExtraError("cassettes", "vcrpy") from None
    if not path.exists() or not path.stat().st_size:
        return
    tape = tape_at(path)
    if tape is None:
        raise UsageError(
            f"{path} is no cassette of docpact, and would be replaced by one", hint="name another file: --out FILE"
        )
    before = tape.metadata.get("profile", profile)
    if before != profile:
        raise UsageError(
            f"{path} holds a recording of the profile {str(before)[:40]!r}, and this would be one of {profile!r}",
            hint="a cassette has one profile: name that one (--profile), or another file (--out FILE)",
        )


def _address(shown: str) -> str:
    from docpact.live.address import address_of

    return address_of(shown).base


def _time(at: str | None) -> str:
    if at is None:
        return ""
    try:
        datetime.fromisoformat(at)
    except ValueError as error:
        raise UsageError(f"--at {at} is no time", hint="write it as ISO 8601: --at 2026-01-31T12:00:00Z") from error
    return at
