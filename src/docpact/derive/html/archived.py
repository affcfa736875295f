"""A page that a browser has saved as one file with all that belongs to it: MHTML, or the web archive of Safari."""

from __future__ import annotations

import binascii
import plistlib
import re

_HEADERS = 16_384
_MOST_PARTS = 2_000
_MULTIPART = re.compile(rb"(?im)^content-type:\s*multipart/related\b")
_BOUNDARY = re.compile(rb"(?i)\bboundary\s*=\s*(?:\"(?P<quoted>[^\"\r\n]{1,200})\"|(?P<bare>[^\s;\"]{1,200}))")
_HTML = re.compile(
    rb"(?im)^content-type:\s*(?:text/html|application/xhtml\+xml)\b(?:[^\r\n]*?charset\s*=\s*\"?(?P<charset>[\w-]{2,20}))?"
)
_ENCODED = re.compile(rb"(?im)^content-transfer-encoding:\s*(?P<how>[\w-]{2,20})")
_END = re.compile(rb"\r?\n\r?\n")


def page_in(content: bytes) -> tuple[bytes, str] | None:
    """Return the bytes of the HTML page inside an archive, with the charset that the archive names; None for other bytes."""
    if content.startswith(b"bplist00"):
        return _web_archive(content)
    head = content[:_HEADERS]
    if b"mime-version:" not in head[:4096].lower() or not _MULTIPART.search(head):
        return None
    boundary = _BOUNDARY.search(head)
    if boundary is None:
        return None
    parts = content.split(b"--" + (boundary["quoted"] or boundary["bare"]), _MOST_PARTS)
    for part in parts[1:]:
        end = _END.search(part, 0, _HEADERS)
        said = _HTML.search(part, 0, end.start()) if end else None
        if end is not None and said is not None:
            how = _ENCODED.search(part, 0, end.start())
            charset = (said["charset"] or b"").decode("ascii")
            return _decoded(part[end.end() :], how["how"].lower() if how else b""), charset
    return None


def _decoded(body: bytes, how: bytes) -> bytes:
    if how == b"quoted-printable":
        return binascii.a2b_qp(body)
    if how == b"base64":
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            return body
    return body


def _web_archive(content: bytes) -> tuple[bytes, str] | None:
    try:
        main = plistlib.loads(content)["WebMainResource"]
        body, charset = main["WebResourceData"], main.get("WebResourceTextEncodingName", "")
    except (
        plistlib.InvalidFileException,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
        OverflowError,
        IndexError,
        AttributeError,
    ):
        return None
    return (body, charset) if isinstance(body, bytes) and isinstance(charset, str) else None
