"""A page read: the style found by evidence, its draft settled, what cannot be read said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from docpact.derive import openapi, request, tables
from docpact.derive.choosing import choose
from docpact.derive.decisions import Decisions
from docpact.derive.examples import guides
from docpact.derive.framing import framed, owned
from docpact.derive.merging import merge
from docpact.derive.operations import parts
from docpact.derive.page import read_page
from docpact.derive.settle import settle
from docpact.derive.text import apifox, bullets, declared, headings
from docpact.derive.text.drafting import alike
from docpact.derive.text.sections import divide
from docpact.errors import PageError, UndecidedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpact.derive.claims import Ambiguity, Decision, Draft, Reading
    from docpact.derive.page import Page


class Reader(Protocol):
    """The reader of one style of page."""

    STYLE: str

    def drafts(self, page: Page) -> list[Draft]:
        """Return what it reads on a page."""


# Each reader is a module with `drafts(page)`: a draft for each operation whose answer it can read, none where its style is not
# met. Of two that see as many members, the first is the main one. Some read a whole page, the others one operation of it.
WHOLE: tuple[Reader, ...] = (openapi, guides)
READERS: tuple[Reader, ...] = (tables, apifox, headings, bullets, declared)


def read(content: bytes, decisions: Sequence[Decision] = (), name: str = "the page", operation: str = "") -> Reading:
    """Read the bytes of a page, with what a person has decided; `operation` (`GET /path`) says which one of several.

    Raises `PageError` for what is no documentation of an answer, `ContractError` for a decision that does not fit.
    """
    page = read_page(content, name)
    drafts = [draft for reader in WHOLE for draft in reader.drafts(page)]
    drafts += [draft for part in parts(page) for draft in _drafts(part)]
    if not drafts:
        raise _unreadable(page, name)
    main, *others = framed(choose(owned(drafts), operation))
    if main.example is None:
        shown = (one.example for one in others if one.example is not None and alike(one.example, main.entries))
        main = replace(main, example=next(shown, None))
    reading = settle(main, Decisions(decisions))
    return merge(reading, [settle(one, Decisions(())) for one in others if not one.inferred])


def _drafts(part: Page) -> list[Draft]:
    """Read one operation in every style; the rows of a table that lists the answer are no lines of text to the others."""
    found = tables.drafts(part)
    text = tables.outside(part) if found else part
    return [*found, *(draft for reader in READERS if reader is not tables for draft in reader.drafts(text))]


def _unreadable(page: Page, name: str) -> PageError:
    """Say what of a page was recognised, and what of it was not."""
    requests = request.find_requests(page.lines)
    divided = divide(page.lines)
    seen = [f"a request ({requests[0].method} {requests[0].path}, line {requests[0].line})"] if requests else []
    seen += [f"{divided.labels} headings"] if divided.labels else []
    seen += [f"the statuses {', '.join(list(divided.statuses)[:6])}"] if divided.statuses else []
    seen += openapi.seen(page)
    missing = [] if requests else ["a request (a method and a path, or a curl line)"]
    missing += ["members of an answer (names with their types)"]
    first = next((line for line in page.lines if line), "")[:60]
    return PageError(
        f"{name} (it begins {first!r}) is not documentation that can be read; recognised: {', '.join(seen) or 'nothing'};"
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
