"""Made: what the generator hands out, each thing with the name of its file and what is to be known of it."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.generate import encoded, samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpact.contract import Contract

MANIFEST = "manifest.json"

_NO_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


class Polls(list[Any]):
    """The polls of one task, each as `docpact validate --stories` reads it from a line."""


class Made(NamedTuple):
    """One thing that was made: what its file is called, what is to be known of it, and what it is.

    `value` is a payload, `Polls`, or bytes, where it is a text that is no JSON; `labelled` tells whether it is nothing without
    its facts, as a fault is.
    """

    name: str
    facts: Mapping[str, Any]
    value: Any
    labelled: bool = False

    @property
    def record(self) -> Any:
        """It as one JSON value, with the facts around it where it needs them."""
        if not self.labelled:
            return self.value
        if isinstance(self.value, bytes):
            return {**self.facts, **_told(self.value)}
        return {**self.facts, "polls" if isinstance(self.value, Polls) else "payload": self.value}

    def lines(self) -> bytes:
        """Return it as it stands in NDJSON: a payload on a line, or the polls of a story on a line each."""
        return encoded.compact(self.record) + b"\n" if self.labelled or not isinstance(self.value, Polls) else self.file()

    def file(self) -> bytes:
        """Return it as it stands in a file of its own: a payload as people read it, or a poll a line, or a text as it is."""
        if isinstance(self.value, bytes):
            return self.value
        return encoded.lines(self.value) if isinstance(self.value, Polls) else encoded.document(self.value)

    @property
    def ending(self) -> str:
        """How the name of its file ends."""
        return ".ndjson" if isinstance(self.value, Polls) else ".json"


@lru_cache(maxsize=4096)
def named(*parts: str) -> str:
    """Return a part of the name of a file that tells these facts, whatever they hold."""
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


def _told(text: bytes) -> dict[str, str]:
    try:
        return {"text": text.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(text).decode()}
