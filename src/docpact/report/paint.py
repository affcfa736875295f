"""Paint: the colours of a terminal, where they are asked for."""

from __future__ import annotations


class Paint:
    """Write a text in a colour, or as it is."""

    def __init__(self, on: bool) -> None:  # noqa: FBT001 - it is all that there is to say
        self._on = on

    def __call__(self, text: str, code: str) -> str:
        """Return the text between the escapes of a colour (`31`, or `1;32`) and of its end."""
        return f"\x1b[{code}m{text}\x1b[0m" if self._on else text
