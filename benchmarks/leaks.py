"""Secrets planted against secrets left: one exchange a secret, recorded by several tools, and looked for in what they wrote.

`leaks.py RECORDER FILE` records the exchanges in this process, through vcrpy; each tool is then read by what is not its own.
"""

from __future__ import annotations

import gzip
import json
import sys
from base64 import b64decode, b64encode
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import brotli
import yaml
from vcr import VCR
from vcr.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BASE = "https://relay.example/mj"
FETCH = f"{BASE}/task/1725017986212425/fetch"
SUBMIT = f"{BASE}/submit/imagine"
JOB = "00000000-0000-4000-8000-000000000000"
TOKEN = "relay+Token/9f8e7d6c5b4a"  # noqa: S105 - a planted one
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SENT, CAME, WHERE, ASKED, ANSWERED = "request headers", "answer headers", "addresses", "request bodies", "answer bodies"


class Planted(NamedTuple):
    """A secret: where it stands, in what, its text, and the exchange that it stands in, as vcrpy holds one."""

    place: str
    what: str
    text: str
    request: Request
    response: dict[str, Any]


def planted() -> list[Planted]:
    """Plant each secret in an exchange of its own: what the records of such an API hold, each as it stands there."""
    made = [
        one
        for group in (in_headers, in_answer_headers, in_addresses, in_requests, in_answers)
        for one in group()
    ]  # fmt: skip
    texts = [one.text for one in made]
    assert all(sum(text in other for other in texts) == 1 for text in texts)  # noqa: S101 - each is told from the others
    return made


def secret(number: int) -> str:
    """Return a text that has the shape of no secret: only its place tells."""
    return f"planted{number:02}Xq7"


def one(  # noqa: PLR0913 - an exchange has so many parts, and each secret stands in another
    place: str, what: str, text: str, uri: str = FETCH, *, sent: tuple[str, bytes] | None = None,
    came: bytes = b'{"status": "SUBMITTED"}', headers: dict[str, str] | None = None, answered: dict[str, str] | None = None,
) -> Planted:  # fmt: skip
    """Make an exchange; `sent` is the type and the bytes of the request."""
    asked = {"Accept": JSON, **({"Content-Type": sent[0]} if sent else {}), **(headers or {})}
    held = {"Content-Type": JSON, "Content-Length": str(len(came)), **(answered or {})}
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {k: [v] for k, v in held.items()},
        "body": {"string": came},
    }
    return Planted(place, what, text, Request("POST" if sent else "GET", uri, sent[1] if sent else None, asked), response)


def in_headers() -> Iterator[Planted]:
    """Yield what stands in the headers of requests."""
    yield one(SENT, "Authorization", secret(1), headers={"Authorization": f"Bearer {secret(1)}"})
    yield one(SENT, "Mj-Api-Secret", secret(2), headers={"mj-api-secret": secret(2)})
    yield one(SENT, "Cookie", secret(3), headers={"Cookie": f"session={secret(3)}"})
    yield one(SENT, "a header of the vendor", secret(4), headers={"X-Vendor-Credential": secret(4)})


def in_answer_headers() -> Iterator[Planted]:
    """Yield what stands in the headers of answers."""
    yield one(CAME, "Set-Cookie", secret(5), answered={"Set-Cookie": f"sid={secret(5)}; Path=/"})
    yield one(CAME, "Location with a token", secret(6), answered={"Location": f"/login?token={secret(6)}"})
    yield one(CAME, "a header of the vendor", secret(7), answered={"X-Account": secret(7)})


def in_addresses() -> Iterator[Planted]:
    """Yield what stands in addresses that are asked for."""
    yield one(WHERE, "?api_key=", secret(8), f"{FETCH}?api_key={secret(8)}&page=2")
    yield one(WHERE, "?token=", secret(9), f"{FETCH}?token={secret(9)}")
    yield one(WHERE, "a login", secret(10), f"https://user:{secret(10)}@relay.example/mj/task/1/fetch")
    yield one(WHERE, "a token in the path", secret(11), f"https://relay.example/token/{secret(11)}/mj/task/1/fetch")
    yield one(WHERE, "an address in an address", secret(12), f"{FETCH}?next=https%3A%2F%2Fx.example%2F%3Fsig%3D{secret(12)}")


