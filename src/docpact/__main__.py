"""The command `docpact`: one plainly right file is accepted at once; everything else is for the command line proper."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


# As many new objects may be there before Python looks for those that nobody has any more.
_OBJECTS = 50_000


def main() -> int:
    """Run `docpact` with the arguments of this process and return its exit code."""
    accepted = _accepted(sys.argv[1:])
    if accepted is not None and _said(accepted):
        return 0
    import gc

    # What is loaded stays until the end: to look through it for what could go takes a seventh of a short run.
    gc.set_threshold(_OBJECTS)
    from docpact.cli import main as run

    code = run()
    gc.freeze()
    return code


def _said(text: str) -> bool:
    """Write all that is to be said; where that fails the thorough path fails as well, and tells of it."""
    import os

    try:
        # Past the buffer, which would keep what could not be written, and fail once more.
        return os.write(sys.stdout.fileno(), text.encode()) == len(text)
    except OSError:
        return False


def _accepted(arguments: "Sequence[str]") -> str | None:
    """Return what is said of `validate FILE` where the file is small and plainly right, and None for anything else."""
    if len(arguments) != 2 or arguments[0] != "validate" or arguments[1][:1] == "-":  # noqa: PLR2004 - a verb and a file
        return None
    # There is no stream at all where the caller has closed it (`>&-`).
    if sys.stdout is None or sys.stdout.isatty():
        return None
    try:
        return _judge(arguments[1])
    except Exception:  # noqa: BLE001 - whatever it was, the thorough path meets it again and tells of it
        return None


def _judge(name: str) -> str | None:
    import os
    from stat import S_ISREG

    from docpact import data
    from docpact.validate import quick

    if _is_configured():
        return None
    state = os.stat(name)
    if not S_ISREG(state.st_mode) or state.st_size > quick.MOST_BYTES or os.environ.get("FORCE_COLOR"):
        return None
    folder = os.path.join(data.contracts(), "task-fetch")
    with open(os.path.join(folder, "accept.json"), "rb") as file:
        plan = quick.parse(file.read().decode())
    if not data.is_packed() and not _is_of(plan, folder):
        return None
    with open(name, "rb") as file:
        payload = quick.parse(file.read().decode())
    if not quick.build(plan)(payload):
        return None
    return "conforms  1 payload without errors; contract task-fetch, profile documented\n"


def _is_configured() -> bool:
    """Tell whether the current folder may hold settings, which only the thorough path reads (see `cli.configured`)."""
    from os.path import isfile

    if isfile("docpact.toml"):
        return True
    if not isfile("pyproject.toml"):
        return False
    with open("pyproject.toml", "rb") as file:
        return b"tool.docpact" in file.read()


def _is_of(plan: "Any", folder: str) -> bool:
    """Tell whether a plan was made of the contract beside it, which in a checkout may be being worked on."""
    from zlib import crc32

    from docpact import data

    sources = {"contract": f"{folder}/contract.toml", "schema": data.schema_path(folder)}
    for stamp, source in sources.items():
        with open(source, "rb") as file:
            if crc32(file.read()) != plan["stamps"][stamp]:
                return False
    return True


if __name__ == "__main__":
    sys.exit(main())
