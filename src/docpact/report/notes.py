"""Notes: what a run was not asked to fail for, and how much a sample says, in sentences that every report tells alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.report.showing import count, plain, told
from docpact.tally import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpact.report import Checked, Run
    from docpact.sampling import Sample
    from docpact.tally import Tally

_NAMED = 5
_MOST_SEEN = 12


def accepted(run: Run) -> Iterator[str]:
    """Say what was waived, what was known, what a sample says of all payloads, and what was seen of a live endpoint.

    Nothing is said of what nobody asked for.
    """
    yield from _waivers(run.tally)
    yield from _baseline(run)
    yield from _sample(run.tally.sample)
    if run.compared is not None:
        yield from run.compared.notes
    if run.checked is not None:
        yield from _checked(run.checked, violates=run.tally.verdict(run.fail_on) is Verdict.VIOLATES)


def _checked(checked: Checked, *, violates: bool) -> Iterator[str]:
    if checked.reason:
        yield f"{'and' if violates else 'not established'}: {told(checked.reason)}"
        yield f"what to do: {told(checked.hint)}"
    asked = f"{count(checked.requests, 'request')} in {checked.seconds:,.1f} s"
    yield f"asked {plain(checked.base)}: {asked}, {count(checked.polls, 'answer')} with a task"
    if checked.polls:
        seen = (_listed(checked.seen.get(name, ())) for name in ("statuses", "actions", "transitions"))
        said = "; ".join(words for words in seen if words)
        yield from [f"seen: {said}"] if said else []
    for note in checked.notes:
        yield f"not tried: {told(note)}" if " never " in note else told(note)


def _listed(names: Mapping[str, int] | Sequence[str]) -> str:
    shown = ", ".join(plain(name) or "(empty)" for name in list(names)[:_MOST_SEEN])
    return shown if len(names) <= _MOST_SEEN else f"{shown} and {len(names) - _MOST_SEEN} more"


def _waivers(tally: Tally) -> Iterator[str]:
    if tally.waivers is None:
        return
    if tally.waived:
        yield f"{count(tally.waived, 'finding')} waived"
    for waiver in tally.waivers.expired:
        yield f"expired: the waiver of {waiver.rule} by {plain(waiver.owner)}, on {waiver.expires}: mend it or renew it"
    for waiver in tally.waivers.unused:
        yield f"unused: the waiver of {waiver.rule} by {plain(waiver.owner)}: nothing needs it, take it out"


def _baseline(run: Run) -> Iterator[str]:
    baseline = run.tally.baseline
    if baseline is None:
        return
    yield f"{run.tally.known:,} known (baseline)"
    unmet = [] if run.interrupted or run.tally.sample is not None else baseline.unmet
    if unmet:
        named = ", ".join(f"{plain(known.rule)} {told(known.pointer)}".rstrip() for known in unmet[:_NAMED])
        more = f" and {len(unmet) - _NAMED:,} more" if len(unmet) > _NAMED else ""
        yield f"no longer met: {named}{more}: --write-baseline takes them out of the baseline"


def _sample(sample: Sample | None) -> Iterator[str]:
    if sample is None:
        return
    if sample.taken == sample.of:
        yield f"sample: all of {count(sample.of, 'payload')}, since there are no more"
        return
    from docpact.sampling import CONFIDENCE, in_ten_thousand

    bound = in_ten_thousand(sample.at_most())
    yield (
        f"sample: {sample.taken:,} of {count(sample.of, 'payload')}, seed {sample.seed}; "
        f"of all, at most {bound} in 10,000 break a rule that none of these breaks (each rule, {CONFIDENCE:.0%})"
    )
    for rule, broken in sorted(sample.broken.items(), key=lambda item: (-item[1], item[0]))[:_NAMED]:
        yield f"{rule}: {broken:,} of the sample; of all, at most {in_ten_thousand(sample.at_most(rule))} in 10,000"
