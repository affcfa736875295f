"""What lies behind https:// is read where its certificate is trusted, through redirects, in ranges, and by several."""

from __future__ import annotations

import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from certificates import certified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Files are large, and cut, from small sizes on; what this process knows of it, the others need not know.
SMALL = """
import sys, docpact.cli.spread, docpact.inputs.remote, docpact.scale.pieces
docpact.cli.spread._LONG, docpact.inputs.remote._LARGE, docpact.scale.pieces.FAR = 1000, 10_000, 150_000
from docpact.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, in byte ranges but for `/whole`, and `/moved` from elsewhere; notes which ranges were asked for."""

    protocol_version = "HTTP/1.1"
    ranges: list[str]

    def send_head(self) -> Any:
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/moved"))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        path = self.path.partition("?")[0]
        if path.startswith("/whole/") or not os.path.isfile(self.translate_path(path)):
            self.path = path.removeprefix("/whole")
            return super().send_head()
        file = open(self.translate_path(path), "rb")  # noqa: SIM115 - whoever called closes it
        size = os.fstat(file.fileno()).st_size
        start, end = (int(asked[1]), min(int(asked[2]) + 1, size)) if asked else (0, size)
        if asked:
            self.ranges.append(asked[0])
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        file.seek(start)
        if self.command == "GET":
            self.wfile.write(file.read(end - start))
        file.seek(size)
        return file

    def log_message(self, *_: object) -> None:
        return


class Site:
    """A server, the authority that vouches for it, and the ranges that it was asked for."""

    def __init__(self, address: str, authority: Path, ranges: list[str]) -> None:
        self.address = address
        self.ranges = ranges
        self._authority = authority

    def run(self, *arguments: str, trusted: bool = True, program: str = SMALL) -> tuple[int, str, str]:
        env = {**os.environ, **({"SSL_CERT_FILE": str(self._authority)} if trusted else {})}
        command = [sys.executable, "-c", program, "validate", *arguments, "--format", "json"]
        ran = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
def site(tmp_path: Path, example: dict[str, Any]) -> Iterator[Site]:
    files = certified(tmp_path / "tls")
    folder = tmp_path / "site"
    folder.mkdir()
    lines = [json.dumps({**example, "status": "DONE"} if n % 61 == 5 else example) for n in range(500)]
    (folder / "a.ndjson").write_text("\n".join(lines), "utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    ranges: list[str] = []
    handler = type("Noting", (Handler,), {"ranges": ranges})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # who does not trust it hangs up
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Site(f"https://127.0.0.1:{server.server_port}", files.authority, ranges)
        server.shutdown()
        thread.join()


def reported(site: Site, path: str) -> dict[str, Any]:
    """Judge what is there by one and by two, and return the report, which is the same."""
    one = site.run(f"{site.address}{path}", "--jobs", "1")
    assert site.run(f"{site.address}{path}", "--jobs", "2") == one
    report: dict[str, Any] = json.loads(one[1])
    assert (one[0], report["summary"]["payloads"], report["summary"]["violating"]) == (1, 500, 9)
    return report


def test_a_large_file_is_judged_in_ranges_by_several(site: Site) -> None:
    report = reported(site, "/a.ndjson")
    assert report["findings"][0]["place"]["source"] == f"{site.address}/a.ndjson"
    starts = {int(asked[6:].partition("-")[0]) for asked in site.ranges}
    assert {149_999, 299_999, 449_999} <= starts


def test_a_redirect_is_followed_and_the_name_is_the_one_that_was_given(site: Site) -> None:
    report = reported(site, "/moved/a.ndjson")
    assert report["findings"][0]["place"]["source"] == f"{site.address}/moved/a.ndjson"


def test_what_is_sent_without_ranges_or_has_a_query_is_read_whole(site: Site) -> None:
    reported(site, "/whole/a.ndjson")
    assert not site.ranges
    reported(site, "/a.ndjson?token=abcdefgh12345678")
    assert 149_999 not in {int(asked[6:].partition("-")[0]) for asked in site.ranges}


def test_more_than_a_block_without_ranges_is_read_to_its_end(site: Site) -> None:
    blocks = SMALL.replace("from docpact.cli", "docpact.inputs.remote._BLOCK = 100_000\nfrom docpact.cli")
    code, out, _ = site.run(f"{site.address}/whole/a.ndjson", "--jobs", "1", program=blocks)
    assert (code, json.loads(out)["summary"]["payloads"]) == (1, 500)


def test_a_certificate_that_nobody_vouches_for_is_told(site: Site) -> None:
    code, out, err = site.run(f"{site.address}/a.ndjson", "--jobs", "2", trusted=False)
    (lost,) = json.loads(out)["unreadable"]
    assert (code, err) == (3, "")
    assert "certificate" in lost["reason"].lower()
