"""What `docpact derive --check` says of a page that was saved anew: what its provider changed, in words and as findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from docpact.errors import ContractError

if TYPE_CHECKING:
    import argparse

    from docpact.cli import Streams
    from docpact.compare.comparison import Comparison
    from docpact.compare.side import Side


class Page(NamedTuple):
    """A page by its name, with its bytes, which are empty where nothing is left of it."""

    name: str
    content: bytes


def tell(
    committed: bytes | None, derived: bytes, pages: tuple[Page, Page], options: argparse.Namespace, streams: Streams
) -> None:
    """Write what changed from a committed `openapi.json` to the one derived now; `pages` are the old page and the new one.

    As text nothing is written where no derived file differs.
    """
    text = options.format == "text"
    if committed is None or (text and committed == derived):
        return
    found = _compared(committed, derived, pages)
    if text and not found.changes:
        streams.stdout.write("\nwhat the page promises has not changed: lines have moved, or a file was edited by hand\n")
        return
    from docpact.cli import diff

    streams.stdout.write("\n" if text and options.output is None else "")
    diff.write(options, streams, found, (pages[1].name,))


def _compared(committed: bytes, derived: bytes, pages: tuple[Page, Page]) -> Comparison:
    from docpact.compare.comparison import compare
    from docpact.diffing import judge

    try:
        old = _side(json.loads(committed), "what is committed", pages[0])
    except (ValueError, RecursionError) as error:
        raise ContractError(f"the committed openapi.json is no JSON: {error}", hint="derive it anew") from error
    return compare(old, _side(json.loads(derived), "the page as it is now", pages[1]), judge)


def _side(document: object, called: str, page: Page) -> Side:
    from docpact.compare.side import of_document

    text = page.content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return of_document(document, called, page.name, text.split("\n") if text else (), page.name)
