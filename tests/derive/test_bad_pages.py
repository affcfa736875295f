"""What is given as a page and is none: what it is, is said at once, with what to do next; exit code 3 and no traceback."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from docpact.cli import main
from docpact.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

SHELL = "<!doctype html><html><head><title>Docs</title></head><body><div id=root></div><script src=app.js></script></body>"
LOGIN = (
    "<html><title>Welcome back</title><form><label>Name</label><input name=a><input type=password><button>Go</button></form>"
)
BLOG = f"<!doctype html><title>My cat</title><script>'<p>GET /a</p>'</script><h1>My cat</h1>{'<p>She sleeps.' * 150}"


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("page.txt", "GET /a")
    return made.getvalue()


def derive(path: Path) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["derive", str(path), "--claims"], io.BytesIO(), out, err)
    assert out.getvalue() == ""
    return code, err.getvalue()


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        (b"", "is empty", "copy the documentation page"),
        (b"\n \n", "is empty", "copy the documentation page"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document", "copy the documentation page"),
        (_zip(), "a zip archive or a document", "copy the documentation page"),
        (b"\x89PNG\r\n\x1a\n\0\0", "an image (PNG)", "copy the documentation page"),
        (b"\xff\xd8\xff\xe0\0", "an image (JPEG)", "copy the documentation page"),
        (b"\x1f\x8b\x08\0", "compressed (gzip)", "copy the documentation page"),
        (bytes(range(256)), "is not UTF-8 text (byte 128: 0x80)", "copy the documentation page"),
        (b"GET /a\n\x00\x01", "is binary: line 2 has the byte 0x00", "copy the documentation page"),
        (b"Bread: flour, water and salt.\n" * 99, "begins 'Bread: flour, water and salt.'", "from its request"),
        (b"GET /a\nResponses\n200OK\nnothing more\n", "recognised: a request (GET /a, line 1)", "from its request"),
        (b"## Set it up\n\n```json\n{'dark': true}\n```\n\nThen\n\nstart\n\nit\n", "recognised: nothing", "from its request"),
        (SHELL.encode(), "0 characters of text, the rest is left to its scripts (its title is 'Docs')", "save it again"),
        (b"<html></html>", "without content: 0 characters of text (it has no title)", "save it again"),
        (LOGIN.encode(), "a page to log in: it asks for a password", "log in with a browser"),
        (b"<html><title>404 Not Found</title><h1>404 Not Found</h1>nginx", "asked for is not there: '404 Not Found", "save it"),
        ("<html><title>页面不存在</title><p>返回首页".encode(), "asked for is not there: '页面不存在", "save it"),
        (b"<html><title>Just a moment...</title><script>x</script>Wait", "refuses to show itself", "save it"),
        (BLOG.encode(), "begins '# My cat'", "from its request"),
        (BLOG.encode("utf-16"), "begins '# My cat'", "from its request"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_told_by_what_it_is(tmp_path: Path, content: bytes, said: str, hint: str) -> None:
    path = tmp_path / "page"
    path.write_bytes(content)
    code, told = derive(path)
    assert code == Exit.UNREADABLE
    assert said in told
    assert hint in told.partition("\nhint: ")[2]
    assert "Traceback" not in told


@pytest.mark.parametrize("head", [b"", b"<!doctype html><html>", b'{"openapi": ', b"\xff\xfe"])
def test_a_huge_page_is_refused_by_its_first_bytes(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "page"
    with path.open("wb") as file:
        file.write(head)
        # Mostly holes: whoever reads all of it never comes back.
        file.truncate(2**40)
    code, told = derive(path)
    assert (code, "is larger than 8 MiB" in told) == (Exit.UNREADABLE, True)


def test_a_huge_document_is_told_by_its_kind(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"%PDF-1.7\n" + b"x" * (9 * 2**20))
    assert "a PDF document" in derive(tmp_path / "page")[1]


def test_what_is_said_of_a_page_steers_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "page").write_text("\x1b[31mred\x1b[0m \u202eevil\n", "utf-8")
    code, told = derive(tmp_path / "page")
    assert code == Exit.UNREADABLE
    assert "\x1b" not in told
    assert "\u202e" not in told
