"""What every verb that asks an endpoint declares: by which token it asks, and within which limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

_HEADER = "the header that the token goes by: after Bearer in Authorization (default), alone in others, such as mj-api-secret"
_RATE = "at most N requests a second (default: 4, and on this machine as fast as answers come)"


def token(parser: argparse.ArgumentParser) -> None:
    """Declare where the token comes from."""
    from argparse import SUPPRESS

    add = parser.add_argument
    add("--token-env", metavar="VAR", help="the variable of the environment that holds the token")
    add("--token-stdin", action="store_true", help="read the token from the first line of standard input")
    add("--token-header", default="Authorization", metavar="NAME", help=_HEADER)
    # Declared so that what follows it is not taken for something else, and named in no message.
    add("--token", "--api-key", "--secret", "--bearer", nargs="?", dest="said", const="", help=SUPPRESS)


def limits(parser: argparse.ArgumentParser, *, deadline: str) -> None:
    """Declare the limits; `deadline` is the one in seconds that holds where none is given."""
    add = parser.add_argument
    add("--max-requests", default="120", metavar="N", help="send no more than N requests, whatever happens (default: 120)")
    add("--deadline", default=deadline, metavar="SECONDS", help=f"end after so many seconds (default: {deadline})")
    add("--timeout", default="10", metavar="SECONDS", help="wait so long for one answer (default: 10)")
    add("--rate", metavar="N", help=_RATE)
    add("--allow-private", action="store_true", help="ask an address of a private network")
    add("--allow-http", action="store_true", help="send the token without encryption, beyond this machine")
