"""Where `docpact generate` writes to: standard output, one file, or a folder of named files with a manifest."""

from __future__ import annotations

import json
import os
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact import files
from docpact.errors import UsageError
from docpact.generate import encoded
from docpact.generate.made import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docpact.cli import Streams
    from docpact.generate.made import Made

FORMS = ("ndjson", "json", "files", "python", "typescript")
MODELS = ("typescript", "typeddict", "pydantic")

_BY_ENDING = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", "": "files", ".py": "python", ".ts": "typescript"}
# So many are handed on at once.
_AT_ONCE = 256


class Target(NamedTuple):
    """The form to write, and the path to write it to, or None for standard output."""

    form: str
    path: Path | None

    def write(self, made: Iterable[Made], said: Mapping[str, Any], streams: Streams) -> None:
        """Write what is made, as it is made; raises `UsageError` where it cannot be written."""
        if self.form == "files" and self.path is not None:
            files.write_folder(self.path, _named(made, said))
        elif self.form == "json":
            self.write_texts(encoded.listed(encoded.compact(thing.record) for thing in made), streams)
        else:
            self.write_texts((thing.lines() for thing in made), streams)

    def write_texts(self, texts: Iterable[bytes], streams: Streams) -> None:
        """Write texts, one after the other, to the one file; raises `UsageError` where it cannot be written."""
        if self.path is None:
            _print(_joined(texts), streams)
        else:
            files.write_whole(self.path, _joined(texts))


def target(form: str | None, out: str | None, forms: Sequence[str]) -> Target:
    """Settle the form and the path; raises `UsageError` where they do not fit, or where it must not be written.

    The first of the forms is that of standard output.
    """
    if out == "":
        raise UsageError("--out is empty", hint="name a file or a folder, or leave --out away")
    path = None if out in {None, "-"} else Path(str(out))
    if form is None:
        form = forms[0] if path is None else _BY_ENDING.get(path.suffix, "")
        if form not in forms:
            raise UsageError(
                f"the name {out} does not tell what to write", hint=f"say it: --as {' or --as '.join(sorted(forms))}"
            )
    elif form not in forms:
        near = get_close_matches(form.lower(), forms, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(forms))}"
        raise UsageError(f"there is no form {form!r} here", hint=hint)
    if form == "files":
        if path is None:
            raise UsageError("--as files needs a folder", hint="name it: --out fixtures/")
        _refuse_foreign(path)
    return Target(form, path)


def _refuse_foreign(path: Path) -> None:
    """Raise `UsageError` unless the folder is not there, is empty, or holds what a manifest says that docpact wrote."""
    try:
        found = set(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        if path.exists():
            raise UsageError(f"{path} is no folder, and --as files writes one", hint="for example: --out fixtures/") from error
        return
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint="name a folder that can be read and written") from error
    if not found:
        return
    foreign = sorted(found - _ours(path))
    if foreign:
        raise UsageError(
            f"{path} holds {foreign[0]}{f' and {len(foreign) - 1} more' if foreign[1:] else ''}, which docpact did not write",
            hint="name a folder that is new, empty, or wholly written by docpact generate: such a one is replaced",
        )


def _ours(path: Path) -> set[str]:
    """Return the names of the files that the manifest in a folder lists."""
    try:
        said = json.loads(Path(path, MANIFEST).read_bytes())
        return {MANIFEST, *(entry["file"] for entry in said["files"])} if "docpact" in said else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _named(made: Iterable[Made], said: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Give each thing a name, and from time to time the part of the manifest that tells of the last ones."""
    told = [encoded.document(said).removesuffix(b"\n}\n"), b',\n  "files": [']
    between, end = b"\n    ", b"]\n}\n"
    for thing in made:
        name = thing.name + thing.ending
        yield name, thing.file()
        told += (between, encoded.compact({"file": name, **thing.facts}))
        between, end = b",\n    ", b"\n  ]\n}\n"
        if len(told) >= _AT_ONCE:
            yield MANIFEST, b"".join(told)
            told.clear()
    yield MANIFEST, b"".join((*told, end))


def _joined(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Join many short texts to fewer long ones: each write costs as much as a payload."""
    parts = iter(texts)
    while part := b"".join(islice(parts, _AT_ONCE)):
        yield part


def _print(texts: Iterable[bytes], streams: Streams) -> None:
    """Write JSON to standard output, in UTF-8 whatever the terminal speaks."""
    binary = getattr(streams.stdout, "buffer", None)
    for text in texts:
        if binary is None:
            streams.stdout.write(text.decode())
        else:
            binary.write(text)
    if binary is not None:
        binary.flush()
