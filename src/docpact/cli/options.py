"""The arguments of every verb, and what is said when they do not fit."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from docpact.cli import VERBS, Streams
from docpact.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import SupportsWrite


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal: its width, and the module that knows it, are asked for where help is written."""

    # One is made for each argument that is declared.
    columns: ClassVar[int | None] = 80

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(prog, **{"width": self.columns, **settings})


class _RawHelp(_Help, argparse.RawDescriptionHelpFormatter):
    """The same, with the lines of the examples as they are."""


class _Parser(argparse.ArgumentParser):
    """argparse that neither prints nor exits on a mistake: the mistake is an error like every other one."""

    streams: Streams

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"{self.prog} --help lists what it takes")

    def format_help(self) -> str:
        _Help.columns = None
        return super().format_help()

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:  # noqa: ARG002 - argparse calls it so
        self.streams.stdout.write(message)


def parse(arguments: Sequence[str], streams: Streams) -> argparse.Namespace | int:
    """Read the arguments of one command; return an exit code instead where help or a version was asked for."""
    from docpact import __version__

    _Parser.streams = streams
    parser = _Parser(
        prog="docpact",
        description="Turn a documented API response into a contract, and hold payloads to it.",
        epilog="docpact VERB --help says more of each. Exit codes: 0 conforms, 1 violates, 2 wrong usage, "
        "3 input unreadable, 4 not established, 70 a bug of docpact, 130 interrupted.",
        allow_abbrev=False,
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"docpact {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    asked = arguments[0] if arguments and arguments[0] in VERBS else None
    for name, purpose in VERBS.items():
        verb = verbs.add_parser(
            name,
            help=purpose,
            description=f"{purpose[0].upper()}{purpose[1:]}.",
            allow_abbrev=False,
            formatter_class=_RawHelp,
        )
        # Only the module of the verb that was asked for is imported: the others may need packages that are heavy.
        if name == asked:
            import_module(f"docpact.cli.{name}").configure(verb)
    if not arguments:
        parser.print_help()
        return Exit.USAGE
    if not arguments[0].startswith("-") and asked is None:
        raise UsageError(f"there is no command {arguments[0]!r}", hint=_nearest(arguments[0]))
    try:
        options, unknown = parser.parse_known_args(arguments)
    except SystemExit as stop:
        return Exit.CONFORMS if stop.code in (0, None) else Exit.USAGE
    if unknown:
        prog = f"docpact {asked}" if asked else "docpact"
        raise UsageError(f"unrecognized arguments: {' '.join(unknown)}", hint=f"{prog} --help lists what it takes")
    return options


def _nearest(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, VERBS, n=1)
    return f"did you mean: docpact {near[0]}?" if near else f"the commands are: {', '.join(VERBS)}"
