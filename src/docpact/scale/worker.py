"""A worker: a process that judges the pieces it is handed over a pipe, until that is closed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docpact.scale.frames import hear, say
from docpact.scale.pieces import hand_for

if TYPE_CHECKING:
    from io import FileIO

    from docpact.scale.pieces import Hand

READY = "ready"


def main() -> None:
    """Judge what comes in on file descriptor 0 and answer on 1; what anything prints goes to standard error."""
    with open(os.dup(0), "rb", buffering=0) as orders, open(os.dup(1), "wb", buffering=0) as answers:
        os.dup2(2, 1)
        try:
            hand = hand_for(hear(orders))
        except EOFError:
            return
        serve(hand, orders, answers)


def serve(hand: Hand, orders: FileIO, answers: FileIO) -> None:
    """Judge the pieces that are ordered, and answer what came of each."""
    try:
        say(answers, READY)
        while True:
            ticket, piece = hear(orders)
            say(answers, (ticket, hand.judge(piece)))
    except (EOFError, BrokenPipeError):
        # Whoever gave the orders is done, or gone. Any other exception is a bug: Python shows it, and ends with 1.
        return
