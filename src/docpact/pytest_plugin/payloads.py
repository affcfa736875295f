"""Payloads for tests: the next one at each call, the same ones for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.api import load
from docpact.generate.draws import Seeded
from docpact.generate.payloads import Sampler
from docpact.generate.stories import story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docpact.pytest_plugin.seen_by import SeenBy


class Payloads:
    """A factory of payloads that keep a contract under a profile; the n-th call of a test gives the same in every run."""

    def __init__(self, contract: str | Path, profile: str, seed: str, seen_by: SeenBy | None = None) -> None:
        self._contract = load(contract)
        self._profile = profile
        self._seed = str(seed)
        self._seen_by = seen_by
        self._samplers: dict[tuple[str, str | None], Sampler] = {}
        self._made = 0

    def __call__(
        self, status: str | None = None, action: str | None = None, *, profile: str | None = None, locale: str | None = None
    ) -> dict[str, Any]:
        """Return the next payload; what is not given is drawn. Raises `UsageError` for what the profile does not have."""
        sampler, draws = self._sampler(profile, locale), self._draws()
        payload = sampler.payload(sampler.task(draws), *sampler.facts(draws, status, action))
        if self._seen_by is not None:
            self._seen_by.payload(payload)
        return dict(payload)

    def story(
        self, action: str | None = None, path: Sequence[str] | None = None, *, profile: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the polls of the next task, in their order: to its end, through the statuses of `path` where it is given."""
        polls = list(story(self._sampler(profile, None), self._draws(), action, path))
        if self._seen_by is not None:
            for poll in polls:
                self._seen_by.payload(poll.payload, poll.at)
        return [poll.payload for poll in polls]

    def _draws(self) -> Seeded:
        self._made += 1
        return Seeded(self._seed, self._made - 1)

    def _sampler(self, profile: str | None, locale: str | None) -> Sampler:
        key = (profile or self._profile, locale)
        if key not in self._samplers:
            self._samplers[key] = Sampler(self._contract, *key)
        return self._samplers[key]
