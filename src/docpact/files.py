"""Files are written whole or not at all: beside the target, to the disk, then renamed over it."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from docpact.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write `content`, whole or in pieces, so that a reader, or an interruption, sees the old file or the new one.

    Nothing between is ever to be seen. Folders above are made. Raises `UsageError` where the target cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines((content,) if isinstance(content, bytes) else content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror or error}", hint="name a file in a folder that can be written"
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