def in_requests() -> Iterator[Planted]:
    """Yield what stands in the bodies of requests."""
    yield one(ASKED, "a form", secret(13), SUBMIT, sent=(FORM, f"prompt=cat&api_key={secret(13)}".encode()))
    part = f'--b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{secret(14)}\r\n--b--\r\n'
    yield one(ASKED, "a form in parts", secret(14), SUBMIT, sent=("multipart/form-data; boundary=b", part.encode()))
    yield one(ASKED, "JSON", secret(15), SUBMIT, sent=(JSON, written({"prompt": "cat", "api_key": secret(15)})))
    yield one(ASKED, "JSON; charset", secret(16), SUBMIT, sent=(f"{JSON}; charset=utf-8", written({"api_key": secret(16)})))
    yield one(ASKED, "JSON, deep", secret(17), SUBMIT, sent=(JSON, written({"state": [{"of": {"api_key": secret(17)}}]})))
    hook = f"https://bot.example/{secret(18)}"
    yield one(ASKED, "notifyHook", secret(18), SUBMIT, sent=(JSON, written({"prompt": "cat", "notifyHook": hook})))
    picture = b64encode(secret(19).encode()).decode()
    yield one(ASKED, "a picture in base64", secret(19), SUBMIT, sent=(JSON, written({"base64": picture})))


def in_answers() -> Iterator[Planted]:
    """Yield what stands in the bodies of answers."""
    cdn, file = "https://cdn.discordapp.com/attachments/1092/10931", f"planted_user_{secret(20)}_a_cat_{JOB}.png"
    yield one(ANSWERED, "the name of a user in a file name", secret(20), came=written({"imageUrl": f"{cdn}/{file}"}))
    for number, name in enumerate(("ex", "is", "hm", "X-Amz-Signature", "X-Amz-Credential", "Signature", "token"), 21):
        address = f"{cdn}/{JOB}.png?{name}={secret(number)}&"
        yield one(ANSWERED, f"a signed address, {name}", secret(number), came=written({"imageUrl": address}))
    yield one(ANSWERED, "an e-mail address", secret(28), came=written({"prompt": f"write to {secret(28)}@mail.example"}))
    mask = b64encode(secret(29).encode()).decode()
    yield one(ANSWERED, "a mask in base64", secret(29), came=written({"maskBase64": mask}))
    yield one(ANSWERED, "JSON", secret(30), came=written({"token": secret(30)}))
    yield one(ANSWERED, "JSON, deep", secret(31), came=written({"properties": [{"of": [{"accessToken": secret(31)}]}]}))
    yield one(ANSWERED, "JSON in a text of JSON", secret(32), came=written({"extra": json.dumps({"token": secret(32)})}))
    gbk = f'{{"token": "{secret(33)}", "prompt": "猫"}}'.encode("gbk")
    yield one(ANSWERED, "another charset", secret(33), came=gbk, answered={"Content-Type": f"{JSON}; charset=gbk"})
    utf_16 = written({"token": secret(34)}).decode().encode("utf-16")
    yield one(ANSWERED, "UTF-16", secret(34), came=utf_16, answered={"Content-Type": f"{JSON}; charset=utf-16"})
    packed = gzip.compress(written({"token": secret(35)}))
    yield one(ANSWERED, "gzip", secret(35), came=packed, answered={"Content-Encoding": "gzip"})
    packed = brotli.compress(written({"token": secret(36)}))
    yield one(ANSWERED, "Brotli", secret(36), came=packed, answered={"Content-Encoding": "br"})
    yield one(ANSWERED, "the token that was used", TOKEN, came=written({"description": f"no quota for {TOKEN}"}))
    basic = b64encode(f"user:{secret(37)}".encode()).decode()
    yield one(ANSWERED, "a Basic header, told back", secret(37), came=written({"asked": {"Authorization": f"Basic {basic}"}}))


def written(value: object) -> bytes:
    """Write JSON as servers do."""
    return json.dumps(value, ensure_ascii=False).encode()


# --- Recording ---------------------------------------------------------------------------------------------------------

