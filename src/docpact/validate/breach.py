"""What a check found, before it is known where the payload stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docpact.finding import Clause, Finding, Place, Severity
from docpact.redact import names_a_secret, safe_message, safe_pointer, safe_source, shown, without_secrets
from docpact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Any = _Absent()


class Breach(NamedTuple):
    """One breach: rule, pointer, value found, what was expected, and the sentence that says so.

    `severity` is given where a profile decides it, and else is that of the rule; `excused_by` names the profiles under
    which this is no finding.
    """

    rule: str
    pointer: str
    found: Any
    expected: Any
    message: str
    clause: Clause | None = None
    severity: Severity | None = None
    excused_by: tuple[str, ...] = ()

    def finding(self, place: Place = Place(), hint: str = "") -> Finding:  # noqa: B008 - an empty place is a value
        """Make the finding at a place; the value is shortened, and secrets are hidden in it and in whatever else is said."""
        rule = RULES[self.rule]
        found = None if self.found is ABSENT else shown(self.found)
        if found is not None and names_a_secret(self.pointer.rpartition("/")[2]):
            found = "[secret]"
        return Finding(
            rule=rule.id,
            layer=rule.layer,
            severity=self.severity or rule.severity,
            place=place._replace(pointer=safe_pointer(self.pointer), source=safe_source(place.source)),
            message=safe_message(self.message),
            hint=hint or rule.hint,
            found=found,
            expected=without_secrets(self.expected) if isinstance(self.expected, str) else self.expected,
            clause=self.clause,
            excused_by=self.excused_by,
        )


def is_set(value: Any) -> bool:
    """Tell whether a member says something: absent, null, "", 0, [] and {} all mean that it has not happened yet."""
    return value is not ABSENT and value is not None and value not in ("", 0, [], {})


def name_of(pointer: str) -> str:
    """Name a member in a sentence: `/buttons/3/style` is `buttons[3].style`."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    words = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)
    return words.removeprefix(".") or "the body"


def members(payload: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of every member that fits a pattern such as `/buttons/*/style`; a lone one may be ABSENT."""
    if "*" not in pattern and pattern.count("/") == 1:
        # Most patterns name one member of the payload itself.
        if isinstance(payload, dict):
            yield pattern, payload.get(pattern[1:], ABSENT)
        return
    found = [("", payload)]
    for part in pattern.split("/")[1:]:
        if part == "*":
            found = [(f"{at}/{i}", item) for at, value in found if isinstance(value, list) for i, item in enumerate(value)]
        else:
            found = [(f"{at}/{part}", value.get(part, ABSENT)) for at, value in found if isinstance(value, dict)]
    yield from found


def member(payload: Any, pointer: str) -> Any:
    """Return the value at a pointer without `*`, or ABSENT."""
    for part in pointer.split("/")[1:]:
        if not isinstance(payload, dict) or part not in payload:
            return ABSENT
        payload = payload[part]
    return payload
