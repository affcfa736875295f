"""A source: an open stream with the name that a report shows, told apart by its first bytes and by its name."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, Protocol

from docpact.captures import Unreadable
from docpact.lines import BLANK, BOM, BrokenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from docpact.captures import Read, Share
    from docpact.lines import Readable

HEAD = 4096
INSIDE = "!/"

_CHUNK = 128 * 1024
_PACKED = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
# Compiled by `re` when a head is met that is no plain one.
_MAGIC = (
    (rb"\x1f\x8b\x08", "gzip"),
    (rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)", "bzip2"),
    (rb"\xfd7zXZ\x00", "xz"),
    (rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", "zstd"),
    (rb"PK\x03\x04|PK\x05\x06", "zip"),
    (rb"PAR1", "parquet"),
    (rb"[\s\S]{257}ustar", "tar"),
)
_TEXTS = (
    (rb"\x1e", "sequence"),
    (rb'\{\s*"Initialize"\s*:\s*\{\s*"command"', "events"),
    (rb"(?:version\s*=\s*\d+\s*)?\[\[interactions\]\]", "toml"),
    (rb'\{\s*"log"\s*:\s*\{', "har"),
    (rb'\{\s*(?:"version"\s*:\s*\d+\s*,\s*)?(?:"docpact"\s*:\s*\{.*\},\s*)?"interactions"\s*:\s*\[', "har"),
    (rb"(?:---[^\n]*\n|#[^\n]*\n)*(?:[a-z_]+:[^\n]*\n)*(?:http_)?interactions:", "cassette"),
)
_BY_NAME = {".har": "har", ".yaml": "cassette", ".yml": "cassette", ".json-seq": "sequence"}


class Stream(Protocol):
    """What was opened: read in pieces, and perhaps able to go back."""

    def read(self, size: int, /) -> bytes | None: ...  # noqa: D102 - the class says it


class Head:
    """A stream whose first bytes have been looked at, and are read again."""

    def __init__(self, file: Readable, size: int = HEAD) -> None:
        self._file = file
        self._broken: BrokenError | None = None
        self._ended = False
        self.peeked = b""
        try:
            while len(self.peeked) < size:
                piece = file.read(size - len(self.peeked))
                if not piece:
                    self._ended = True
                    break
                self.peeked += piece
        except BrokenError as error:
            self._broken = error
        self._left = self.peeked

    def read(self, size: int, /) -> bytes:
        """Return what was looked at, and then what follows."""
        if self._left:
            piece, self._left = self._left[:size], self._left[size:]
            return piece
        if self._broken is not None:
            raise self._broken
        return b"" if self._ended else self._file.read(size) or b""


class Settings(NamedTuple):
    """How inputs are read: the bytes that one text may have, which URLs of a recording count, which column of a table.

    With `blocks` the lines of a long file come many at a time; with `long` every file and address comes as it is, to be
    read elsewhere: a plain file of lines above so many bytes as `Long`, any other one as `Apart`, and a table above so many
    in shares. A relative name is one in `folder`, or else in the current folder. With `share` no more of a table is read.
    """

    limit: int
    urls: tuple[re.Pattern[str], ...] = ()
    column: str | None = None
    blocks: bool = False
    long: int | None = None
    folder: str = ""
    share: Share | None = None


class Source(NamedTuple):
    """One stream to be read: as what a report shows it, by which name, and whether the user named it or it was met.

    `whole` is the file itself where it can be read at any place; `depth` counts the archives and compressions around it.
    """

    file: Readable
    shown: str
    name: str
    settings: Settings
    down: Callable[[Source], Iterator[Read]]
    named: bool = True
    depth: int = 0
    whole: BinaryIO | None = None

    def unpacked(self, file: Readable) -> Source:
        """Return what is in a compressed stream: its own source, under the name without the ending."""
        stem, dot, ending = self.name.rpartition(".")
        short = {"tgz": ".tar", "tbz2": ".tar", "txz": ".tar", "tzst": ".tar"}.get(ending.lower(), "")
        name = stem + short if short or f"{dot}{ending}".lower() in _PACKED else self.name
        return self._replace(file=file, name=name, depth=self.depth + 1, whole=None)

    def member(self, file: Readable, name: str) -> Source:
        """Return a member of an archive: its own source, shown as `archive.zip!/name`."""
        shown = f"{self.shown}{INSIDE}{name}"
        return self._replace(file=file, shown=shown, name=name, named=False, depth=self.depth + 1, whole=None)

    def seekable(self) -> BinaryIO | None:
        """Return the file itself, or its bytes where it is a stream of no more than the limit; else None."""
        if self.whole is not None:
            return self.whole
        held = BytesIO()
        while held.tell() <= self.settings.limit:
            piece = self.file.read(_CHUNK)
            if not piece:
                held.seek(0)
                return held
            held.write(piece)
        return None

    def too_large(self, kind: str) -> Unreadable:
        """Say of what `seekable` cannot hold why it is not read, and what to do."""
        reason = f"{kind} that comes out of a stream has to be held, and is larger than --max-bytes ({self.settings.limit:,})"
        return Unreadable(self.shown, reason, "unpack it to a file of its own, or raise --max-bytes above its size")


def hidden(name: str) -> bool:
    """Tell whether a member of an archive is hidden, by itself or by a folder that it stands in."""
    return any(part.startswith(".") and part not in (".", "..") for part in name.split("/"))


def _is_plain(head: bytes) -> bool:
    """Tell whether this certainly begins an object that is no recording, as most files do: no pattern need be asked then."""
    if head[:1] != b"{" or head[257:262] == b"ustar":
        return False
    inside = head[1:].lstrip()
    return not inside.startswith((b'"log"', b'"Initialize"')) and b'"interactions"' not in inside


def kind_of(head: bytes, name: str = "") -> str | None:
    """Tell what a stream holds by its first bytes and, where those say nothing, by its name; None is plain text."""
    if _is_plain(head) and ".har" not in name.lower():
        return None
    for magic, kind in _MAGIC:
        if re.match(magic, head):
            return kind
    text = head.removeprefix(BOM).lstrip(BLANK)
    for opening, kind in _TEXTS:
        if re.match(opening, text):
            return kind
    ending = re.search(r"\.[a-z-]+$", name.lower())
    named = _BY_NAME.get(ending[0]) if ending else None
    # A name that says YAML, and a content that says JSON: the content is believed.
    return None if named != "har" and text[:1] in (b"{", b"[") else named
