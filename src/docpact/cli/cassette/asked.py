"""What the verbs that ask a relay share: its address, the token, the limits, and one run within them."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpact.cli import endpoint, polling, reports
from docpact.cli.check import judgement
from docpact.errors import Exit, MissingExtraError, UsageError
from docpact.tally import Tally

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.live.plan import Plan
    from docpact.live.verdict import Verdict

# What `docpact check` can do besides: a recording is of polls alone.
_ALWAYS: dict[str, Any] = {"layer": None, "probe": ["none"], "thorough": False, "body": None}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    endpoint.token(parser)
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract to judge by (default: task-fetch)")
    add("--profile", default="documented", metavar="NAME", help="what a family of servers does beside the page")
    endpoint.limits(parser, deadline="600")
    reports.configure(parser)
    add("--max-findings", type=int, metavar="N", help="list at most N findings; all of them are counted")
    parser.set_defaults(each=False, stories=True, fail_on="error", **_ALWAYS)


def plan(
    options: Namespace, contract: Contract, streams: Streams, *, tasks: Sequence[str], follows: Sequence[str]
) -> Plan:  # fmt: skip
    """Return the plan of a run; raises `UsageError` for whatever makes none."""
    try:
        from docpact.cli import asking
    except ModuleNotFoundError as error:
        raise _without(error) from None
    contract.profile(options.profile)
    return asking.plan(Namespace(**{**vars(options), "task": list(tasks), "follow": list(follows)}), contract, streams.stdin)


def answered(options: Namespace, contract: Contract, plan: Plan, streams: Streams) -> tuple[Verdict, str, Exit]:
    """Ask as planned, and write the report; return the verdict, the address that was asked, and the exit code."""
    try:
        from docpact.cli import asking
        from docpact.live.run import Extra, run
        from docpact.live.wire import Host
    except ModuleNotFoundError as error:
        raise _without(error) from None
    tally = Tally()
    host = Host(options.base, asking.consent(options, plan.token))
    line = polling.Line(plan, streams)

    async def show(session: Any, _: int) -> None:
        line.follow(session)

    with reports.Gathered(options, contract) as gathered:
        verdict = asyncio.run(line.watched(run(contract, plan, host, [Extra(0, show)], tally)))
        tally.not_established = verdict.not_established is not None or not verdict.saw.polls
        gathered.take_findings(verdict.findings)
        gathered.write(judgement(options, contract, verdict, host.base, streams), streams)
    return verdict, host.base, Exit.INTERRUPTED if verdict.interrupted else tally.exit_code()


def base(given: str | None, example: str) -> str:
    """Return the address of the relay as it was given; raises `UsageError` where there is none."""
    if given is None:
        raise UsageError("name the address of the relay", hint=example)
    return given


def target(out: str | None, example: str) -> Path:
    """Return the file to write; raises `UsageError` where none is named, or where it cannot be written."""
    from docpact.files import refuse_unwritable

    if out is None:
        raise UsageError("name the cassette to write: --out FILE", hint=example)
    refuse_unwritable(Path(out))
    return Path(out)


def _without(error: ModuleNotFoundError) -> Exception:
    return MissingExtraError("check", "h11") if error.name == "h11" else error
