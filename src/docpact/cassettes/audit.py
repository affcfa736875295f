"""Audit: what stands in a recording, and must not: secrets, wherever they are hidden, and the marks of another contract."""

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
    from docpact.contract import Contract

RULE, STALE = "capture-secret", "capture-stale"


def leaks(recording: Recording, content: bytes, source: str, secrets: Iterable[str] = ()) -> Iterator[Finding]:
    """Yield a finding for each kind of secret in each interaction, and for what stands elsewhere in the file, by its line."""
    secrets = tuple(secrets)
    redaction, found = Redaction(secrets), False
    for number, one in enumerate(recording.interactions()):
        redaction.interaction(one)
        redaction.beside(recording.beside(number))
        for removal in redaction.removals:
            # A header that may go without saying is left out of what is recorded, and no secret where it stands.
            if not removal.kind.startswith(HEADER) or names_a_secret(removal.kind):
                found = True
                yield _finding(removal.kind, Place(recording.shown(source, number), None, removal.place))
    if not found:
        for suspicion in suspicions(content, secrets):
            yield _finding(suspicion.kind, Place(source, suspicion.line))


def marks(recording: Recording, source: str, contract: Contract) -> Iterator[Finding]:
    """Yield a finding where a recording says that it was made by another contract than the one that it is held to."""
    made_by = recording.metadata.get("contract_sha256")
    if isinstance(made_by, str) and made_by != contract.schema_sha256:
        message = f"it was recorded by another contract ({made_by[:12]}), and is held to {contract.schema_sha256[:12]}"
        yield Breach(STALE, "", ABSENT, None, message).finding(Place(source))


def _finding(kind: str, place: Place) -> Finding:
    where = f", in {place.pointer.split('/')[1]}" if place.pointer else ""
    return Breach(RULE, place.pointer, ABSENT, None, f"the recording holds {kind}{where}").finding(place)
