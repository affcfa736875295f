"""The desk: where tasks are submitted and listed, beside the one path that the page documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docpact.exchange import Answer
from docpact.mock.family import OPEN
from docpact.mock.hooks import Notices
from docpact.mock.submit import Order, Refusal, Submissions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpact.exchange import Headers, Request
    from docpact.mock.family import Family
    from docpact.mock.guard import Guard
    from docpact.mock.lives import Lives
    from docpact.mock.tasks import Live, Settings, Tasks

# Nobody may poll a task whose steps are told to a hook: it moves by the clock all the same.
_PACE_OF_HOOKS = 1.0
# All tasks, those that have not come to their end, and those that are named.
_LIST, _QUEUE, _BY_IDS = "/mj/task/list", "/mj/task/queue", "/mj/task/list-by-condition"
_MOST_LISTED = 1_000

PREFLIGHT: Headers = (
    ("access-control-allow-methods", "GET, HEAD, POST, OPTIONS"),
    ("access-control-allow-headers", "authorization, content-type, mj-api-secret"),
    ("access-control-max-age", "600"),
    OPEN,
)


class Desk:
    """Takes submissions and lists tasks; a contract whose `relay.toml` names no submissions has no desk."""

    def __init__(self, family: Family, submissions: Submissions, guard: Guard, settings: Settings) -> None:
        self._family = family
        self._submissions = submissions
        self._guard = guard
        self._settings = settings
        self.notices = Notices()

    def answer(self, request: Request, path: str, lives: Lives, tasks: Tasks) -> Answer | None:
        """Answer a request at one of its paths, or return None for any other path."""
        bare = self._submissions.path(path, self._family.modes)
        listed = path if bare is None and self._submissions and path in {_LIST, _QUEUE, _BY_IDS} else None
        if bare is None and listed is None:
            return None
        allowed = "GET" if listed in {_LIST, _QUEUE} else "POST"
        if request.method == "OPTIONS":
            return Answer(204, (("allow", f"{allowed}, OPTIONS"), *PREFLIGHT))
        if request.method != allowed:
            return Answer(405, (("allow", allowed), OPEN))
        if not self._guard.lets_in(request.headers):
            return self._family.answers["wrong-token" if self._guard.presented(request.headers) else "no-token"]
        if bare is not None:
            return self._submitted(self._submissions.read(bare, request.body), lives, tasks)
        return self._listed(listed or "", request.body, lives, tasks)

    def _listed(self, path: str, body: bytes, lives: Lives, tasks: Tasks) -> Answer:
        if path == _BY_IDS:
            return self._list(self._named(body, tasks), polls=True)
        clock = self._settings.clock
        shown = (task for task in tasks.all() if path == _LIST or not lives.is_over(task.lived.steps[task.step(clock)].payload))
        return self._list(shown, polls=False)

    def _submitted(self, order: Order | Refusal, lives: Lives, tasks: Tasks) -> Answer:
        if isinstance(order, Refusal):
            return self._submissions.answer(order.on, order.about)
        parent = tasks.get(order.parent)
        if order.parent and parent is None:
            return self._submissions.answer("no-task", order.parent)
        if order.again:
            return self._submissions.answer("submitted", task=order.parent)
        made = lives.ordered(order, parent.made if parent else None)
        now = self._settings.clock()
        task = tasks.submit(made, now)
        if order.hook:
            self.notices.follow(task, order.hook, self._settings.pace or _PACE_OF_HOOKS)
        said = made.steps[0].payload.get("description")
        # A relay in between puts the words of this answer into the task; a server puts its command there.
        description = said if isinstance(said, str) and not said.startswith("/") else ""
        return self._submissions.answer("submitted", task=made.id, description=description)

    def _named(self, body: bytes, tasks: Tasks) -> Iterable[Live]:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return []
        ids = said.get("ids") if isinstance(said, dict) else None
        asked = ids[:_MOST_LISTED] if isinstance(ids, list) else []
        found = (tasks.get(task) for task in dict.fromkeys(one for one in asked if isinstance(one, str)))
        return [task for task in found if task is not None]

    def _list(self, tasks: Iterable[Live], *, polls: bool) -> Answer:
        clock = self._settings.clock
        bodies = [(task.look(clock) if polls else task.now(clock)).body for task in tasks]
        return Answer(200, (("content-type", self._family.type), OPEN), b"[" + b",".join(bodies) + b"]")
