"""`docpact derive`: a documentation page into a schema and an OpenAPI document, or a check that they still agree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docpact.errors import ContractError, Exit, PageError, UsageError
from docpact.files import write_whole
from docpact.redact import printable, without_secrets

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams
    from docpact.derive.claims import Reading
    from docpact.derive.decisions import Source
    from docpact.derive.folder import Folder

_EXAMPLES = """\
examples:
  docpact derive contracts/task-fetch            read page.txt there, write the schema and openapi.json
  docpact derive contracts/task-fetch --check    fail if a byte of them differs from what is committed, and say what changed
  docpact derive saved.html --out contracts/acme --check    what the provider changed since the page of contracts/acme
  docpact derive page.txt --out contracts/mine   make a contract folder of a page
  docpact derive page.txt --claims               what the page says, as JSON
  docpact derive DIR --decide '/status#enum=QUEUED,DONE' --decide '/note#nesting=/'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("page", nargs="?", metavar="PAGE|DIR", help="a page as text or HTML, or a folder with page.txt")
    parser.add_argument("--out", metavar="DIR", help="the contract folder to make, for a PAGE")
    parser.add_argument(
        "--operation", default="", metavar="'GET /PATH'", help="which one, of a page that documents several, or does not say"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing; exit 1 if a derived file differs by a byte")
    mode.add_argument("--claims", action="store_true", help="write nothing; print what the page says as JSON")
    parser.add_argument(
        "--decide", action="append", default=[], metavar="POINTER=VALUE", help="settle an ambiguity (may be repeated)"
    )
    from docpact.cli import reports

    reports.configure(parser)
    parser.set_defaults(each=False, stories=False, fail_on="any", waivers=None, max_findings=None, words=True)


@dataclass(frozen=True)
class _Job:
    """What is derived, and where it goes."""

    folder: Folder
    directory: Path
    is_folder: bool
    where: str
    # Whether the page is no text, so that the lines are those of the text that was made of it.
    made: bool = False


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Derive a page; return the exit code."""
    from docpact.derive import emit, folder, telling

    job = _job(options)
    reading, source = folder.read_folder(job.folder, options.decide, job.where, options.operation)
    if options.claims:
        # Escapes for all that is not ASCII: no text of a page can steer a terminal.
        claims = json.dumps(emit.claims(reading, job.where), indent=2, ensure_ascii=True, allow_nan=False)
        streams.stdout.write(f"{claims}\n")
        return Exit.CONFORMS
    if reading.undecided:
        streams.stderr.write("".join(f"{printable(line)}\n" for line in telling.what_is_open(reading)))
    files = folder.files(job.folder, reading, source)
    targets = {_target(job, name): content for name, content in files.items()}
    if options.check:
        return _check(job, source, targets, options, streams)
    _refuse_report(options)
    _warn_changed(job, source, streams)
    if not job.is_folder:
        targets |= _new_folder(job, reading, options.decide, options.operation)
    written = {path: _write(path, content) for path, content in targets.items()}
    written |= {path: _write(path, content) for path, content in _accept(job).items()}
    _say(streams, telling.summary(reading, job.where))
    if job.made:
        kept = (
            "the text that was made of it" if job.is_folder else f"{job.directory / 'page.txt'}, the text that was made of it"
        )
        _say(streams, [f"lines      those of {kept}", ""])
    _say(streams, [f"{'wrote' if changed else 'unchanged':10} {path}" for path, changed in written.items()])
    if options.decide and (job.is_folder or job.folder.contract is not None):
        _say(streams, telling.to_keep(options.decide))
    return Exit.CONFORMS


def _job(options: argparse.Namespace) -> _Job:
    from docpact.derive.decisions import read_source
    from docpact.derive.folder import Folder
    from docpact.derive.page import as_text

    if not options.page:
        raise UsageError("derive needs a page or a contract folder", hint="for instance: docpact derive contracts/task-fetch")
    given = Path(options.page)
    if given.is_dir():
        if options.out:
            raise UsageError("--out is for a PAGE; a folder is derived in its place", hint="leave --out away")
        contract = _read(given / "contract.toml", may_be_absent=True)
        page = given / _page_name(read_source(contract).page)
        directory, is_folder = given, True
    else:
        page = given
        if not given.exists():
            raise PageError(f"there is no {options.page}", hint="look at the spelling, and at the folder you are in")
        if not options.out and not options.claims:
            raise UsageError(
                f"{given} is a page: say which contract folder to make of it",
                hint=f"for instance: docpact derive {given} --out contracts/{given.stem or 'mine'}",
            )
        directory, is_folder = Path(options.out or given.parent), False
        contract = _read(directory / "contract.toml", may_be_absent=True) if options.out else None
    given_bytes = _read(page) or b""
    content = as_text(given_bytes, page.as_posix())
    name = directory.resolve().name or "contract"
    return _Job(Folder(name, content, contract), directory, is_folder, page.as_posix(), content != given_bytes)


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
        raise PageError(
            f"cannot read {path}: {error.strerror or error}", hint="name a page of text, or a folder that has page.txt"
        ) from error


def _target(job: _Job, name: str) -> Path:
    schemas = job.directory / ".." / ".." / "schemas"
    if name.endswith(".schema.json") and schemas.is_dir():
        # `contracts/mine` → `schemas/…`, as a person would write it; `.` and the like need the whole path.
        plain = len(job.directory.parts) > 1 and ".." not in job.directory.parts
        return (job.directory.parent.parent / "schemas" if plain else schemas.resolve()) / name
    return job.directory / name


def _new_folder(job: _Job, reading: Reading, decided: list[str], said: str) -> dict[Path, bytes]:
    from docpact.derive.decisions import from_arguments
    from docpact.derive.folder import new_contract

    made = {job.directory / "page.txt": job.folder.page}
    if job.folder.contract is None:
        operation = reading.operation
        title = operation.title or f"{operation.method} {operation.path}"
        made[job.directory / "contract.toml"] = new_contract(title, job.folder.page, from_arguments(decided), said)
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


def _refuse_report(options: argparse.Namespace) -> None:
    if options.format != "text" or options.output is not None:
        raise UsageError(
            "--format and --output are for the report of --check", hint="add --check, or --out to say where a contract goes"
        )


def _check(job: _Job, source: Source, targets: dict[Path, bytes], options: argparse.Namespace, streams: Streams) -> int:
    from docpact.cli import changed
    from docpact.derive.folder import first_difference, page_changed
    from docpact.derive.telling import difference

    lines: list[str] = []
    new = page_changed(job.folder, source)
    if new is not None:
        lines += [f"changed    {job.where}: not the page that contract.toml was written for"]
        lines += [f'           read what changed, then set sha256 = "{new}"']
    wrong = new is not None
    for path, derived in targets.items():
        committed = _read(path, may_be_absent=True)
        found = first_difference(committed, derived) if committed is not None else None
        if committed is None:
            lines.append(f"missing    {path}")
        else:
            lines += [f"same       {path}"] if found is None else difference(str(path), found)
        wrong = wrong or committed is None or found is not None
    for path, derived in {} if wrong else _accept(job).items():
        committed = _read(path, may_be_absent=True)
        wrong = wrong or committed != derived
        lines.append(f"{'same' if committed == derived else 'differs' if committed else 'missing':10} {path}")
    if wrong:
        lines.append(f"run: docpact derive {job.directory if job.is_folder else f'{job.where} --out {job.directory}'}")
    _say(streams, lines if options.format == "text" else [])
    document = next(path for path in targets if path.name == "openapi.json")
    page = job.directory / "page.txt"
    # Of a page that was written over nothing is left.
    before = b"" if job.is_folder else _read(page, may_be_absent=True) or b""
    pages = changed.Page(page.as_posix(), before), changed.Page(job.where, job.folder.page)
    changed.tell(_read(document, may_be_absent=True), targets[document], pages, options, streams)
    return Exit.VIOLATES if wrong else Exit.CONFORMS


def _accept(job: _Job) -> dict[Path, bytes]:
    """Make the plan by which a plainly right payload is accepted at once, of the files as they stand now."""
    from zlib import crc32

    from docpact import contract, data
    from docpact.validate import plan

    terms = job.directory / "contract.toml"
    if not terms.is_file():
        return {}
    stamps = {
        "contract": crc32(terms.read_bytes()),
        "schema": crc32(Path(data.schema_path(str(job.directory))).read_bytes()),
    }
    made = plan.make(contract.load(job.directory), stamps)
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return {} if made is None else {job.directory / "accept.json": f"{text}\n".encode()}


def _warn_changed(job: _Job, source: Source, streams: Streams) -> None:
    from docpact.derive.folder import page_changed

    new = page_changed(job.folder, source)
    if new is not None:
        said = printable(f"warning: {job.where} is not the page that contract.toml was written for")
        streams.stderr.write(f'{said}\nhint: read what changed, then set sha256 = "{new}"\n')


def _say(streams: Streams, lines: list[str]) -> None:
    for line in lines:
        streams.stdout.write(f"{printable(without_secrets(line))}\n")
