"""A page read: the style found by evidence, its draft settled, what cannot be read said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.derive import apifox, request
from docpact.derive.decisions import Decisions
from docpact.derive.page import Page, read_page
from docpact.derive.sections import divide
from docpact.derive.settle import settle
from docpact.errors import PageError, UndecidedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Ambiguity, Decision, Reading

# Each reader says how many members it sees on a page; the one that sees most reads it.
READERS = (apifox,)


def read(content: bytes, decisions: Sequence[Decision] = (), name: str = "the page") -> Reading:
    """Read the bytes of a page, with what a person has decided.

    Raises `PageError` for what is no documentation of an answer, `ContractError` for a decision that does not fit.
    """
    page = read_page(content, name)
    reader = max(READERS, key=lambda one: one.recognise(page))
    if not reader.recognise(page):
        raise _unreadable(page, name)
    draft = reader.read(page)
    if not draft.operation.method:
        raise _unreadable(page, name, members=len(draft.entries))
    return settle(draft, Decisions(decisions))


def _unreadable(page: Page, name: str, members: int = 0) -> PageError:
    """Say what of a page was recognised, and what of it was not."""
    requests = request.find_requests(page.lines)
    parts = divide(page.lines)
    seen = [f"a request ({requests[0].method} {requests[0].path}, line {requests[0].line})"] if requests else []
    seen += [f"{parts.labels} headings"] if parts.labels else []
    seen += [f"the statuses {', '.join(list(parts.statuses)[:6])}"] if parts.statuses else []
    seen += [f"{members} members"] if members else []
    missing = [] if requests else ["a request (a method and a path, or a curl line)"]
    missing += [] if members else ["members of an answer (a name on one line, its type on the next)"]
    return PageError(
        f"{name} is not documentation that can be read; recognised: {', '.join(seen) or 'nothing'};"
        f" not recognised: {' and '.join(missing)}",
        hint="copy the page of one operation as text, from its request to the end of the example of its answer",
    )


def refuse_undecided(reading: Reading) -> None:
    """Raise `UndecidedError` if anything on the page is open, naming the alternatives and what to write."""
    wanted = wanted_decisions(reading)
    if not wanted:
        return
    first = wanted[0]
    more = f" (and {len(wanted) - 1} more)" if len(wanted) > 1 else ""
    raise UndecidedError(
        f"line {first.lines[0]}: {first.question}, and no evidence on the page settles it: "
        f"{' or '.join(first.alternatives[:4])}{more}",
        hint="decide: " + " ".join(f"--decide '{one.about}={one.decision}'" for one in wanted[:6]),
    )


def wanted_decisions(reading: Reading) -> tuple[Ambiguity, ...]:
    """Return the open ambiguities that a person must decide; those that follow from others are left out."""
    nestings = [one for one in reading.undecided if one.about.endswith("#nesting")]
    return tuple(one for one in reading.undecided if one not in nestings or _borders(one, nestings))


def _borders(one: Ambiguity, nestings: Sequence[Ambiguity]) -> bool:
    """Tell whether deciding an entry decides its neighbours: it is the last of its parent, or the first after one."""
    at = nestings.index(one)
    before = nestings[at - 1].decision if at else None
    after = nestings[at + 1].decision if at + 1 < len(nestings) else None
    return before != one.decision if one.decision == "/" else after != one.decision