# What the documentation of vcrpy shows for secrets; and everything that it has, told each name that was planted.
SHOWN: dict[str, Any] = {
    "filter_headers": ["authorization"],
    "filter_query_parameters": ["api_key"],
    "filter_post_data_parameters": ["api_key"],
}
NAMES = ("api_key", "token", "accessToken", "notifyHook", "base64", "next")
EVERY: dict[str, Any] = {
    "filter_headers": ["authorization", "mj-api-secret", "cookie", "x-vendor-credential"],
    "filter_query_parameters": NAMES,
    "filter_post_data_parameters": NAMES,
    "filter_nested_post_data_parameters": True,
    "filter_sensitive_data": {"<TOKEN>": TOKEN},
    "decode_compressed_response": True,
}


def with_vcrpy(path: str, filters: dict[str, Any]) -> None:
    """Record with vcrpy and these filters."""
    with VCR(record_mode="all", **filters).use_cassette(path) as cassette:
        for found in planted():
            cassette.append(found.request, found.response)


def with_docpact(path: str) -> None:
    """Record as docpact does, whose only hint is the token that was used; that the answers are no tasks is not the question."""
    from pathlib import Path

    from docpact import __version__
    from docpact.cassettes.player import record
    from docpact.cassettes.recording import Seal
    from docpact.cassettes.tape import Interaction
    from docpact.contract import load

    def taken(one: Planted) -> Interaction:
        asked = {"headers": {name: [value] for name, value in one.request.headers.items()}, "body": one.request.body}
        return Interaction(
            one.request.method, one.request.uri, asked, {**one.response, "body": one.response["body"]["string"]}
        )  # fmt: skip

    seal = Seal(load(), __version__, secrets=[TOKEN], keep=True)
    record(Path(path), [taken(found) for found in planted()], seal)


NOTHING, FILTERS, ALL_FILTERS = "vcrpy, no filters", "vcrpy, filters as documented", "vcrpy, every filter, every name"
PYTEST_RECORDING = "pytest-recording, as its README shows"
OURS = "docpact"
RECORDERS: dict[str, Callable[[str], None]] = {
    NOTHING: lambda path: with_vcrpy(path, {}),
    FILTERS: lambda path: with_vcrpy(path, SHOWN),
    ALL_FILTERS: lambda path: with_vcrpy(path, EVERY),
    OURS: with_docpact,
}
# pytest-recording hands what `vcr_config` returns to vcrpy, and has no filters of its own.
TEST = """
import sys
import pytest
sys.path.insert(0, {folder!r})
from leaks import planted

@pytest.fixture(scope="module")
def vcr_config():
    return {{"filter_headers": ["authorization"]}}

@pytest.mark.vcr
def test_recorded(vcr):
    for found in planted():
        vcr.append(found.request, found.response)
"""


# --- Looking -----------------------------------------------------------------------------------------------------------


def left(path: Path) -> list[Planted]:
    """Return the secrets that are in a cassette still: read as YAML or JSON, unpacked, decoded and unquoted."""
    content = path.read_bytes()
    held = yaml.safe_load(content) if path.suffix == ".yaml" else json.loads(content)
    texts = {text for leaf in leaves(held) for text in readings(leaf)} | {content.decode("utf-8", "replace")}
    return [found for found in planted() if any(found.text in text for text in texts)]


def leaves(held: Any) -> Iterator[str | bytes]:
    """Yield every text of a document, names too."""
    if isinstance(held, dict):
        for name, value in held.items():
            yield from leaves(name)
            yield from leaves(value)
    elif isinstance(held, list):
        for value in held:
            yield from leaves(value)
    elif isinstance(held, str | bytes):
        yield held


def readings(leaf: str | bytes, deep: int = 3) -> Iterator[str]:
    """Yield what a text may mean: out of base64, unpacked, in the charsets that there are, without the escapes of addresses."""
    content = leaf.encode("utf-8", "replace") if isinstance(leaf, str) else leaf
    for charset in ("utf-8", "gbk", "utf-16"):
        with suppress(UnicodeDecodeError):
            text = content.decode(charset)
            yield from (text, unquote(text), unquote(unquote(text)))
    if deep:
        for unpack in (gzip.decompress, brotli.decompress):
            with suppress(OSError, EOFError, brotli.error):
                yield from readings(unpack(content), deep - 1)
        for word in content.replace(b'"', b" ").split():
            with suppress(ValueError):
                yield from readings(b64decode(word, validate=True), deep - 1)


if __name__ == "__main__":
    RECORDERS[sys.argv[1]](sys.argv[2])
