"""Captured texts, one after the other, judged in flat memory: every finding with its place."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.captures import Text
from docpact.finding import Finding, Layer, Place
from docpact.pointers import ABSENT, member
from docpact.polled import unwrapped
from docpact.redact import shown, shown_text
from docpact.validate.breach import Breach
from docpact.validate.payload import DEFAULT_LAYERS, Judge
from docpact.validate.placing import flaws_of, places_of
from docpact.validate.polls import Story
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from docpact.captures import Block, Corrupt
    from docpact.contract import Contract
    from docpact.polled import Polled
    from docpact.validate.bulk import Sieve
    from docpact.validate.text import Parsed

# Stories that are remembered at a time; the one that was polled longest ago makes room.
_MOST_STORIES = 200_000
# For as many texts, judged one by one, it does not pay to load the sieve.
_MANY = 50
# What the members of a wrapper must be.
_MEANT = {
    "at": "milliseconds since 1970, or a time as RFC 3339 writes it: 2025-01-31T12:00:00Z",
    "asked": "the id that was asked for, a text",
}


class Settings(NamedTuple):
    """How captures are judged: profile, layers, list bodies item by item (`each`), polls as stories, the id asked for."""

    profile: str = "documented"
    layers: Collection[Layer] = DEFAULT_LAYERS
    each: bool = False
    stories: bool = False
    asked: str | None = None


class Stream:
    """Judge captured texts in their order, remembering no more than the open stories."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        layers = frozenset(settings.layers) | ({Layer.LIFECYCLE} if settings.stories else frozenset())
        self._judge = Judge(contract, settings.profile, layers)
        self._contract = contract
        self._settings = settings
        self._by_story = Layer.LIFECYCLE in layers
        self._reader = Reader()
        # Of a plain dict, the first entry is found ever more slowly where many before it are gone.
        self._stories: OrderedDict[tuple[str, str], Story] = OrderedDict()
        self._last: dict[str, tuple[str, str]] = {}
        self.told_stories = 0
        # Polls and items have a place among others, and an id that was asked for is compared: each is judged by itself.
        self._sifts = not (self._by_story or settings.each or settings.asked is not None)
        self._sieve: Sieve | None = None
        self._judged = 0
        self._refused: bytes | None = None

    def sift(self, block: Block) -> Iterator[Text]:
        """Yield the texts of a block that must be judged one by one; the others have nothing wrong, and are only counted."""
        self.make_ready()
        if self._sieve is None:
            yield from block.texts()
            return
        for number, line in self._sieve.sift(block.content, block.ends, block.line):
            self._refused = line
            yield Text(block.source, number, line, len(line))

    def make_ready(self) -> None:
        """Have the sieve ready where payloads can be sifted."""
        if self._sieve is None and self._sifts:
            from docpact.validate.bulk import Sieve

            sieve = Sieve(self._judge)
            self._reader.again = sieve.value
            self._sieve, self._sifts = (sieve, True) if sieve.works else (None, False)

    def take_accepted(self) -> int:
        """Return how many payloads were accepted since this was last asked."""
        return self._sieve.take_accepted() if self._sieve is not None else 0

    def judge(self, text: Text) -> Iterator[list[Finding]]:
        """Yield the findings of each payload in a text: one payload, or the items of a list where that was asked for."""
        if text.content is None:
            message = f"a text of more than {text.size:,} bytes is over the limit, and was not judged"
            yield [Breach("json-size", "", ABSENT, None, message).finding(Place(text.source, text.line))]
            return
        self._judged += 1
        if self._judged == _MANY:
            self.make_ready()
        known = text.content is self._refused
        if self._sieve is not None and text.answer is None and not known and self._sieve.accepts(text.content):
            yield []
            return
        parsed = self._reader.read(text.content)
        if parsed.value is ABSENT:
            yield self._placed(text, parsed, [], "")
            return
        if self._settings.each and isinstance(parsed.value, list):
            yield from self._items(text, parsed)
            return
        polled = unwrapped(parsed.value)
        prefix = _prefix(polled)
        breaches = self._breaches(text, polled)
        if breaches or parsed.flaws:
            yield self._placed(text, parsed, breaches, prefix)
            return
        if self._sieve is not None and not prefix:
            self._sieve.learn(text.content, polled.payload)
        yield []

    def _items(self, text: Text, parsed: Parsed) -> Iterator[list[Finding]]:
        judged: list[tuple[int, str, list[Breach]]] = []
        for index, item in enumerate(parsed.value):
            polled = unwrapped(item)
            judged.append((index, f"/{index}{_prefix(polled)}", self._breaches(text, polled)))
        wanted = [f"{prefix}{b.pointer}" for _, prefix, breaches in judged for b in breaches]
        places = places_of(parsed, wanted, text.source, text.line)
        flaws = flaws_of(parsed, text.source, text.line)
        for index, prefix, breaches in judged:
            found = [
                b.finding(places[f"{prefix}{b.pointer}"]._replace(pointer=b.pointer, item=index), self._hint(text, b))
                for b in breaches
            ]
            yield [*flaws, *found]
            flaws = []
        if flaws or not judged:
            yield [*flaws, *([] if judged else [self._no_items(text)])]

    def _no_items(self, text: Text) -> Finding:
        breach = Breach("documented-body", "", [], "object", "the list is empty: there is no task in it")
        return breach.finding(Place(text.source, text.line or 1), "an empty list shows nothing: leave it out of the captures")

    def _breaches(self, text: Text, polled: Polled) -> list[Breach]:
        if polled.unclear:
            return [_unclear(polled)]
        at, asked = polled.at, polled.asked
        if text.answer is not None:
            at, asked = text.answer.at if at is None else at, text.answer.asked if asked is None else asked
        asked = asked if asked is not None else self._settings.asked
        if not self._by_story:
            return self._judge.payload(polled.payload, asked)
        return self._judge.poll(self._story(text, polled.payload), polled.payload, at, asked)

    def _story(self, text: Text, payload: Any) -> Story:
        """Find the story that a poll belongs to: that of its id, or, without one, the story polled last in the same place.

        Polls that are lines or items of one file belong together, and so do the files of one folder.
        """
        listed = text.line is not None or self._settings.each
        scope = text.source if listed else text.source.rpartition("/")[0]
        found = member(payload, self._contract.roles["id"])
        key = (scope, found) if isinstance(found, str) and found else self._last.get(scope, (scope, ""))
        story = self._stories.pop(key, None) or Story()
        self._stories[key] = story
        if story.polls == 0 and isinstance(found, str):
            self.told_stories += 1
        if len(self._stories) > _MOST_STORIES:
            self._stories.popitem(last=False)
        self._last = {scope: key}
        return story

    def _placed(self, text: Text, parsed: Parsed, breaches: list[Breach], prefix: str) -> list[Finding]:
        places = places_of(parsed, [f"{prefix}{b.pointer}" for b in breaches], text.source, text.line)
        found = [b.finding(places[f"{prefix}{b.pointer}"], self._hint(text, b)) for b in breaches]
        return [*flaws_of(parsed, text.source, text.line), *found]

    def _hint(self, text: Text, breach: Breach) -> str:
        if breach.rule == "documented-body" and breach.pointer:
            return f"write {_MEANT[breach.pointer[1:]]}; or null where it is not known"
        if breach.rule == "documented-body" and self._settings.each:
            return "each item of the list must be a task object"
        if breach.rule == "documented-body" and isinstance(breach.found, list):
            return f"to judge the items one by one: docpact validate --each {shown_text(text.source)}"
        return ""


def broken_off(corrupt: Corrupt) -> Finding:
    """Return the finding that a capture breaks off at this place."""
    return Breach("capture-corrupt", "", ABSENT, None, corrupt.reason).finding(Place(corrupt.source, corrupt.line))


def _prefix(polled: Polled) -> str:
    return "/payload" if polled.wrapped else ""


def _unclear(polled: Polled) -> Breach:
    """Tell of a wrapper that cannot be understood: to pass over its time or its id would judge less than was asked for."""
    name = polled.unclear
    found, meant = polled.payload[name], _MEANT[name]
    message = f"{name} of the poll is {shown(found)!r}, which is not {meant}"
    return Breach("documented-body", f"/{name}", found, meant, message)
