"""Written: payloads as JSON, fast: what the sampler makes for a state is told once as a form, which each task then fills in."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from docpact.generate.draws import Columns, Seeded
from docpact.generate.encoded import compact, plain
from docpact.generate.payloads import VALUES, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docpact.generate.kinds import Asked
    from docpact.generate.payloads import Sampler

    _Value = Callable[[Task], Any]
    _Fill = Callable[[Task], str]

# What stands for a value of the task while a form is made: between two characters that Unicode leaves to programs.
_MARK = re.compile("\ufdd0([^\ufdd1]+)\ufdd1")
# Times are numbers, and have no quotation marks around them.
_TIME = re.compile('"(\ufdd0(?:submitted|started|finished)\ufdd1)"')
# These hold what people wrote, and are escaped; the others are made of digits and Latin letters.
_SPOKEN = frozenset({"prompt", "english", "chinese", "describes"})
# A choice between more than so many is no choice of a form.
_MOST = 64
# Above this, JSON is not written by the encoder that forms are made with.
_LARGEST = 1 << 63


def written(sampler: Sampler, asked: Asked) -> Iterator[bytes]:
    """Write the payloads that `kinds.valid` makes, each as JSON; raises `UsageError` for what the profile does not know."""
    # Asked for at once, and not when the first one is taken.
    sampler.facts(Seeded(asked.seed), asked.status, asked.action)
    return _written(sampler, asked)


def _written(sampler: Sampler, asked: Asked) -> Iterator[bytes]:
    clock = sampler.samples.clock
    is_far = clock.begins + asked.count * clock.apart + clock.queued[1] + clock.running[1] >= _LARGEST
    draws = Columns(asked.seed, asked.count)
    forms = _Forms(sampler)
    task = _Filled(draws, sampler, forms.makers)
    for _ in draws:
        task.clear()
        state = sampler.facts(draws, asked.status, asked.action)
        fill = None if is_far else forms[state]
        yield compact(sampler.payload(sampler.task(draws), *state)) if fill is None else fill(task).encode("latin-1")


class _Filled(Task):
    """A task whose values are ready to stand in JSON."""

    __slots__ = ("makers",)

    def __init__(self, draws: Columns, sampler: Sampler, makers: dict[str, _Value]) -> None:
        self.draws = draws
        self.samples = sampler.samples
        self.locales = sampler.locales
        self.makers = makers

    def __missing__(self, name: str) -> Any:
        value = self[name] = self.makers[name](self)
        return value


class _NoFormError(Exception):
    """What the sampler makes for a state is not the same but for the values of the task and a few choices."""


class _Probe:
    """Draws that choose the first of everything, but for what is `chosen`, and note between how many there was to choose."""

    def __init__(self, chosen: Mapping[str, int]) -> None:
        self.nth = 0
        self.asked: dict[str, int] = {}
        self._chosen = chosen

    def integer(self, path: str, low: int, high: int) -> int:
        """Choose, where there is so little to choose from that each choice can be tried."""
        if low or high > _MOST:
            raise _NoFormError
        self.asked[path] = high
        return self._chosen.get(path, 0)


class _Marked(Task):
    """A task of which each value is its mark."""

    __slots__ = ()

    def __missing__(self, name: str) -> str:
        return _mark(name)


class _Forms(dict[tuple[str, str], "_Fill | None"]):
    """What fills in the form of each state, made when it is first asked for; None where only the sampler can."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self.makers: dict[str, _Value] = {**VALUES, **{f"json {name}": _spoken(name) for name in _SPOKEN}}

    def __missing__(self, state: tuple[str, str]) -> _Fill | None:
        fill: _Fill | None = None
        with suppress(_NoFormError, UnicodeEncodeError, OverflowError):
            fill = _fill(self._form(state))
        self[state] = fill
        return fill

    def _form(self, state: tuple[str, str]) -> str:
        first, asked = self._marked(state, {})
        forms = {name: _form(value) for name, value in first.items()}
        choices: dict[str, str] = {}
        for path, last in asked.items():
            others = [self._marked(state, {path: n}) for n in range(1, last + 1)]
            if any(also != asked or other.keys() != first.keys() for other, also in others):
                raise _NoFormError
            for name, value in first.items():
                options = [forms[name] if other[name] is value else _form(other[name]) for other, _ in others]
                if any(option != forms[name] for option in options):
                    if name in choices:
                        raise _NoFormError
                    choices[name] = key = f"choice {len(self.makers)}"
                    self.makers[key] = _choice(path, [forms[name], *options])
        forms |= {name: _mark(key) for name, key in choices.items()}
        return f"{{{','.join(f'{_form(name)}:{form}' for name, form in forms.items())}}}"

    def _marked(self, state: tuple[str, str], chosen: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, int]]:
        """Return the payload of a state with marks for the values of the task, and what there was to choose."""
        probe = _Probe(chosen)
        task = _Marked(probe, self._sampler.samples, self._sampler.locales)
        return self._sampler.payload(task, *state), probe.asked


def _mark(name: str) -> str:
    return f"\ufdd0{name}\ufdd1"


def _form(value: Any) -> str:
    """Return JSON with a mark for each value of the task."""
    return _TIME.sub(r"\1", plain(value).decode())


def _fill(form: str) -> _Fill:
    """Return what puts the values of a task where the marks are; the text has a character for each byte, which is quick."""
    names = [f"json {name}" if name in _SPOKEN else name for name in _MARK.findall(form)]
    places = _MARK.sub("%s", form.replace("%", "%%")).encode().decode("latin-1")
    if not names:
        text = places % ()
        return lambda _: text
    values = itemgetter(*names)
    return lambda task: places % values(task)


def _choice(path: str, forms: list[str]) -> _Fill:
    fills = [_fill(form) for form in forms]
    last = len(fills) - 1
    return lambda task: fills[task.draws.integer(path, 0, last)](task)


def _spoken(name: str) -> _Fill:
    value = VALUES[name]
    return lambda task: _escaped(value(task))


@lru_cache(maxsize=1024)
def _escaped(text: str) -> str:
    return plain(text).decode("latin-1")[1:-1]
