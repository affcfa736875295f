"""What the verbs read that take captures: how the inputs are named, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact import inputs
from docpact.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from docpact.contract import Contract

NAMED = "FILE|DIR|GLOB|ADDRESS|-"
INPUTS = (
    "captures: JSON, one payload a line, JSON text sequences, HAR, cassettes of vcrpy and Schemathesis, Parquet; "
    "as they are, in .gz, .zst, .bz2 or .xz, in tar or zip; s3://, gs://, https://; - is standard input"
)
_URLS = (
    "of HAR files and cassettes, judge the answers to these URLs: * is anything, {id} the id asked for; re:… is a "
    "regular expression (default: the path of the contract, behind any prefix)"
)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that say how inputs are read."""
    add = parser.add_argument
    add("--max-bytes", default="64M", metavar="SIZE", help="do not judge a larger text (default: 64M)")
    add("--url-pattern", action="append", metavar="GLOB", help=_URLS)
    add("--column", metavar="NAME", help="the column of a Parquet file that holds the payloads as JSON text")


def wanted(options: argparse.Namespace, contract: Contract, *, blocks: bool) -> inputs.Settings:
    """Return how the inputs are to be read; with `blocks`, the lines of a long file many at a time."""
    limit = _bytes(options.max_bytes)
    try:
        urls = tuple(map(inputs.chosen, options.url_pattern or ())) or inputs.operations(contract.openapi)
    except ValueError as error:
        raise UsageError(f"--url-pattern: {error}", hint="give text with * and {id}, or re: and an expression") from error
    return inputs.Settings(limit, urls, options.column, blocks=blocks)


def _bytes(size: str) -> int:
    digits, unit = size.lower().removesuffix("ib").removesuffix("b"), ""
    if digits[-1:] in _UNITS:
        digits, unit = digits[:-1], digits[-1:]
    if not (digits.isascii() and digits.isdigit()) or int(digits) == 0:
        raise UsageError(f"--max-bytes {size!r} is no size", hint="give bytes, or a number with K, M or G: 64M")
    return int(digits) * _UNITS[unit]
