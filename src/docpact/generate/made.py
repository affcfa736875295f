"""Made: what the generator hands out, each thing with the name of its file and what is to be known of it."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.generate import encoded, samples
from docpact.generate.draws import Seeded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpact.contract import Contract
    from docpact.generate.payloads import Sampler

MANIFEST = "manifest.json"

_NO_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


class Made(NamedTuple):
    """One thing that was made: what its file is called, without number and ending, what it is, and what it holds.

    `value` is a payload, or the polls of a story as a list of lines.
    """

    name: str
    facts: Mapping[str, Any]
    value: Any
    is_lines: bool = False

    def lines(self) -> bytes:
        """Return it as it stands in NDJSON: a payload on a line, or the polls of a story on a line each."""
        return encoded.lines(self.value) if self.is_lines else encoded.compact(self.value) + b"\n"

    def file(self) -> bytes:
        """Return it as it stands in a file of its own: a payload as people read it, or a poll a line."""
        return encoded.lines(self.value) if self.is_lines else encoded.document(self.value)

    def file_name(self, number: int, digits: int) -> str:
        """Return the name of its file: in the order in which files were made, and readable."""
        return f"{number:0{digits}}-{self.name}.{'ndjson' if self.is_lines else 'json'}"


def valid(
    sampler: Sampler, seed: int | str, count: int, status: str | None = None, action: str | None = None
) -> Iterator[Made]:
    """Make payloads that break no rule; raises `UsageError` for a status or an action that the profile does not know."""
    draws = Seeded(seed)
    # Asked for at once, and not when the first one is taken.
    sampler.facts(draws, status, action)
    return _valid(sampler, draws, count, (status, action))


def _valid(sampler: Sampler, draws: Seeded, count: int, asked: tuple[str | None, str | None]) -> Iterator[Made]:
    known: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for draws.nth in range(count):
        pair = sampler.facts(draws, *asked)
        if pair not in known:
            known[pair] = named(pair[1], pair[0]), {"kind": "valid", "status": pair[0], "action": pair[1]}
        yield Made(*known[pair], sampler.payload(sampler.task(draws), *pair))


@lru_cache(maxsize=4096)
def named(*parts: str) -> str:
    """Return a name of a file that tells these facts, whatever they hold."""
    return _NO_NAME.sub("-", "-".join(parts).lower())[:_LONGEST].strip("-") or "payload"


def about(contract: Contract, profile: str, version: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a manifest says of a run: what was asked for, of which contract and which samples."""
    path = Path(contract.folder, samples.NAME)
    return {
        "docpact": version,
        "contract": {
            "name": contract.name,
            "schema_sha256": contract.schema_sha256,
            "samples_sha256": sha256(path.read_bytes()).hexdigest() if path.is_file() else None,
            "profile": profile,
        },
        "asked": dict(asked),
    }
