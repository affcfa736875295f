"""`docpact check`: hold a live endpoint to a contract, within limits, and without showing the token to anybody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from docpact import __version__, checking
from docpact.cli import accepting, configured, endpoint, polling, reports
from docpact.contract import load
from docpact.errors import Exit, MissingExtraError
from docpact.finding import Layer
from docpact.redact import safe_source
from docpact.report import Checked

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.live.plan import Plan
    from docpact.live.verdict import Verdict
    from docpact.report import Run

_EXAMPLES = """examples:
  docpact check http://127.0.0.1:8080 --task 1725017986212425
  docpact check https://relay.example --task ID --follow ID --token-env RELAY_TOKEN
  docpact check https://relay.example --task ID --token-env RELAY_TOKEN --thorough --record traffic.har
  pass show relay | docpact check https://relay.example --task ID --token-stdin --format junit --output check.xml

The token comes from the environment or standard input, never from the command line. Only GET requests are sent, unless
--probe methods or --thorough says otherwise. Without --task and --follow nothing can be judged: give it ids of tasks that
the endpoint has made. Exit codes: 0 conforms, 1 violates, 2 wrong usage, 4 not established, 130 interrupted."""

_TASK = "a task that the endpoint has made: judge it as it stands, in several polls; may be repeated"
_FOLLOW = "a task that is under way: poll it to its end, which must come before the deadline; may be repeated"
_PROBE = "what is tried beside polling: auth, ids, methods, repeat, or none (default: auth,ids)"
_RECORD = "write what was sent and came as a HAR file, without secrets; docpact validate reads it"
_LAYER = "judge only these layers, of documented, coherent, lifecycle; transport is always judged"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("base", nargs="?", metavar="BASE_URL", help="the address of the endpoint, up to where the documented path begins")
    add("--task", action="append", default=[], metavar="ID", help=_TASK)
    add("--follow", action="append", default=[], metavar="ID", help=_FOLLOW)
    endpoint.token(parser)
    add("--contract", default="task-fetch", metavar="NAME|DIR", help="the contract to judge by (default: task-fetch)")
    add("--body", metavar="FILE", help="what to send, once, where the documented request is a POST")
    add("--profile", default="documented", metavar="NAME", help="what a family of servers does beside the page")
    add("--layer", action="append", metavar="LAYER", help=_LAYER)
    add("--probe", action="append", metavar="PROBE", help=_PROBE)
    add("--thorough", action="store_true", help="try all probes")
    endpoint.limits(parser, deadline="50")
    add("--record", metavar="FILE", help=_RECORD)
    reports.configure(parser)
    add("--fail-on", default="error", choices=configured.FAIL_ON, help="what makes the exit code 1")
    accepting.configure(parser, sample=False)
    add("--max-findings", type=int, metavar="N", help="list at most N findings; all of them are counted")
    parser.set_defaults(each=False, stories=True)
    configured.configure(parser, without=("max-bytes",))


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Ask the endpoint, and write the report; what was found so far is reported on Ctrl-C too."""
    origins = configured.settle(options)
    if options.show_settings:
        return configured.show(options, origins, streams)
    try:
        from docpact.cli import asking
        from docpact.live.wire import Host
    except ModuleNotFoundError as error:
        if error.name != "h11":
            raise
        raise MissingExtraError("check", "h11") from None
    contract = load(options.contract)
    contract.profile(options.profile)
    plan = asking.plan(options, contract, streams.stdin)
    _refuse_unwritable(options.record)
    tally = accepting.tally(options, contract)
    with reports.Gathered(options, contract) as gathered:
        host = Host(options.base, asking.consent(options, plan.token))
        line = polling.Line(plan, streams)
        verdict = asyncio.run(line.watched(checking.ask(contract, plan, host, tally=tally, watch=line.follow)))
        tally.not_established = verdict.not_established is not None or not verdict.saw.polls
        _record(options.record, verdict, host.base, plan)
        _gather(gathered, verdict, plan)
        gathered.write(judgement(options, contract, verdict, host.base, streams), streams)
        accepting.write(options, tally, streams, interrupted=verdict.interrupted)
    return Exit.INTERRUPTED if verdict.interrupted else tally.exit_code(options.fail_on)


def _refuse_unwritable(name: str | None) -> None:
    if name is not None:
        from pathlib import Path

        from docpact.files import refuse_unwritable

        refuse_unwritable(Path(name))


def _record(name: str | None, verdict: Verdict, base: str, plan: Plan) -> None:
    if name is not None:
        from pathlib import Path

        from docpact.files import write_whole
        from docpact.live.recorded import har

        write_whole(Path(name), har(verdict.exchanges, base, [plan.token], __version__, plan.limit))


def _gather(gathered: reports.Gathered, verdict: Verdict, plan: Plan) -> None:
    """Gather the findings, and what the polls showed, poll by poll where the report draws them."""
    gathered.take_findings(verdict.findings)
    if not gathered.wants_texts:
        return
    from docpact.exchange import Purpose
    from docpact.validate.packed import unpacked

    polls: dict[str, int] = {}
    for exchange in verdict.exchanges:
        if exchange.purpose is not Purpose.TASK or exchange.answer is None or exchange.lack is not None:
            continue
        source = safe_source(f"{exchange.request.method} {exchange.request.target}")
        poll = polls[source] = polls.get(source, 0) + 1
        body = unpacked(exchange.answer.body, exchange.answer.header("content-encoding") or "", plan.limit).body
        found = [f for f in verdict.findings if f.place.source == source and f.traffic is not None and f.traffic.poll == poll]
        gathered.take_answer(body, exchange.at, source, found)


def judgement(options: argparse.Namespace, contract: Contract, verdict: Verdict, base: str, streams: Streams) -> Run:
    """Return what a report says of a run."""
    layers = {Layer.DOCUMENTED, Layer.COHERENT, Layer.LIFECYCLE}
    if options.layer:
        layers &= {Layer(name.strip()) for part in options.layer for name in part.split(",")}
    return reports.described(options, contract, verdict.tally, streams)._replace(
        interrupted=verdict.interrupted,
        rules=reports.rules_in_force(contract, options.profile, layers, asked=True, live=True),
        inputs=(base,),
        checked=_checked(verdict, base),
    )


def _checked(verdict: Verdict, base: str) -> Checked:
    saw, missing = verdict.saw, verdict.not_established
    reason, hint = ("", "") if missing is None else missing
    if missing is None and not saw.polls:
        reason, hint = "no answer held a task", "look at the findings, and whether the ids are those of tasks"
    return Checked(
        base=base,
        requests=verdict.requests,
        seconds=verdict.seconds,
        polls=saw.polls,
        seen={"statuses": saw.statuses, "actions": saw.actions, "transitions": saw.transitions, "members": saw.members},
        unseen={"statuses": saw.unseen_statuses, "actions": saw.unseen_actions, "members": saw.unseen_members},
        notes=(*verdict.notes, *(saw.notes if saw.polls else ())),
        reason=reason,
        hint=hint,
    )
