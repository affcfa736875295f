"""Settings: what a file says of the options of `docpact validate` and `docpact check`, where the command line does not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.contract import names
from docpact.errors import Exit, UsageError
from docpact.redact import printable
from docpact.report import FORMATS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from docpact.cli import Streams

OWN, SHARED = "docpact.toml", "pyproject.toml"
TABLE = "tool.docpact"
FAIL_ON = ("error", "warning", "never")

_COMMAND, _DEFAULT = "command line", "default"
_FALLBACK = "built in"


class _Key(NamedTuple):
    """What a key may be: its types, what they are called, the values that there are, and whether it names a file."""

    types: tuple[type, ...] = (str,)
    called: str = "a text"
    example: str = '"…"'
    values: tuple[str, ...] = ()
    file: bool = False


_KEYS = {
    "profile": _Key(),
    "contract": _Key(),
    "layer": _Key((str, list), "a text or a list of texts", '["documented", "coherent"]'),
    "fail-on": _Key(values=FAIL_ON),
    "max-findings": _Key((int,), "a whole number", "100"),
    "max-bytes": _Key((str, int), "a number of bytes or a text", '"64M"'),
    "waivers": _Key(file=True),
    "baseline": _Key(file=True),
    "format": _Key(values=tuple(FORMATS)),
}


def configure(parser: argparse.ArgumentParser, without: Collection[str] = ()) -> None:
    """Declare the arguments; to be called last, since it takes the defaults of the others away, to see what is given.

    `without` names the keys that are no options of the verb: a file that several verbs share may hold them.
    """
    add = parser.add_argument
    add("--config", metavar="FILE", help=f"read settings from this file (default: {OWN}, else {SHARED} with [{TABLE}])")
    add("--isolated", action="store_true", help="read no settings from the current folder")
    add("--show-settings", action="store_true", help="print each setting and where it comes from, and judge nothing")
    fallback = {_dest(key): parser.get_default(_dest(key)) for key in _KEYS if key not in without}
    parser.set_defaults(**dict.fromkeys(fallback), **{_FALLBACK: fallback})


def settle(options: argparse.Namespace) -> dict[str, str]:
    """Give every option its value: of the command line, else of the file, else the default; return where it came from."""
    said, place = _said(options)
    origins = {}
    fallback = getattr(options, _FALLBACK)
    for key in _KEYS:
        dest = _dest(key)
        if dest not in fallback:
            continue
        origins[key] = _COMMAND
        if getattr(options, dest) is None:
            origins[key] = place if key in said else _DEFAULT
            setattr(options, dest, said.get(key, fallback[dest]))
    return origins


def show(options: argparse.Namespace, origins: dict[str, str], streams: Streams) -> Exit:
    """Print each setting, its value and where it comes from."""
    rows = [(key, _shown(getattr(options, _dest(key))), origin) for key, origin in origins.items()]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    for key, value, origin in rows:
        streams.stdout.write(f"{key:<{first}}  {value:<{second}}  {printable(origin)}\n")
    return Exit.CONFORMS


def _dest(key: str) -> str:
    return key.replace("-", "_")


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return printable(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _said(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Find the settings; return them, and the name of the place where they stand."""
    if options.config is not None and options.isolated:
        raise UsageError("--config names a file, and --isolated says to read none", hint="leave one of them out")
    name = options.config
    if name is None and not options.isolated:
        name = next((known for known in (OWN, SHARED) if os.path.isfile(known)), None)
    if name is None:
        return {}, ""
    data = _read(name)
    shared = os.path.basename(name) == SHARED
    if shared and options.config is None and TABLE.encode() not in data:
        return {}, ""
    table: Any = _parsed(data, name)
    place = f"{name} [{TABLE}]" if shared else name
    if shared:
        tool = table.get("tool")
        table = tool.get("docpact") if isinstance(tool, dict) else None
        if table is None and options.config is None:
            return {}, ""
        if not isinstance(table, dict):
            raise UsageError(f"{name} has no table [{TABLE}]", hint=f"write [{TABLE}], and the settings below it")
    return {key: _checked(key, value, name, place) for key, value in table.items()}, place


def _read(name: str) -> bytes:
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(
            f"the settings in {name} cannot be read: {error.strerror or error}", hint=f"--config FILE names a {OWN}"
        ) from error


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        hint = "mend it, or leave it out with --isolated"
        raise UsageError(f"the settings in {name} cannot be read: {error}", hint=hint) from error


def _checked(key: str, value: Any, name: str, place: str) -> Any:
    from difflib import get_close_matches

    known = _KEYS.get(key)
    if known is None:
        near = get_close_matches(key, _KEYS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(_KEYS)}"
        raise UsageError(f"unknown setting {key!r} in {place}", hint=hint)
    texts = not isinstance(value, list) or all(isinstance(item, str) for item in value)
    if not isinstance(value, known.types) or isinstance(value, bool) or not texts:
        raise UsageError(f"{key} in {place} is not {known.called}", hint=f"write for example: {key} = {known.example}")
    if known.values and value not in known.values:
        near = get_close_matches(str(value), known.values, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known.values)}"
        raise UsageError(f"{key} in {place} is {value!r}, which there is not", hint=hint)
    if key == "layer":
        return value if isinstance(value, list) else [value]
    if key == "max-bytes":
        return str(value)
    folder = os.path.dirname(name)
    beside: Any = os.path.join(folder, value) if isinstance(value, str) and folder else value
    if key == "contract":
        return beside if value not in names() and os.path.isdir(beside) else value
    return beside if known.file and value else value
