"""The pace of a story: when the client asks, what each answer shows, and what had happened by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpact.generate.draws import Steered, pick

if TYPE_CHECKING:
    from docpact.generate.draws import Draws
    from docpact.generate.habits import Timeout
    from docpact.generate.lives import Life
    from docpact.generate.payloads import Sampler
    from docpact.generate.samples import Row

# Clients ask every 3 to 5 s, as the guides of relays advise; less often after ten polls of a task that does not move.
_WAITS = (3_000, 5_000)
_PATIENCE, _LONGEST_WAIT = 10, 60_000
# How many polls see a state that does not move, at the most; and one step of progress, which all polls may miss.
_STANDS, _SHOWN = 3, 2
# Some look at a finished task again, between an hour and a day later.
_LATER = (3_600_000, 86_400_000)
_ONE_IN = 4
# By how much, at the most, the clock of a server in front is ahead of the answer of its upstream.
_AHEAD = 300


class View(NamedTuple):
    """What several polls in a row show: a status, how far it is, and how many polls (or moves of a slow family) see it."""

    status: str
    step: int | None
    times: int


class Pace:
    """When each poll of a story is, and the times of what happened: submitted, started, finished.

    Nothing is shown before it happened. A family that looks at its upstream every so often shows what it saw then.
    """

    def __init__(self, sampler: Sampler, life: Life, draws: Draws, action: str, path: tuple[str, ...]) -> None:
        self.action = action
        self._sampler = sampler
        self._life = life
        self._path = path
        self._own: dict[str, list[str]] = {}
        self._timeout, choices = self._ending(draws)
        self.draws: Draws = Steered(draws, choices)
        self.ahead = self.draws.integer("life/ahead", 0, _AHEAD)
        self._moves = sampler.samples.habits.moves.get(sampler.profile.name, 0)
        self._wait = self.draws.integer("life/wait", *_WAITS)
        submitted: int = sampler.task(self.draws)["submitted"]
        self.events = {"submitted": submitted}
        self._looks = submitted + (self.draws.integer("life/looks", 1, self._moves) if self._moves else 0)
        self._later = 0
        self.polls = self._polls()
        if self._timeout is not None and not self._timeout.finished:
            # The server gave the task up, and does not say when.
            self.events["finished"] = 0

    def is_later(self, at: int) -> bool:
        """Tell whether a poll comes long after the end."""
        return bool(self._later) and at >= self._later

    def own_clock(self, status: str) -> list[str]:
        """List the members that give the time of submission by the clock of a server in front, where that is open."""
        if status in self._own:
            return self._own[status]
        cycle = self._sampler.contract.lifecycle
        opened = {entry.member for entry in cycle.fixed if status in entry.open_states} if cycle else set()
        self._own[status] = [row.at[1:] for row in self._rows("submitted", status) if row.at in opened]
        return self._own[status]

    def _rows(self, make: str, status: str) -> list[Row]:
        """List the rows that give a member of this status a value of such a kind."""
        facts = {"status": status, "action": self.action}
        rows = [row for row in self._sampler.samples.rows if row.speaks_of(self._sampler.profile.name, facts)]
        firsts = {row.at: row for row in reversed(rows)}
        return [row for row in firsts.values() if row.make == make]

    def _ending(self, draws: Draws) -> tuple[Timeout | None, dict[str, int]]:
        """Draw why the task fails, where some reasons need their time; return the timeout, and the choices to be kept."""
        profile = self._sampler.profile.name
        timeouts = {t.value: t for t in self._sampler.samples.habits.timeouts if t.whom.is_for(profile, self.action)}
        for row in self._rows("text", self._path[-1]):
            timed = {n: timeouts[text] for n, text in enumerate(row.values) if text in timeouts and timeouts[text].at == row.at}
            if timed:
                fitting = [n for n in range(len(row.values)) if n not in timed or self._can_take(timed[n])]
                if fitting:
                    chosen = pick(draws, f"life{row.at}", fitting)
                    return timed.get(chosen), {row.at: chosen}
        return None, {}

    def _can_take(self, timeout: Timeout) -> bool:
        """Tell whether the task is seen to wait for its end: what has not been shown to start cannot be given up."""
        before = self._path[:-1]
        return bool(before) and (timeout.since == "submitted" or any(self._rows(timeout.since, state) for state in before))

    def _views(self) -> list[View]:
        views = []
        for n, status in enumerate(self._path):
            steps = self._sampler.steps(status, self.action)
            if steps == 1:
                views.append(View(status, None, self.draws.integer(f"life/{n}/polls", 1, _STANDS)))
                continue
            succeeds = n + 1 < len(self._path) and self._path[n + 1] in self._successes()
            reached = steps if succeeds else self.draws.integer(f"life/{n}/reached", 1, steps)
            shown = [View(status, s, self.draws.integer(f"life/{n}/polls/{s}", 0, _SHOWN)) for s in range(reached)]
            views += [view for view in shown if view.times] or [View(status, reached - 1, 1)]
        return views

    def _successes(self) -> frozenset[str]:
        cycle = self._sampler.contract.lifecycle
        return cycle.progress_ends if cycle else frozenset()

    def _polls(self) -> list[tuple[int, View]]:
        """Walk through the views: what one shows happened after the last poll of the view before it."""
        views = self._views()
        begun = self.events["submitted"]
        at = begun + self.draws.integer("life/first", _AHEAD, self._wait)
        span = (begun + 1, at)
        polls: list[tuple[int, View]] = []
        for n, view in enumerate(views):
            self._happens(view.status, span)
            last = n + 1 == len(views)
            gone = self._given_up(at) if n + 2 == len(views) else None
            leaves = None if last else self._leaves(at, view, gone)
            shown = 0
            while True:
                polls.append((at, view))
                shown += 1
                before, at = at, at + self._waited(shown, is_long=gone is not None)
                if shown >= view.times if leaves is None else at >= leaves:
                    break
            span = (gone, gone) if gone else (max(begun, leaves - self._moves) + 1, leaves) if leaves else (before + 1, at)
        return polls + self._look_again(polls[-1])

    def _happens(self, status: str, span: tuple[int, int]) -> None:
        """Date what this status shows for the first time, within the span between two polls."""
        first, last = span
        for event in ("started", "finished"):
            if event not in self.events and self._rows(event, status):
                self.events[event] = first = self.draws.integer(f"life/{event}", first, last)

    def _given_up(self, at: int) -> int | None:
        """Return when the task is given up, where that is how it ends."""
        if self._timeout is None:
            return None
        since = self.events[self._timeout.since]
        return max(at + 1, since + self.draws.integer("life/given-up", *self._timeout.after))

    def _leaves(self, at: int, view: View, gone: int | None) -> int | None:
        """Return when a view is seen no more, or None where its polls are counted."""
        if not self._moves:
            return gone
        # The first look at the upstream from then on: for what is given up, or else after this poll.
        since = at + 1 if gone is None else gone
        look = since + (self._looks - since) % self._moves
        return look if gone else look + (view.times - 1) * self._moves

    def _waited(self, shown: int, *, is_long: bool) -> int:
        return min(_LONGEST_WAIT, self._wait << (shown // _PATIENCE)) if is_long else self._wait

    def _look_again(self, last: tuple[int, View]) -> list[tuple[int, View]]:
        if self.draws.integer("life/again", 0, _ONE_IN - 1) < _ONE_IN - 1 or not self._life.is_end(last[1].status):
            return []
        self._later = last[0] + self.draws.integer("life/later", *_LATER)
        return [(self._later, last[1])]
