"""`docpact cassette age`: tell of recordings that are older than they should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from docpact.captures import Skipped, Unreadable
from docpact.cli.cassette import files
from docpact.errors import CaptureError, Exit, UsageError
from docpact.redact import printable, safe_source

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams

_EXAMPLES = """examples:
  docpact cassette age tests/cassettes/
  docpact cassette age tests/cassettes/ --days 90 --fail

A recording is as old as the oldest time that it holds: of its interactions, of its metadata, or of the Date header of an
answer. What holds none is told too. Exit codes: 0 young enough, or only told; 1 too old with --fail, or without a time with
--unknown fail; 2 wrong usage; 3 unreadable."""

_MOST_DAYS = 36_500
# So much may the clock of a server, or its time zone, be ahead.
_SKEW = timedelta(days=1)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    parser.epilog = _EXAMPLES
    add("inputs", nargs="*", metavar="FILE|DIR|GLOB", help="cassettes of vcrpy, pytest-recording or docpact, in YAML or JSON")
    add("--days", type=int, default=180, metavar="N", help="how old a recording may be (default: 180)")
    add("--fail", action="store_true", help="exit with 1 where one is older, instead of only saying so")
    add("--unknown", default="warn", choices=("warn", "fail"), help="what to do where no time is known (default: warn)")
    add("--now", metavar="TIME", help="count from this time (ISO 8601) instead of now")


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Say of each cassette how old it is, where it is older than it should be or nobody knows."""
    from docpact.report.showing import count

    if not 0 <= options.days <= _MOST_DAYS:
        raise UsageError(f"--days {options.days} is not from 0 to {_MOST_DAYS:,}", hint="give a number of days: --days 180")
    now, limit = _now(options.now), count(options.days, "day")
    code, seen, old = Exit.CONFORMS, 0, 0
    for thing in files.found(options.inputs):
        if isinstance(thing, Skipped):
            continue
        at = _recorded(thing)
        if isinstance(at, Unreadable):
            code = Exit.UNREADABLE
            files.told(at, streams)
            continue
        seen += 1
        told, fails = _told(at, now, options)
        if told:
            old += 1
            streams.stdout.write(f"{printable(safe_source(thing[0]))}: {told}\n")
            code = max(code, Exit.VIOLATES if fails else Exit.CONFORMS)
    if not seen and code is not Exit.UNREADABLE:
        raise CaptureError("there is no cassette here", hint="name a file, or a folder that holds some")
    streams.stdout.write(f"{seen - old:,} of {count(seen, 'recording')}: no older than {limit}\n")
    return code


def _recorded(thing: files.Found | Unreadable) -> datetime | Unreadable | None:
    """Return when a cassette was recorded, None where nothing in it says so, or why it cannot be read."""
    from docpact.cassettes.ages import recorded_at

    if isinstance(thing, Unreadable):
        return thing
    try:
        return recorded_at(thing.recording)
    except CaptureError as error:
        return Unreadable(thing.name, error.message, error.hint)


def _told(at: datetime | None, now: datetime, options: argparse.Namespace) -> tuple[str, bool]:
    """Return what is to be told of a recording, nothing where it is young enough; and whether that fails."""
    from docpact.report.showing import count

    if at is None:
        return "nothing in it says when it was recorded", options.unknown == "fail"
    if at - now > _SKEW:
        return f"it says that it was recorded {at:%Y-%m-%d}, which is still to come", options.unknown == "fail"
    days = (now - at).days
    if days <= options.days:
        return "", False
    return f"recorded {at:%Y-%m-%d}, {count(days, 'day')} ago; the limit is {count(options.days, 'day')}", options.fail


def _now(said: str | None) -> datetime:
    if said is None:
        return datetime.now(UTC)
    try:
        time = datetime.fromisoformat(said)
    except ValueError as error:
        raise UsageError(f"--now {said!r} is no time", hint="write it as ISO 8601 does: 2026-11-22") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)
