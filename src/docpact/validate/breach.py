"""What a check found, before it is known where the payload stands."""

from __future__ import annotations

from typing import Any, NamedTuple

from docpact.finding import Clause, Finding, Place, Severity
from docpact.pointers import ABSENT
from docpact.redact import names_a_secret, safe_message, safe_pointer, safe_source, shown, without_secrets
from docpact.rules import RULES


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
