"""What a caller can do wrong: each error says what was found, where, and what to do next."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command, the same everywhere."""

    CONFORMS = 0
    VIOLATES = 1
    USAGE = 2
    UNREADABLE = 3
    NOT_ESTABLISHED = 4
    INTERNAL = 70
    INTERRUPTED = 130


class DocpactError(Exception):
    """Something outside docpact is wrong, and `hint` says how to mend it.

    Attributes: `message` (what was found, and where), `hint` (what to do), `exit_code`.
    """

    exit_code: Exit = Exit.USAGE

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}"


class UsageError(DocpactError):
    """The command or the call was given something that it does not take."""


class ContractError(DocpactError):
    """A contract is missing, incomplete, or says something that docpact does not understand."""


class MissingExtraError(DocpactError):
    """A part of docpact needs a package that is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(
            f"{package} is not installed, and this part of docpact needs it",
            hint=f"pip install 'docpact[{extra}]'",
        )
        self.extra = extra


class PageError(DocpactError):
    """A page holds nothing that can be read as the documentation of a response."""

    exit_code = Exit.UNREADABLE


class CaptureError(DocpactError):
    """A recording cannot be read, and must be before anything can be done with it."""

    exit_code = Exit.UNREADABLE


class UndecidedError(DocpactError):
    """A page can be read in several ways, and no evidence on it says which one is meant."""

    exit_code = Exit.NOT_ESTABLISHED


class ClusterError(DocpactError):
    """A cluster cannot be reached, or its workers cannot judge, so that nothing is established."""

    exit_code = Exit.NOT_ESTABLISHED
