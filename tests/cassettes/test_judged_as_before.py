"""After redaction a payload is judged as before: nothing new is wrong, and what was wrong stays wrong."""

from __future__ import annotations

import base64
import json

import pytest

from docpact.captures import Text
from docpact.cassettes.redaction import Redaction
from docpact.contract import load
from docpact.generate.draws import Seeded
from docpact.generate.faults import Faults
from docpact.generate.payloads import Sampler
from docpact.validate.stream import Settings, Stream

CONTRACT = load()
PRIVATE = {
    "maskBase64": base64.b64encode(b"a mask").decode(),
    "imageUrl": "https://cdn.discordapp.com/attachments/12/34/some_user_a_cat_00000000-0000-4000-8000-000000000000.png?ex=1&hm=2",
    "notifyHook": "https://bot.example/hook?token=abc",
    "prompt": "ask me@mail.example, token=abc123",
}


def found(body: bytes, profile: str) -> list[tuple[str, str]]:
    stream = Stream(CONTRACT, Settings(profile=profile))
    return [(one.rule, one.place.pointer) for all_ in stream.judge(Text("x", None, body, len(body))) for one in all_]


@pytest.mark.parametrize("profile", CONTRACT.profiles)
def test_a_right_payload_stays_right_and_each_fault_stays_the_one_that_it_is(profile: str) -> None:
    sampler, faults = Sampler(CONTRACT, profile), Faults(CONTRACT, profile)
    told: set[str] = set()
    for number, status in enumerate(sampler.statuses):
        payload = sampler.payload(
            sampler.task(Seeded("redaction", number)), status, sampler.actions[number % len(sampler.actions)]
        )
        payload |= {name: held for name, held in PRIVATE.items() if payload.get(name)}
        texts = [json.dumps(payload).encode()]
        texts += [fault.text or json.dumps(fault.payload).encode() for fault in faults.of(payload) if fault.rule != "json-size"]
        for text in texts:
            clean = Redaction().body(text, "application/json")
            assert clean is not None
            before = found(text, profile)
            told |= {rule for rule, _ in before}
            assert found(clean, profile) == before, text
    assert {"url-form", "documented-type", "json-duplicate-member"} <= told


@pytest.mark.parametrize("name", ["maskBase64", "imageUrl", "notifyHook"])
@pytest.mark.parametrize(
    "value", ["not base64!", "/mj/image/1?token=abc", "https://a b/?ex=1", "", "data:image/png;base64,cut-off"]
)
def test_a_member_that_is_wrong_stays_wrong(name: str, value: str) -> None:
    body = json.dumps({**CONTRACT.example, name: value}).encode()
    clean = Redaction().body(body, "application/json")
    assert clean is not None
    assert found(clean, "documented") == found(body, "documented")
