"""`docpact derive`: a documentation page into a schema and an OpenAPI document, or a check that they still agree."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docpact.errors import ContractError, Exit, UnreadableInput, UsageError
from docpact.files import write_whole
from docpact.redact import printable, without_secrets

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams
    from docpact.derive.claims import Ambiguity, Reading
    from docpact.derive.decisions import Source
    from docpact.derive.folder import Folder

_EXAMPLES = """\
examples:
  docpact derive contracts/task-fetch            read page.txt there, write the schema and openapi.json
  docpact derive contracts/task-fetch --check    fail if a byte of them differs from what is committed
  docpact derive page.txt --out contracts/mine   make a contract folder of a page
  docpact derive page.txt --claims               what the page says, as JSON
  docpact derive DIR --decide '/status#enum=QUEUED,DONE' --decide '/note#nesting=/'
"""
_MOST_PRINTED = 400


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "page", nargs="?", metavar="PAGE|DIR", help="a page as text, or a contract folder with page.txt"
    )
    parser.add_argument("--out", metavar="DIR", help="the contract folder to make, for a PAGE")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing; exit 1 if a derived file differs by a byte")
    mode.add_argument("--claims", action="store_true", help="write nothing; print what the page says as JSON")
    parser.add_argument(
        "--decide", action="append", default=[], metavar="POINTER=VALUE", help="settle an ambiguity (may be repeated)"
    )


@dataclass(frozen=True)
class _Job:
    """What is derived, and where it goes."""

    folder: Folder
    directory: Path
    is_folder: bool
    where: str


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Derive a page; return the exit code."""
    from docpact.derive import emit, folder

    job = _job(options)
    reading, source = folder.read_folder(job.folder, options.decide)
    if options.claims:
        streams.stdout.write(_json(emit.claims(reading, job.where)))
        return Exit.CONFORMS
    if reading.undecided:
        _explain_open(reading, streams)
    files = folder.files(job.folder, reading, source)
    targets = {_target(job, name): content for name, content in files.items()}
    if options.check:
        return _check(job, source, targets, streams)
    _warn_changed(job, source, streams)
    if not job.is_folder:
        targets |= _new_folder(job, reading, options.decide)
    written = {path: _write(path, content) for path, content in targets.items()}
    _summary(job, reading, streams)
    for path, changed in written.items():
        _say(streams, f"{'wrote    ' if changed else 'unchanged'} {path}")
    if options.decide:
        _say(streams, "", "keep these decisions in contract.toml:", "", *_keep(options.decide))
    return Exit.CONFORMS


def _job(options: argparse.Namespace) -> _Job:
    from docpact.derive.decisions import read_source
    from docpact.derive.folder import Folder

    if not options.page:
        raise UsageError(
            "derive needs a page or a contract folder", hint="for instance: docpact derive contracts/task-fetch"
        )
    given = Path(options.page)
    if given.is_dir():
        if options.out:
            raise UsageError("--out is for a PAGE; a folder is derived in its place", hint="leave --out away")
        contract = _read(given / "contract.toml", may_be_absent=True)
        page = given / _page_name(read_source(contract).page)
        directory, is_folder = given, True
    else:
        page = given
        if not options.out and not options.claims:
            raise UsageError(
                f"{given} is a page: say which contract folder to make of it",
                hint=f"for instance: docpact derive {given} --out contracts/{given.stem or 'mine'}",
            )
        directory, is_folder = Path(options.out or given.parent), False
        contract = _read(directory / "contract.toml", may_be_absent=True) if options.out else None
    content = _read(page)
    name = directory.resolve().name or "contract"
    return _Job(Folder(name, content or b"", contract), directory, is_folder, page.as_posix())


def _page_name(name: str) -> str:
    if not name or Path(name).name != name:
        raise ContractError(f"[source] page = {name!r} is no file name", hint='write page = "page.txt"')
    return name


def _read(path: Path, *, may_be_absent: bool = False) -> bytes | None:
    from docpact.derive.page import LARGEST

    try:
        if may_be_absent and not path.exists():
            return None
        with path.open("rb") as file:
            # One byte more than is allowed is enough for the page's own reader to refuse it.
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableInput(
            f"cannot read {path}: {error.strerror or error}", hint="name a page of text, or a folder that has page.txt"
        ) from error


def _target(job: _Job, name: str) -> Path:
    schemas = job.directory / ".." / ".." / "schemas"
    if name.endswith(".schema.json") and schemas.is_dir():
        return schemas.resolve() / name if not _shown_relative(job) else _above(job.directory) / "schemas" / name
    return job.directory / name


def _shown_relative(job: _Job) -> bool:
    return len(job.directory.parts) >= 2 and ".." not in job.directory.parts[-2:]  # noqa: PLR2004


def _above(directory: Path) -> Path:
    return directory.parent.parent


def _new_folder(job: _Job, reading: Reading, decided: list[str]) -> dict[Path, bytes]:
    from docpact.derive.decisions import from_arguments
    from docpact.derive.folder import new_contract

    made = {job.directory / "page.txt": job.folder.page}
    if job.folder.contract is None:
        operation = reading.operation
        title = operation.title or f"{operation.method} {operation.path}"
        made[job.directory / "contract.toml"] = new_contract(title, job.folder.page, from_arguments(decided))
    return made


def _write(path: Path, content: bytes) -> bool:
    """Write a file unless it has these bytes; tell whether it was written."""
    try:
        if path.read_bytes() == content:
            return False
    except OSError:
        pass
    write_whole(path, content)
    return True


