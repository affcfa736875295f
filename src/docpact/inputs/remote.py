"""Addresses: captures behind s3://, gs://, https:// and http://, read as streams; rights come from the environment alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast
from urllib.parse import urlsplit

import fsspec

from docpact.captures import Apart, Skipped, Unreadable
from docpact.errors import MissingExtraError
from docpact.lines import BrokenError
from docpact.redact import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source

# Which package a scheme needs, and the extra that brings it.
_SCHEMES = {"s3": ("s3fs", "s3"), "gs": ("gcsfs", "gcs"), "https": ("aiohttp", "http"), "http": ("aiohttp", "http")}
_BLOCK = 4 * 1024 * 1024
# A smaller file is read whole by one, who then asks for it first; how a larger one can be cut is looked at, in small blocks.
_LARGE = 32 * 1024 * 1024
_LOOK = 256 * 1024
_LONGEST = 200


class _Remote:
    """A remote file; raises `BrokenError` where the connection breaks off."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        """Return the next piece; nothing at the end."""
        try:
            piece: bytes = self._file.read(size)
        except Exception as error:
            raise BrokenError(f"the connection broke off ({_said(error)})") from error
        return piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield the texts behind an address: of one file, or of all that fit a pattern or stand in a folder of a store."""
    scheme, _, rest = source.name.partition("://")
    scheme = scheme.lower()
    shown = f"{scheme}://{rest.partition('?')[0]}" if scheme.startswith("http") else source.name
    if scheme not in _SCHEMES:
        yield Unreadable(shown, f"addresses with {scheme}:// are not read", f"there are: {', '.join(_SCHEMES)}")
        return
    if "@" in urlsplit(source.name).netloc:
        yield Unreadable(without_secrets(shown), "a login in an address", "give it in the environment, not in the address")
        return
    try:
        files = fsspec.filesystem(scheme)
        # What was met in a folder is one file, whatever its name looks like.
        paths = _paths(files, source.name, scheme) if source.named else {rest: None}
    except ImportError:
        yield _missing(shown, scheme)
        return
    except Exception as error:  # noqa: BLE001 - every store fails in its own way
        yield _unreadable(shown, error)
        return
    if not paths:
        yield Unreadable(shown, "no file stands behind this address", "look at the spelling, and at what the store lists")
    for path, size in paths.items():
        alone = len(paths) == 1 and scheme.startswith("http")
        met = len(paths) > 1 or not source.named
        one = source._replace(shown=shown if alone else f"{scheme}://{path}")
        if source.settings.long is None or (met and _is_hidden(path)):
            yield from _file(files, path, one, met=met)
            continue
        later = Apart(source.name if alone else one.shown, None, not met)
        # What a query says is not shown, and belongs to the file: it is read under the name that it was given.
        looked = later.source == one.shown and (_size(files, path) if size is None else size) >= _LARGE
        yield from _looked_at(files, path, one, later) if looked else [later]


def ranged(address: str) -> _Remote | Unreadable:
    """Open one file, each read of which asks for just the bytes that it returns."""
    scheme, _, path = address.partition("://")
    try:
        files = fsspec.filesystem(scheme)
        return _Remote(files.open(address if scheme.startswith("http") else path, "rb", cache_type="none"))
    except ImportError:
        return _missing(address, scheme)
    except Exception as error:  # noqa: BLE001 - every store fails in its own way
        return _unreadable(address, error)


def _missing(shown: str, scheme: str) -> Unreadable:
    package, extra = _SCHEMES[scheme]
    missing = MissingExtraError(extra, package)
    return Unreadable(shown, missing.message, missing.hint)


def _paths(files: Any, address: str, scheme: str) -> dict[str, int | None]:
    """List the files behind an address in the order of their names, with their sizes as far as these are told."""
    if scheme.startswith("http"):
        return {address: None}
    path = str(files._strip_protocol(address))  # noqa: SLF001 - the documented way to turn an address into a path
    if any(mark in path for mark in "*?["):
        found = files.glob(path, detail=True)
    elif not address.endswith("/") and files.isfile(path):
        return {path: None}
    else:
        found = files.find(path, detail=True)
    return {str(name): found[name].get("size") for name in sorted(found)}


def _size(files: Any, path: str) -> int:
    try:
        return int(files.info(path).get("size") or 0)
    except Exception:  # noqa: BLE001 - whoever reads it tells what is wrong
        return 0


def _looked_at(files: Any, path: str, source: Source, later: Apart) -> Iterator[Read]:
    """Yield the parts in which a large file can be read, or else the file as it is."""
    try:
        opened = files.open(path, "rb", block_size=_LOOK)
    except Exception:  # noqa: BLE001 - whoever reads it tells what is wrong
        yield later
        return
    with opened:
        if _goes_back(opened) and _at_any_place(files, path):
            file = cast("BinaryIO", _Remote(opened))
            yield from source.down(source._replace(file=file, name=_name(path), named=later.named, whole=file))
        else:
            yield later


def _at_any_place(files: Any, path: str) -> bool:
    """Tell whether a file can be read in the midst: a web server need not say that it sends a file from its beginning only."""
    if "://" not in path:
        return True
    with files.open(path, "rb", cache_type="none") as tried:
        try:
            tried.seek(1)
            return len(tried.read(1)) == 1
        except Exception:  # noqa: BLE001 - every server fails in its own way
            return False


def _goes_back(opened: Any) -> bool:
    return getattr(opened, "seekable", lambda: False)() and getattr(opened, "size", None) is not None


def _name(path: str) -> str:
    return urlsplit(path).path if "://" in path else path


def _file(files: Any, path: str, source: Source, *, met: bool) -> Iterator[Read]:
    if met and _is_hidden(path):
        yield Skipped(source.shown, "hidden")
        return
    try:
        opened = files.open(path, "rb", block_size=_BLOCK)
        # The first block alone is read in either way.
        if (getattr(opened, "size", None) or 0) > _BLOCK and not _at_any_place(files, path):
            opened.close()
            opened = files.open(path, "rb", block_size=0)
    except Exception as error:  # noqa: BLE001 - every store fails in its own way
        yield _unreadable(source.shown, error)
        return
    with opened:
        file = _Remote(opened)
        whole = cast("BinaryIO", file) if _goes_back(opened) else None
        yield from source.down(source._replace(file=file, name=_name(path), named=not met, whole=whole))


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _unreadable(shown: str, error: Exception) -> Unreadable:
    cause = error.__cause__ or error
    # A server that cannot be reached, or whose certificate nobody vouches for, is told by fsspec as a file that is not there.
    if isinstance(cause, Exception) and type(cause).__name__.startswith("ClientConnect"):
        return Unreadable(shown, _said(cause), "look at the address with another program")
    if isinstance(error, FileNotFoundError):
        return Unreadable(shown, "no such file", "look at the spelling, and at what the store lists")
    if isinstance(error, PermissionError) or "Credentials" in type(error).__name__:
        return Unreadable(shown, "permission denied, or no credentials", "give the rights in the environment")
    return Unreadable(shown, _said(error), "look at the address with another program")


def _said(error: Exception) -> str:
    """Say what went wrong, without addresses and secrets in it."""
    text = " ".join(without_secrets(str(error)).split())
    return f"{type(error).__name__}: {text[:_LONGEST]}" if text else type(error).__name__
