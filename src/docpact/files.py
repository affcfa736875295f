"""Files and folders are written whole or not at all: beside the target, to the disk, then renamed over it.

What is not finished has a name of its own beside the target, and is locked by whoever writes it. A process that was killed lets
the lock go and leaves the file: the next one that writes the same target takes it away.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from docpact.errors import UsageError

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ModuleNotFoundError:
    # As on Windows. Without locks, nobody can tell what was left behind from what is being written.
    _LOCKS = False
else:
    _LOCKS = True

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNFINISHED = ".part"
# So many characters are drawn for a name by `tempfile`.
_RANDOM = 8


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write `content`, whole or in pieces, so that a reader, or an interruption, sees the old file or the new one.

    Nothing between is ever to be seen. Folders above are made. What a link leads to is replaced, and not the link. What a
    process that was killed has left of the same target is taken away. Raises `UsageError` where it cannot be written.
    """
    path = Path(os.path.realpath(path))
    try:
        _sweep(path)
        handle, name = _beside(path)
        try:
            # The lock lasts until the file has its name; where there is none, an open file cannot be renamed.
            with os.fdopen(handle, "wb", closefd=not _LOCKS) as file:
                file.writelines((content,) if isinstance(content, bytes) else content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
        finally:
            if _LOCKS:
                os.close(handle)
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
        Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise _cannot(path, error) from error


def _beside(path: Path) -> tuple[int, str]:
    """Make an empty file beside the target, to be renamed over it, and the folders above."""
    if path.exists() and not path.is_file():
        # To rename a file over a device would take the device away.
        raise OSError(errno.EISDIR if path.is_dir() else errno.EINVAL, "it is a folder" if path.is_dir() else "it is no file")
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_UNFINISHED)
        if _locked(handle) is not False and os.path.exists(name):
            return handle, name
        # Who sweeps was there between the making and the locking.
        os.close(handle)


def _sweep(path: Path) -> None:
    """Take away what was begun for the same target, and is written by nobody."""
    begin = f".{path.name}."
    try:
        left = [entry.path for entry in os.scandir(path.parent) if _is_unfinished(entry, begin)] if _LOCKS else []
    except OSError:
        # Not there yet, or one may write into it and not look into it.
        return
    for name in left:
        with suppress(OSError):
            handle = os.open(name, os.O_RDWR | os.O_NOFOLLOW)
            try:
                if _locked(handle):
                    os.unlink(name)
            finally:
                os.close(handle)


def _is_unfinished(entry: os.DirEntry[str], begin: str) -> bool:
    """Tell whether a file has a name as `tempfile` makes them for this target."""
    name = entry.name
    between = name[len(begin) : -len(_UNFINISHED)]
    is_named = name.startswith(begin) and name.endswith(_UNFINISHED) and len(between) == _RANDOM and "." not in between
    return is_named and entry.is_file(follow_symlinks=False)


def _locked(handle: int) -> bool | None:
    """Lock an open file until it is closed; False where another one has the lock, None where there are no locks."""
    if not _LOCKS:
        return None
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _cannot(path: Path, error: OSError) -> UsageError:
    is_below_file = isinstance(error, FileExistsError | NotADirectoryError)
    why = "what should be a folder above it is a file" if is_below_file else error.strerror or error
    return UsageError(f"cannot write {path}: {why}", hint="name a place in a folder that can be written")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
