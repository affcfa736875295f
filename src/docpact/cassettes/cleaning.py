"""Cleaning: a cassette that lies in a file is redacted as one that is recorded, and stays what its tool wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpact.cassettes import reading
from docpact.cassettes.redaction import Redaction
from docpact.cassettes.scan import Suspicion, suspicions

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping, Sequence

    from docpact.cassettes.reading import Recording


class Cleaned(NamedTuple):
    """A cassette after cleaning: its bytes (None where nothing had to change), what was taken out, by kind, and what is left.

    What is `left` looks like a secret, and stands where cleaning cannot reach it; such a file is not to be written.
    """

    content: bytes | None
    removed: Mapping[str, int]
    left: Sequence[Suspicion]


def cleaned(recording: Recording, content: bytes, secrets: Iterable[str] = ()) -> Cleaned:
    """Clean a cassette that was read of its `content`; raises `CaptureError` for a body that cannot be searched."""
    secrets = tuple(secrets)
    redaction = Redaction(secrets)
    interactions, besides = [], []
    for number, one in enumerate(recording.interactions()):
        before: Counter[str] = redaction.removed.copy()
        clean, beside = redaction.interaction(one), redaction.beside(recording.beside(number))
        # A packed body in which there was nothing stays as it lies there.
        interactions.append(one if redaction.removed == before else clean)
        besides.append(beside)
    around = redaction.beside(recording.around())
    if not redaction.removed:
        return Cleaned(None, {}, list(suspicions(content, secrets)))
    written = recording.written(interactions, besides, around)
    return Cleaned(written, dict(sorted(redaction.removed.items())), list(_left(written, secrets)))


def _left(written: bytes, secrets: Sequence[str]) -> Iterable[Suspicion]:
    """Look at what is about to be written, as bytes, and as what will be read of it."""
    yield from suspicions(written, secrets)
    again = Redaction(secrets)
    for one in reading.read(written).interactions():
        again.interaction(one)
    yield from (Suspicion(kind, 1) for kind in again.removed)