def _check(job: _Job, source: Source, targets: dict[Path, bytes], streams: Streams) -> int:
    from docpact.derive.folder import first_difference, page_changed

    code = Exit.CONFORMS
    new = page_changed(job.folder, source)
    if new is not None:
        _say(streams, f"changed    {job.where}: not the page that contract.toml was written for")
        _say(streams, f'           read what changed, then set sha256 = "{new}"')
        code = Exit.VIOLATES
    for path, derived in targets.items():
        committed = _read(path, may_be_absent=True)
        difference = first_difference(committed, derived) if committed is not None else None
        if committed is None:
            _say(streams, f"missing    {path}")
        elif difference is not None:
            _say(streams, f"differs    {path}:{difference.line}")
            _say(streams, f"           committed: {_line(difference.committed)}")
            _say(streams, f"           derived:   {_line(difference.derived)}")
        else:
            _say(streams, f"same       {path}")
            continue
        code = Exit.VIOLATES
    if code:
        _say(streams, f"run: docpact derive {job.directory if job.is_folder else f'{job.where} --out {job.directory}'}")
    return code


def _line(line: str | None) -> str:
    return "(the file has ended)" if line is None else line.strip()[:_MOST_PRINTED]


def _warn_changed(job: _Job, source: Source, streams: Streams) -> None:
    from docpact.derive.folder import page_changed

    new = page_changed(job.folder, source)
    if new is not None:
        streams.stderr.write(
            printable(f"warning: {job.where} is not the page that contract.toml was written for") + "\n"
            f'hint: read what changed, then set sha256 = "{new}"\n'
        )


def _explain_open(reading: Reading, streams: Streams) -> None:
    """Say what is open with what to paste; the error that follows names the first of it."""
    from docpact.derive.folder import decision_lines
    from docpact.derive.reading import wanted_decisions

    lines = ["undecided: a person must say how to read these lines; nothing was written", ""]
    wanted = wanted_decisions(reading)
    for one in wanted:
        lines += [*_ambiguity(one), f"    decide      --decide '{one.about}={one.decision}'", ""]
    lines += ["or, to keep it, in contract.toml (the first reading of each is shown; put the right one):", ""]
    for one in wanted:
        lines += [*decision_lines(one.about, one.decision, "say why"), ""]
    streams.stderr.write("".join(f"{printable(line)}\n" for line in lines))


def _keep(decided: list[str]) -> list[str]:
    from docpact.derive.decisions import from_arguments
    from docpact.derive.folder import decision_lines

    return [line for one in from_arguments(decided) for line in (*decision_lines(one.about, one.value, "say why"), "")]


def _summary(job: _Job, reading: Reading, streams: Streams) -> None:
    operation, fields = reading.operation, reading.fields
    top = [one for one in fields if one.path.count("/") == 1]
    required = sum(one.required is True for one in fields)
    enums = sum(one.enum is not None for one in fields)
    _say(
        streams,
        f"read       {job.where}: {reading.style}, {'Chinese' if reading.language == 'zh' else 'English'}",
        f"operation  {operation.method} {operation.path}" + (f", {operation.auth}" if operation.auth else ""),
        f"members    {len(top)} at the top level, {len(fields)} in all; {required} required, {enums} with listed values",
        "",
    )
    if reading.ambiguities:
        _say(streams, "ambiguities, each with its decision, evidence, and the readings refused:", "")
        for one in _grouped(reading.ambiguities):
            _say(streams, *_ambiguity(one), "")
    for note in reading.notes:
        _say(streams, f"{note.kind}: {note.message} (line {note.lines[0]})")
    _say(streams, *([""] if reading.notes else []))


def _grouped(ambiguities: tuple[Ambiguity, ...]) -> list[Ambiguity]:
    """Join neighbours that stand in one place for like reasons: five members of a button are one line."""
    from dataclasses import replace

    grouped: list[Ambiguity] = []
    for one in ambiguities:
        last = grouped[-1] if grouped else None
        same = (
            last
            and one.about.endswith("#nesting")
            and last.about.endswith("#nesting")
            and one.decision == last.decision
        )
        if last and same and (one.by, one.alternatives) == (last.by, last.alternatives):
            grouped[-1] = replace(
                last, about=f"{last.about.removesuffix('#nesting')}, {one.about}", lines=(last.lines[0], one.lines[1]),
                evidence=tuple(dict.fromkeys((*last.evidence, *one.evidence)))[:4],
            )  # fmt: skip
        else:
            grouped.append(one)
    return grouped


def _ambiguity(one: Ambiguity) -> list[str]:
    first, last = one.lines
    by = {"person": "a person's", "evidence": "by evidence", "nobody": "OPEN, best guess"}[one.by]
    refused = [other for other in one.alternatives if other != one.decision][:4]
    return [
        f"  {one.about}  (line{f' {first}' if first == last else f's {first}-{last}'})",
        f"    decision    {one.decision[:_MOST_PRINTED]}  ({by})",
        *(f"    evidence    {said[:_MOST_PRINTED]}" for said in one.evidence),
        *(f"    {'or' if one.by == 'nobody' else 'refused':11} {other[:_MOST_PRINTED]}" for other in refused),
    ]


def _say(streams: Streams, *lines: str) -> None:
    for line in lines:
        streams.stdout.write(f"{printable(without_secrets(line))}\n")


def _json(value: object) -> str:
    # Page text may hold what a terminal would obey; JSON has escapes for all of it.
    return json.dumps(value, indent=2, ensure_ascii=not sys.stdout.isatty(), allow_nan=False) + "\n"
