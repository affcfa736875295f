"""Audit: what stands in a recording, and must not: secrets, wherever they are hidden, and the mark of another contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.cassettes.redaction import HEADER, Redaction
from docpact.cassettes.scan import suspicions
from docpact.finding import Finding, Place
from docpact.pointers import ABSENT
from docpact.redact import names_a_secret
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpact.cassettes.reading import Recording
    from docpact.cassettes.tape import Interaction
    from docpact.contract import Contract

RULE, STALE = "capture-secret", "capture-stale"


class Audit:
    """Search one cassette, interaction by interaction, and then what stands around them."""

    def __init__(self, recording: Recording, source: str, secrets: Iterable[str] = ()) -> None:
        self._recording = recording
        self._source = source
        self._secrets = tuple(secrets)
        self._redaction = Redaction(self._secrets)
        self._found = False

    def interactions(self) -> Iterator[tuple[Interaction, list[Finding]]]:
        """Yield each interaction without what must not be shown, and a finding for each secret in it.

        Raises `CaptureError` for one that cannot be read or searched.
        """
        for number, one in enumerate(self._recording.interactions()):
            clean = self._redaction.interaction(one)
            self._redaction.beside(self._recording.beside(number))
            yield clean, list(self._told(self._recording.shown(self._source, number)))

    def rest(self, content: bytes) -> Iterator[Finding]:
        """Yield what stands around the interactions, once they were searched, and what only the bytes of the file show."""
        self._redaction.removals = []
        self._redaction.beside(self._recording.around())
        yield from self._told(self._source)
        if not self._found:
            for suspicion in suspicions(content, self._secrets):
                yield _finding(suspicion.kind, Place(self._source, suspicion.line))

    def _told(self, source: str) -> Iterator[Finding]:
        held: dict[str, dict[str, int]] = {}
        for kind, place in self._redaction.removals:
            # A header that is no secret is left out of what is recorded, and may stay where it stands.
            if not kind.startswith(HEADER) or names_a_secret(kind):
                kinds = held.setdefault(place, {})
                kinds[kind] = kinds.get(kind, 0) + 1
        for place, kinds in held.items():
            self._found = True
            told = ", ".join(f"{kind} ({number} times)" if number > 1 else kind for kind, number in kinds.items())
            yield _finding(told, Place(source, None, place))


def leaks(recording: Recording, content: bytes, source: str, secrets: Iterable[str] = ()) -> Iterator[Finding]:
    """Yield a finding for each secret in a cassette; raises `CaptureError` where an interaction cannot be read or searched."""
    audit = Audit(recording, source, secrets)
    for _, found in audit.interactions():
        yield from found
    yield from audit.rest(content)


def marks(recording: Recording, source: str, contract: Contract) -> Iterator[Finding]:
    """Yield a finding where a recording says that it was made by another contract than the one that it is held to."""
    made_by = recording.metadata.get("contract_sha256")
    if isinstance(made_by, str) and made_by != contract.schema_sha256:
        message = f"it was recorded by another contract ({made_by[:12]}), and is held to {contract.schema_sha256[:12]}"
        yield Breach(STALE, "", ABSENT, None, message).finding(Place(source))


def _finding(what: str, place: Place) -> Finding:
    return Breach(RULE, place.pointer, ABSENT, None, f"the recording holds {what}").finding(place)
