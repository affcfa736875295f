"""Which module reads what, and the extra that brings the package which it imports; imported when it is met."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from docpact.errors import MissingExtraError

if TYPE_CHECKING:
    from types import ModuleType

    from docpact.lines import Readable

_READERS = {
    "gzip": "compressed",
    "bzip2": "compressed",
    "xz": "compressed",
    "lzma": "compressed",
    "zlib": "compressed",
    "deflate": "compressed",
    "zstd": "frames",
    "brotli": "brotlied",
    "zip": "zipped",
    "tar": "tarred",
    "sequence": "sequences",
    "events": "events",
    "har": "har",
    "cassette": "cassettes",
    "toml": "toml",
    "parquet": "parquet",
    "address": "remote",
}
_EXTRAS = {"zstandard": "captures", "brotli": "captures", "yaml": "captures", "pyarrow": "captures", "fsspec": "http"}


def reader(kind: str) -> ModuleType:
    """Return the module that reads a kind; raises `MissingExtraError` where its package is not installed."""
    try:
        return import_module(f"docpact.inputs.{_READERS[kind]}")
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        raise MissingExtraError(_EXTRAS[error.name], error.name) from error


def unpacked(file: Readable, kind: str) -> Readable:
    """Return what a compressed stream holds, as a stream; raises `MissingExtraError` as `reader` does."""
    return cast("Readable", reader(kind).Unpacked(file, kind))
