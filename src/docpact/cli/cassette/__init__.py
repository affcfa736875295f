"""`docpact cassette VERB …`: recorded exchanges that can be trusted; one module a verb."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from docpact.errors import Exit

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams

VERBS = {
    "lint": "judge recorded answers by a contract, and look for secrets",
    "record": "record the polls of real tasks, judged and without secrets",
    "scrub": "take secrets out of cassettes that lie in files",
    "age": "tell of recordings that are older than they should be",
    "verify": "ask a relay for the tasks of a cassette, and compare by contract and story",
    "synthesize": "make a cassette of generated stories, without a network",
}

_EXAMPLES = """examples:
  docpact cassette lint tests/cassettes/
  docpact cassette scrub tests/cassettes/

docpact cassette VERB --help says more of each. Exit codes: 0 conforms, 1 violates, 2 wrong usage, 3 input unreadable,
4 not established, 130 interrupted."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs, and the arguments of each."""
    parser.epilog = _EXAMPLES
    parser.set_defaults(explain=parser.format_help)
    verbs = parser.add_subparsers(dest="doing", metavar="VERB")
    for name, purpose in VERBS.items():
        verb = verbs.add_parser(
            name,
            help=purpose,
            description=f"{purpose[0].upper()}{purpose[1:]}.",
            allow_abbrev=False,
            formatter_class=parser.formatter_class,
        )
        import_module(f"docpact.cli.cassette.{name}").configure(verb)


def run(options: argparse.Namespace, streams: Streams) -> int:
    """Run the verb that was asked for; without one, say which there are."""
    if options.doing is None:
        streams.stdout.write(options.explain())
        return Exit.USAGE
    code: int = import_module(f"docpact.cli.cassette.{options.doing}").run(options, streams)
    return code
