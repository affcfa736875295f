"""Forty secrets, each in a place of its own, in exchanges as recorders keep them; nothing here is a real one."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote

import brotli

from docpact.cassettes.tape import Interaction

TOKEN = "relay+Token/9f8e7d6c5b4a"  # noqa: S105 - a planted one
BASE = "https://relay.example/mj"
JOB = "00000000-0000-4000-8000-000000000000"


def secret(number: int) -> str:
    """Return a planted value that no shape knows: only its place tells."""
    return f"planted{number:02}Xq7"


def exchange(
    uri: str = f"{BASE}/task/1725017986212425/fetch", sent: object = None, came: object = None, **headers: dict[str, str]
) -> Interaction:  # fmt: skip
    """Make an exchange; `sent` and `came` are bodies, as bytes or as what is written as JSON."""
    asked = {"headers": {k: [v] for k, v in headers.get("request", {}).items()}, "body": _bytes(sent)}
    answered = {
        "status": {"code": 200, "message": "OK"},
        "headers": {k: [v] for k, v in {"Content-Type": "application/json", **headers.get("response", {})}.items()},
        "body": _bytes(came),
    }
    return Interaction("GET", uri, asked, answered)


def _bytes(body: object) -> bytes | None:
    return body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def everywhere() -> tuple[list[Interaction], list[str]]:
    """Return exchanges, and the texts of which none may be left anywhere."""
    s = secret
    basic = base64.b64encode(f"user:{TOKEN}".encode()).decode()
    name = f"planted_user_{s(20)}"
    made = [
        exchange(request={
            "Authorization": f"Bearer {s(1)}", "mj-api-secret": s(2), "Cookie": f"session={s(3)}", "X-Whatever": s(4),
            "Accept": f"application/json; token={s(5)}",
        }, response={"Set-Cookie": f"sid={s(6)}; Path=/", "X-Trace": s(7), "Location": f"/login?token={s(8)}"}),
        exchange(f"{BASE}/task/1/fetch?token={s(9)}&a=1"),
        exchange(f"https://u:{s(10)}@relay.example/mj/task/1/fetch"),
        exchange(f"https://relay.example/token/{s(11)}/mj/task/1/fetch#access_token={s(12)}"),
        exchange(f"{BASE}/task/1/fetch;jwt={s(13)}?next={quote(f'https://x.example/?sig={s(14)}', safe='')}"),
        exchange(sent=f"a=1&password={s(15)}&state=b".encode(), request={"Content-Type": "application/x-www-form-urlencoded"}),
        exchange(sent=(f'--b\r\nContent-Disposition: form-data; name="apiKey"\r\n\r\n{s(16)}\r\n--b--\r\n').encode(),
                 request={"Content-Type": "multipart/form-data; boundary=b"}),
        exchange(sent={"notifyHook": f"https://bot.example/{s(17)}", "base64Array": [f"data:image/png;base64,{s(18)}AA"],
                       "properties": {"deep": [{"deeper": [{"accessToken": s(19)}]}]}}),
        exchange(came={
            "imageUrl": f"https://cdn.discordapp.com/attachments/1092/10931/{name}_a_{JOB}.png?ex={s(21)}&is={s(22)}&hm={s(23)}&",
            "url": f"https://s3.example/x.png?X-Amz-Signature={s(24)}&X-Amz-Credential={s(25)}&Signature={s(26)}",
            "proxy": f"https://relay.example/files/{name}_words_{JOB}.webp",
            "maskBase64": base64.b64encode(s(27).encode()).decode(),
            "prompt": f"write to {s(28)}@mail.example, and //u:{s(29)}@h.example/",
        }),
        exchange(came=b'{"a":"' + json.dumps({"token": s(30)}).replace('"', '\\"').encode() + b'"}'),
        exchange(came=('{"tok\\u0065n": "' + s(31) + '", "secret": {"of": ["' + s(32) + '"]}, "x": 1, "x": 2}').encode()),
        exchange(came=f'{{"token":"{s(33)}","名":"猫"}}'.encode("gbk"),
                 response={"Content-Type": "application/json; charset=gbk"}),
        exchange(came=f'{{"token":"{s(34)}"}}'.encode("utf-16")),
        exchange(came=gzip.compress(f'{{"token":"{s(35)}"}}'.encode()), response={"Content-Encoding": "gzip"}),
        exchange(came=brotli.compress(f'{{"token":"{s(36)}"}}'.encode()), response={"Content-Encoding": "br"}),
        exchange(came=gzip.compress(f'{{"token":"{s(37)}"}}'.encode())),
        exchange(came=f'data: {{"token":"{s(38)}"}}\n\n'.encode(), response={"Content-Type": "text/event-stream"}),
        exchange(came=f'{{"token":"{s(39)}'.encode()),
        exchange(came=f"<a><token>{s(40)}</token></a>".encode(), response={"Content-Type": "text/xml"}),
        exchange(came=f"webhook https://discord.com/api/webhooks/1234567890/{s(41)} bearer {s(42)}".encode()),
        exchange(came={"prompt": f"{TOKEN} {TOKEN.upper()} {quote(TOKEN, safe='')} {basic}", "hex": TOKEN.encode().hex()}),
        exchange(f"{BASE}/{quote(TOKEN, safe='')}/task/1/fetch?x={quote(quote(TOKEN, safe=''), safe='')}"),
        exchange(came=b"\0\x01\xff" + TOKEN.encode() + b"\xfe\0"),
        exchange(came=f"eyJhbGciOiJIUzI1NiJ9.{s(43)}eyJz.{s(44)}abc sk-{s(45)}{s(45)}".encode()),
        exchange(came={"body": [{"apiKey": int("9" * 12), "ok": 5}], s(46) + "@mail.example": 1}),
    ]  # fmt: skip
    hidden = [secret(number) for number in range(1, 47) if number != 7]
    coded = [base64.b64encode(secret(27).encode()).decode(), basic, "999999999999", JOB and "1092/"]
    return made, [*hidden, secret(7), *coded, TOKEN, quote(TOKEN, safe=""), TOKEN.encode().hex()]
