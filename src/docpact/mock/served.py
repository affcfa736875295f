"""Served: an answer of a healthy relay, with what is to be known of it to break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docpact.exchange import Answer, Purpose, Request
    from docpact.mock.tasks import Live


class Served(NamedTuple):
    """What a healthy relay answers to a request, and what is to be known of it to break that.

    `purpose` is None where the request is for no task at all; `step` is where the life of the task is, and `poll` the number of
    this poll of it, from 1 (0: it is none). `presented` is the token, None without one.
    """

    request: Request
    answer: Answer
    purpose: Purpose | None = None
    asked: str = ""
    task: Live | None = None
    step: int = 0
    poll: int = 0
    presented: str | None = None
