"""Recording: what every recording passes before it lies in a file: redaction, the contract, and the last look for secrets."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from docpact.addresses import operations
from docpact.captures import DEFAULT_LIMIT, Answer, Text
from docpact.cassettes.redaction import Redaction
from docpact.cassettes.scan import suspicions
from docpact.cassettes.tape import written
from docpact.errors import DocpactError, Exit
from docpact.finding import Severity
from docpact.validate import packed
from docpact.validate.stream import Settings, Stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docpact.cassettes.tape import Interaction
    from docpact.contract import Contract
    from docpact.finding import Finding

_MOST_NAMED = 5
_SUCCEEDS = range(200, 300)
_NO_CONTENT = 204


class RefusedError(DocpactError):
    """A recording is not saved: it breaks the contract, or holds what looks like a secret."""

    exit_code = Exit.VIOLATES


class Judged(NamedTuple):
    """What a recording shows: how many payloads of how many tasks, and what was found in them and in the polls of each."""

    payloads: int
    tasks: int
    findings: Sequence[Finding]

    @property
    def verdict(self) -> str:
        """Say conforms, violates, or not-established, where there is no payload."""
        if any(found.severity is Severity.ERROR for found in self.findings):
            return "violates"
        return "conforms" if self.payloads else "not-established"


class Tasks:
    """Which interactions are answers of the documented operation, and which task each asked for."""

    def __init__(self, contract: Contract) -> None:
        self._patterns = operations(contract.openapi)

    def asked(self, one: Interaction) -> str | None:
        """Return the id that was asked for, "" where the path names none, and None for another request."""
        if one.method.upper() != "GET":
            return None
        try:
            path = urlsplit(one.uri).path
        except ValueError:
            return None
        found = next(filter(None, (pattern.fullmatch(path) for pattern in self._patterns)), None)
        return None if found is None else unquote(next(iter(found.groupdict().values()), "") or "")

    def answered(self, one: Interaction) -> bool:
        """Tell whether an answer should hold a task: it succeeded, and has a body."""
        code = int(one.response["status"]["code"])
        return code in _SUCCEEDS and code != _NO_CONTENT


def judged(interactions: Iterable[Interaction], contract: Contract, profile: str = "documented") -> Judged:
    """Judge what tasks answered in a recording, as polls in their order; other answers are passed over.

    Raises `ContractError` for a profile that the contract does not have.
    """
    stream = Stream(contract, Settings(profile=profile, stories=contract.lifecycle is not None))
    tasks, payloads, ids = Tasks(contract), 0, set[str]()
    found: list[Finding] = []
    for number, one in enumerate(interactions):
        asked = tasks.asked(one)
        if asked is None or not tasks.answered(one):
            continue
        body = content(one)
        text = Text(f"interactions/{number}", None, body, len(body), Answer(asked or None, milliseconds(one.at)))
        payloads += 1
        ids.add(asked)
        for findings in stream.judge(text):
            found += findings
    return Judged(payloads, len(ids), found)


class Seal:
    """Make the text of a cassette of what was recorded, or refuse to; a `Persister` writes what it makes.

    `secrets` are values that may stand nowhere; `keep` lets a recording that breaks the contract pass, and marks it; `at` is
    when it was recorded, and now where it is not given; `said` stands in the metadata beside contract, profile, version, time
    and verdict. `judged` and `removed` tell of the last text: what was found in it, and what was taken out of it, by kind.
    """

    def __init__(  # noqa: PLR0913 - each of them is in the metadata, or decides
        self, contract: Contract, version: str, *, profile: str = "documented", secrets: Iterable[str] = (),
        keep: bool = False, at: str = "", said: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._contract = contract
        self._version = version
        self._profile = contract.profile(profile).name
        self._secrets = tuple(filter(None, secrets))
        self._keep = keep
        self._at = at
        self._said = dict(said or {})
        self.judged = Judged(0, 0, ())
        self.removed: Counter[str] = Counter()

    def __call__(self, interactions: Iterable[Interaction], metadata: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        """Return the text in pieces.

        Raises `RefusedError` for what must not be saved, and `CaptureError` for what cannot be searched for secrets.
        """
        redaction = Redaction(self._secrets)
        clean = [redaction.interaction(one) for one in interactions]
        self.removed = redaction.removed
        self.judged = judged(clean, self._contract, self._profile)
        if self.judged.verdict == "violates" and not self._keep:
            raise broken(self.judged.findings)
        text = b"".join(written(clean, self._marked(metadata or {})))
        left = list(suspicions(text, self._secrets))
        if left:
            kinds = ", ".join(f"{one.kind} (line {one.line})" for one in left[:_MOST_NAMED])
            raise RefusedError(
                f"what was recorded is not saved: it still holds what looks like a secret: {kinds}",
                hint="report it, since redaction should have met it; nothing was written",
            )
        return iter([text])

    def _marked(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the metadata says of this recording, and of what was there before, where that still holds."""
        broke = Counter(found.rule for found in self.judged.findings if found.severity is Severity.ERROR)
        marks: dict[str, Any] = {
            "contract": self._contract.name,
            "contract_sha256": self._contract.schema_sha256,
            "profile": self._profile,
            "version": self._version,
            "recorded_at": self._at or datetime.now(UTC).isoformat(timespec="seconds"),
            "verdict": self.judged.verdict,
            **({"violations": dict(sorted(broke.items()))} if broke else {}),
            **self._said,
        }
        return {**marks, **{name: value for name, value in metadata.items() if name not in {*marks, "violations"}}}


def broken(findings: Sequence[Finding]) -> RefusedError:
    """Return the error that names what a recording breaks."""
    rules = list(dict.fromkeys(found.rule for found in findings if found.severity is Severity.ERROR))
    named = ", ".join(rules[:_MOST_NAMED]) + (f" and {len(rules) - _MOST_NAMED} more" if rules[_MOST_NAMED:] else "")
    return RefusedError(
        f"what was recorded breaks the contract ({named}), and is not saved",
        hint="--profile NAME if that is how this family of servers behaves, or --keep-violations to keep it with a mark",
    )


def content(one: Interaction) -> bytes:
    """Return the body of an answer as it reads, unpacked where it is packed and can be unpacked."""
    held = [values for name, values in one.response["headers"].items() if name.lower() == "content-encoding"]
    packing = ", ".join(value for values in held for value in (values if isinstance(values, list) else [values]))
    body: bytes = one.response["body"] or b""
    known = packed.unpacked(body, packing, DEFAULT_LIMIT)
    return body if known.wrong or known.unread or known.large else known.body


def milliseconds(at: str) -> float | None:
    """Read a time as ISO 8601 writes it, in milliseconds since 1970; None where it is none."""
    try:
        time = datetime.fromisoformat(at)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000
    except (ValueError, OverflowError):
        return None


def instant(at: float) -> str:
    """Write milliseconds since 1970 as ISO 8601 does."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
