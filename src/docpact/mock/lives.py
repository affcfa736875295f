"""Lives: the tasks that a relay knows from the start, and how each of them goes, step by step, to its end."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.generate.draws import Seeded, Steered
from docpact.generate.lives import lives_of
from docpact.generate.payloads import Sampler
from docpact.generate.stories import story
from docpact.pointers import member

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract
    from docpact.generate.draws import Draws
    from docpact.generate.lives import Life
    from docpact.generate.payloads import Task
    from docpact.mock.submit import Order

# A follower that asks every few seconds should see the end soon: so many steps show one status, at the most.
_SHOWN = 3
# Images in the samples stand at hosts that nobody has (RFC 2606): here they are on this relay.
_HOST = re.compile(r"https?://(?:[a-z0-9-]+\.)*example\.(?:com|org|net)(?=/)")


class Step(NamedTuple):
    """One step in the life of a task: what a poll shows, and when that was in the life as it was made (milliseconds)."""

    at: int
    payload: dict[str, Any]


class Made(NamedTuple):
    """A task as it was made: its id, its job, and all its steps, the last of which stays.

    What is done with it goes on with its `prompts`, as written and in English, and with its `model`.
    """

    id: str
    action: str
    steps: tuple[Step, ...]
    prompts: tuple[str, str] = ("", "")
    model: str = ""


class Given(Sampler):
    """A sampler that is told some values of the next task, instead of drawing them: the prompt of a submission."""

    values: Mapping[str, Any] = {}
    last: Task

    def task(self, draws: Draws) -> Task:
        """Begin a task with what is given."""
        self.last = super().task(draws)
        self.last.update(self.values)
        return self.last


class Lives:
    """Make the tasks of a relay of one profile; the same seed makes the same ones. Images are at `base`."""

    def __init__(self, contract: Contract, profile: str, seed: int | str, base: str) -> None:
        self.contract = contract
        self.sampler = Given(contract, profile)
        self._draws = Seeded(seed)
        self._base = base
        self._lives = lives_of(self.sampler)
        self._ends = [state for state in self.sampler.statuses if contract.lifecycle and contract.lifecycle.is_end(state)]

    def known(self) -> Iterator[Made]:
        """Yield tasks that show each action with the first end, and each other end with the first action that comes to it."""
        actions = self.sampler.actions or [""]
        told = set()
        for action, end in self._wanted(actions):
            made = self.made(action, end)
            if made.id not in told:
                told.add(made.id)
                yield made

    def _wanted(self, actions: list[str]) -> Iterator[tuple[str, str]]:
        if not self._lives:
            yield from ((action, status) for action in actions for status in self.sampler.statuses or [""])
            return
        best = max(self._ends, key=lambda end: self.sampler.samples.weights.get(end, 1), default="")
        yield actions[0], best
        yield from ((actions[0], end) for end in self._ends if end != best)
        yield from ((action, best) for action in actions[1:])

    def is_over(self, payload: Any) -> bool:
        """Tell whether a payload shows a task at its end."""
        return "status" in self.contract.roles and member(payload, self.contract.roles["status"]) in self._ends

    def ordered(self, order: Order, parent: Made | None = None) -> Made:
        """Make a task of a submission: with its prompt, or that of its parent, and with what it wants to find again in it."""
        given: dict[str, Any] = {"parent": order.parent} if order.parent else {}
        prompts = (order.prompt, order.prompt) if order.prompt else parent.prompts if parent else ("", "")
        if any(prompts):
            given["prompts"] = prompts
        ends = sorted(self._ends, key=lambda end: -self.sampler.samples.weights.get(end, 1)) or [""]
        model = self._model_in(order.prompt) or (parent.model if parent else "")
        made = self.made(order.action, ends[1] if order.fails and len(ends) > 1 else ends[0], given, model)
        return made._replace(steps=tuple(step._replace(payload=_told(step.payload, order)) for step in made.steps))

    def made(self, action: str, end: str, given: Mapping[str, Any] | None = None, model: str = "") -> Made:
        """Make the next task: of an action, with an end (or, without a lifecycle, in a state); `given` are values of it.

        `model` is what a prompt says of it: the task shows the buttons of that model, as far as its action has some.
        """
        self.sampler.values = given or {}
        models, at = self.sampler.models(action), self.sampler.choice_of_buttons
        chosen = _nearest(models, model) if model else self._draws.integer(at, 0, len(models) - 1)
        draws = Steered(self._draws, {at: chosen})
        life = self._lives.get(action)
        if life is None:
            steps = [Step(0, self.sampler.payload(self.sampler.task(draws), end, action))]
        else:
            steps = [Step(poll.at, poll.payload) for poll in story(self.sampler, draws, action or None, _path(life, end))]
        prompts = self.sampler.last.get("prompts", ("", ""))
        shown = models[chosen] or self.sampler.usual_model
        if shown and self._model_in(prompts[1]).partition(" ")[0] == shown.partition(" ")[0]:
            # Whoever names a model is not told another one, nor the same one twice.
            steps = [step._replace(payload=_with_text(step.payload, f"{prompts[1]} {shown}", prompts[1])) for step in steps]
        steps = [step._replace(payload=self._here(step.payload)) for step in steps]
        task = self._id_of(steps[0].payload)
        self._draws.nth += 1
        return Made(task, action, tuple(self._thinned(steps)), prompts, models[chosen] or model or shown)

    def _model_in(self, prompt: str) -> str:
        """Return what a prompt says of the model, such as `--v 6.1`; "" where it says nothing."""
        names = {found.model.partition(" ")[0] for found in self.sampler.samples.sets if found.model}
        words = prompt.split()
        return next((f"{name} {value}" for name, value in pairwise(words) if name in names), "")

    def _id_of(self, payload: Any) -> str:
        found = member(payload, self.contract.roles["id"]) if "id" in self.contract.roles else None
        if isinstance(found, str | int) and found not in ("", 0):
            return str(found)
        return str(self.sampler.task(self._draws)["id"])

    def _here(self, payload: Any) -> Any:
        if isinstance(payload, list):
            return [self._here(item) for item in payload]
        return {
            name: _HOST.sub(self._base, value, count=1) if isinstance(value, str) and value.startswith("http") else value
            for name, value in payload.items()
        }

    def _thinned(self, steps: list[Step]) -> Iterator[Step]:
        """Leave out what shows the same as the step before it, and of a long row in one status all but some."""
        roles = self.contract.roles
        views: list[list[Step]] = []
        shown: tuple[Any, Any] | None = None
        for step in steps:
            view = tuple(member(step.payload, roles[role]) if role in roles else None for role in ("status", "progress"))
            if view == shown:
                continue
            if shown is None or view[0] != shown[0]:
                views.append([])
            views[-1].append(step)
            shown = (view[0], view[1])
        for row in views:
            chosen = sorted({0, *(n * (len(row) - 1) // (_SHOWN - 1) for n in range(_SHOWN))})
            yield from (row[n] for n in chosen)


def _nearest(models: list[str], wanted: str) -> int:
    """Return the index of a model, or else of one of its generation (`--v 5.1`: `--v 5.2`), or else of the first."""
    wide = [model.partition(".")[0] for model in models]
    generation = wanted.partition(".")[0]
    return models.index(wanted) if wanted in models else wide.index(generation) if generation in wide else 0


def _with_text(payload: dict[str, Any], text: str, other: str) -> dict[str, Any]:
    """Return a payload with another text where an object in it says a text."""
    return {
        name: {key: other if held == text else held for key, held in value.items()} if isinstance(value, dict) else value
        for name, value in payload.items()
    }


def _told(payload: dict[str, Any], order: Order) -> dict[str, Any]:
    """Put into a payload what the submission asked to be told again: its state, and its hook where the family shows it."""
    if order.state and "state" in payload:
        payload = {**payload, "state": order.state}
    properties = payload.get("properties")
    if order.hook and isinstance(properties, dict) and "notifyHook" in properties:
        payload = {**payload, "properties": {**properties, "notifyHook": order.hook}}
    return payload


def _path(life: Life, end: str) -> tuple[str, ...]:
    """Return the longest way to an end: through every state that is on it, and once back where the family goes back."""
    path = [life.begins[0]]
    while following := life.after(path):
        running = [state for state in following if not life.is_end(state)]
        path.append(running[0] if running else end if end in following else following[0])
    return tuple(path)
