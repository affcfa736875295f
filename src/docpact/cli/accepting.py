"""What a run counts: what it accepts by waivers and a baseline, the baseline that it writes, and the sample that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.errors import UsageError
from docpact.tally import Tally

if TYPE_CHECKING:
    import argparse

    from docpact.baseline import Baseline, Record
    from docpact.cli import Streams
    from docpact.contract import Contract
    from docpact.sampling import Sample
    from docpact.waivers import Waivers

_NO_SAMPLE = {
    "stories": "a story is judged by all of its polls",
    "each": "what is taken at random are texts, not the items in them",
    "write_baseline": "it would lack what was not judged",
}


def configure(parser: argparse.ArgumentParser, *, sample: bool = True) -> None:
    """Declare the arguments; without `sample`, for a verb that judges all there is."""
    add = parser.add_argument
    add("--waivers", metavar="FILE", help="findings that are accepted for a time (docpact explain RULE shows how)")
    add("--baseline", metavar="FILE", help="what is known already: only findings of other kinds are listed, and fail")
    add("--write-baseline", metavar="FILE", help="write what was found, known or new, as a baseline; waived it is not in it")
    if not sample:
        parser.set_defaults(sample=None, seed=None)
        return
    add("--sample", type=int, metavar="N", help="judge N payloads taken at random, and say what they say of all of them")
    add("--seed", type=int, metavar="S", help="which sample: the same number, the same sample (default: 0)")


def tally(options: argparse.Namespace, contract: Contract) -> Tally:
    """Return the tally of a run, which knows what the run accepts."""
    record = _record(options)
    return Tally(waivers=_waived(options, contract), baseline=_known(options), record=record, sample=_sample(options))


def _record(options: argparse.Namespace) -> Record | None:
    if not options.write_baseline:
        return None
    from pathlib import Path

    from docpact.baseline import Record
    from docpact.files import refuse_unwritable

    refuse_unwritable(Path(options.write_baseline))
    return Record()


def _waived(options: argparse.Namespace, contract: Contract) -> Waivers | None:
    if not options.waivers:
        return None
    from datetime import date
    from pathlib import Path

    from docpact import waivers

    today = date.today()  # noqa: DTZ011 - expiry is in the days of who waives
    return waivers.load(Path(options.waivers), today, contract)


def _sample(options: argparse.Namespace) -> Sample | None:
    if options.sample is None:
        if options.seed is not None:
            raise UsageError("--seed says which sample, and no sample is asked for", hint="add --sample 1000")
        return None
    if options.sample <= 0:
        raise UsageError(f"--sample {options.sample} is no number of payloads", hint="give a number from 1")
    for option, reason in _NO_SAMPLE.items():
        if getattr(options, option):
            name = option.replace("_", "-")
            raise UsageError(f"--sample does not go with --{name}: {reason}", hint=f"leave --{name} out, or judge all")
    from docpact.sampling import Sample

    return Sample(options.sample, options.seed or 0)


def _known(options: argparse.Namespace) -> Baseline | None:
    if not options.baseline:
        return None
    from pathlib import Path

    from docpact.baseline import load

    path = Path(options.baseline)
    # The first time that a baseline is written to the place where settings say that it is read.
    if options.write_baseline and not path.exists() and path.absolute() == Path(options.write_baseline).absolute():
        return None
    return load(path)


def write(options: argparse.Namespace, judged: Tally, streams: Streams, *, interrupted: bool) -> None:
    """Write the baseline that was asked for, whole; not after an interruption, since it would lack what was not judged."""
    if judged.record is None:
        return
    if interrupted:
        streams.stderr.write("docpact: interrupted: the baseline was not written\n")
        return
    from pathlib import Path

    from docpact.files import write_whole

    write_whole(Path(options.write_baseline), judged.record.content())
