"""Files and folders are written whole or not at all: beside the target, to the disk, then renamed over it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docpact.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def write_folder(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files, each by its name, into a folder that takes the place of the one at `path` when all of them are there.

    A name that comes again goes on with its file. Raises `UsageError` where the folder cannot be written.
    """
    # What a link leads to is replaced, and not the link.
    path = Path(os.path.realpath(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            for name, content in files:
                _append(os.path.join(made, name), content)
            os.chmod(made, path.stat().st_mode & 0o777 if path.exists() else 0o777 & ~_umask())
            _exchange(made, path)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise _cannot(path, error) from error


def _append(name: str, content: bytes) -> None:
    with open(name, "ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _exchange(made: str, path: Path) -> None:
    """Put a folder in the place of another one, if there is one: for an instant there is none, and never half of one."""
    if not path.exists():
        os.rename(made, path)
        return
    old = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        os.rename(path, old)
    except OSError:
        os.rmdir(old)
        raise
    try:
        os.rename(made, path)
    except BaseException:
        os.rename(old, path)
        raise
    shutil.rmtree(old, ignore_errors=True)


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
    is_below_file = isinstance(error, FileExistsError | NotADirectoryError)
    why = "what should be a folder above it is a file" if is_below_file else error.strerror or error
    return UsageError(f"cannot write {path}: {why}", hint="name a place in a folder that can be written")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
