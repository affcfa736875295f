"""Files are written whole or not at all: beside the target, to the disk, then renamed over it."""

from __future__ import annotations

import errno
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
        handle, name = _beside(path)
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
        raise _cannot(path, error) from error


def refuse_unwritable(path: Path) -> None:
    """Raise `UsageError` where `write_whole` could not write, before the work is done whose outcome would be lost."""
    try:
        handle, name = _beside(path)
        os.close(handle)
        os.unlink(name)
    except OSError as error:
        raise _cannot(path, error) from error


def _beside(path: Path) -> tuple[int, str]:
    """Make an empty file beside the target, to be renamed over it, and the folders above."""
    if path.exists() and not path.is_file():
        # To rename a file over a device would take the device away.
        raise OSError(errno.EISDIR if path.is_dir() else errno.EINVAL, "it is a folder" if path.is_dir() else "it is no file")
    path.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")


def _cannot(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write {path}: {error.strerror or error}", hint="name a file in a folder that can be written")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
