"""Which keys a `contract.toml` and its kind may have; an unknown one is an error that names the nearest."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from docpact.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLES = frozenset({"source", "decision", "roles", "envelope", "lifecycle", "coherence", "buttons", "profiles"})
ENTRY_KEYS = frozenset(
    {
        "rule", "check", "members", "when", "reason", "fact", "absent", "allow", "beside", "deny", "group", "maximum",
        "minimum", "instead", "needs", "unless", "of", "only", "tolerance_ms", "values", "zero_is_set",
    }
)  # fmt: skip
PROFILE_KEYS = frozenset(
    {
        "summary", "reason", "fact", "nulls", "missing", "enums", "null_elsewhere", "missing_elsewhere", "unknown_enum",
        "undocumented", "suggested",
    }
)  # fmt: skip


def checked(found: Iterable[str], known: frozenset[str], where: str) -> None:
    """Raise `ContractError` at the first key of `found` that is not among `known`."""
    for key in found:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise ContractError(
                f"unknown key {key!r} in {where}",
                hint=f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(sorted(known))}",
            )
