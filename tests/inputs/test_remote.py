"""Addresses are read as files are, from real servers on this machine; what goes wrong is told without secrets."""

from __future__ import annotations

import gzip
import http.server
import io
import sys
import threading
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
import s3fs
from moto.server import ThreadedMotoServer
from pyarrow import parquet

from docpact.captures import Corrupt, Skipped, Text, Unreadable
from docpact.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GZ = gzip.compress(b'{"a":1}\n{"a":2}\n')


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[str, Any]]:
    """A real S3 server, with a bucket of captures."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    files = s3fs.S3FileSystem(key="k", secret="s", endpoint_url=endpoint, skip_instance_cache=True)  # noqa: S106 - of a test
    files.mkdir("captures")
    table = io.BytesIO()
    parquet.write_table(pa.table({"body": ['{"p":1}', '{"p":2}']}), table)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in.json", b'{"z":1}')
    bodies = {
        "run/a.ndjson.gz": GZ,
        "run/b.parquet": table.getvalue(),
        "run/c.zip": packed.getvalue(),
        "run/notes.txt": b"words",
        "run/.hidden.json": b"{}",
        "large.ndjson": b'{"x": "' + b"x" * 1000 + b'"}\n' * 1,
        "cut.gz": gzip.compress(b"".join(b'{"n": "%d"}\n' % (n * 7919**5) for n in range(3000)))[:20_000],
    }
    for name, body in bodies.items():
        files.pipe(f"captures/{name}", body)
    yield endpoint, files
    server.stop()


@pytest.fixture
def rights(store: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What an environment says of a store: where it is, and who may read."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", store[0])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.usefixtures("rights")
def test_one_object_a_folder_and_a_pattern_of_a_store_are_read(read: Any) -> None:
    one = read("s3://captures/run/a.ndjson.gz")
    assert [(text.source, text.line, text.content) for text in one] == [
        ("s3://captures/run/a.ndjson.gz", 1, b'{"a":1}'), ("s3://captures/run/a.ndjson.gz", 2, b'{"a":2}'),
    ]  # fmt: skip
    folder = read("s3://captures/run/")
    assert [thing.content for thing in folder if isinstance(thing, Text)] == [
        b'{"a":1}', b'{"a":2}', b'{"p":1}', b'{"p":2}', b'{"z":1}',
    ]  # fmt: skip
    assert {thing.reason for thing in folder if isinstance(thing, Skipped)} == {"hidden", "holds no JSON"}
    assert folder[-2].source == "s3://captures/run/c.zip!/in.json"
    assert len(read("s3://captures/*/*.gz")) == 2


@pytest.mark.usefixtures("rights")
def test_a_break_in_a_store_is_told_with_its_place(read: Any) -> None:
    *texts, broken = read("s3://captures/cut.gz")
    assert isinstance(broken, Corrupt)
    assert broken.line == len(texts) + 1 > 1000


@pytest.mark.usefixtures("rights")
def test_what_is_not_in_a_store_is_told_and_the_rest_is_read(read: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"{}")
    missing, folder, bucket, text = read("s3://captures/none.json", "s3://captures/no/", "s3://nobody/x", tmp_path)
    assert {type(thing) for thing in (missing, folder, bucket)} == {Unreadable}
    assert text.content == b"{}"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; `/broken` promises more than it sends, and `/refused` wants to know who asks."""

    def do_GET(self) -> None:
        if self.path.startswith("/broken"):
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"a":1}\n{"a":2}\n{"a"')
        elif self.path.startswith("/refused"):
            self.send_error(403)
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        if self.path.startswith(("/broken", "/refused")):
            self.send_error(405)
        else:
            super().do_HEAD()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A real web server, on this machine."""
    (tmp_path / "a.ndjson.gz").write_bytes(GZ)
    (tmp_path / "plain.txt").write_bytes(b'{"a":\n1}')
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_of_the_web_is_read_and_its_query_is_not_shown(site: str, read: Any) -> None:
    found = read(f"{site}/a.ndjson.gz?X-Amz-Signature=abc", f"{site}/plain.txt")
    assert [(text.source, text.line, text.content) for text in found] == [
        (f"{site}/a.ndjson.gz", 1, b'{"a":1}'),
        (f"{site}/a.ndjson.gz", 2, b'{"a":2}'),
        (f"{site}/plain.txt", None, b'{"a":\n1}'),
    ]


def test_what_the_web_refuses_or_breaks_off_is_told_without_secrets(site: str, read: Any) -> None:
    secret = "?token=abcdef123456"  # noqa: S105 - it must not come out
    things = read(f"{site}/none{secret}", f"{site}/refused{secret}", f"http://127.0.0.1:9/{secret}", f"{site}/broken{secret}")
    missing, refused, silent, *texts, broken = things
    assert [type(thing) for thing in (missing, refused, silent)] == [Unreadable] * 3
    # Of what has arrived when a connection breaks off, its last piece may be lost with it.
    assert isinstance(broken, Corrupt)
    assert broken.line == len(texts) + 1
    assert "abcdef" not in repr(things)


def test_a_login_in_an_address_and_a_scheme_that_is_not_read_are_refused(read: Any) -> None:
    login, scheme = read("https://user:hunter22@relay.example/x.json", "ftp://relay.example/x")
    assert "hunter22" not in repr(login)
    assert "login" in login.reason
    assert scheme.reason == "addresses with ftp:// are not read"


@pytest.mark.parametrize(
    ("address", "package", "extra"),
    [("s3://a/b", "s3fs", "s3"), ("gs://a/b", "gcsfs", "gcs"), ("https://a.example/b", "fsspec.implementations.http", "http")],
)
def test_the_package_of_a_scheme_that_is_missing_is_named(
    address: str, package: str, extra: str, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = sys.modules["fsspec.registry"]
    for protocol in ("s3", "gs", "https"):
        monkeypatch.delitem(registry._registry, protocol, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    (missing,) = read(address)
    assert isinstance(missing, Unreadable)
    assert missing.hint == f"pip install 'docpact[{extra}]'"


@pytest.mark.usefixtures("rights")
def test_objects_are_judged_by_several_processes_with_the_same_report(site: str) -> None:
    named = ["run/", "large.ndjson", "cut.gz", "none", "run/*.zip"]
    addresses = [*(f"s3://captures/{name}" for name in named), f"{site}/a.ndjson.gz?token=abcdefgh12345678", f"{site}/broken"]
    command = ["validate", *addresses, "--format", "json", "--jobs"]

    def run(jobs: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        return main([*command, jobs], io.BytesIO(), out, err), out.getvalue(), err.getvalue()

    assert run("2") == run("1") == run("3")
    assert run("1")[1].count("captures/cut.gz") > 1
    assert "abcdefgh" not in run("2")[1]
