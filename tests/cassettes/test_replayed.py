"""A recording that was redacted plays for the requests that were recorded, and its answers are judged as before."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest
import vcr
from planted import exchange
from test_reading import of_vcrpy

from docpact.api import load
from docpact.cassettes import reading
from docpact.cassettes.cleaning import cleaned
from docpact.cassettes.player import Player
from docpact.cassettes.redaction import Redaction
from docpact.cassettes.tape import written

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "real/Token+1234567"  # noqa: S105 - a made one
CONTRACT = load()
TARGET = (
    f"/mj/task/{CONTRACT.example['id']}/fetch?token=real%2FToken%2B1234567&notifyHook=https%3A%2F%2Fbot.example%2Fabc&page=2"
)


def redacted(request: Any) -> Any:
    request.uri = Redaction([TOKEN]).address(request.uri)
    return request


@pytest.mark.parametrize("kind", ["yaml", "json", "tape"])
def test_what_was_redacted_on_both_sides_still_matches(tmp_path: Path, kind: str) -> None:
    recorded = [exchange(f"http://relay.example{TARGET}", came={**CONTRACT.example, "progress": f"{n}%"}) for n in (99, 100)]
    if kind == "tape":
        clean = [Redaction([TOKEN]).interaction(one) for one in recorded]
        content: bytes | None = b"".join(written(clean, {}))
    else:
        before = of_vcrpy(recorded, kind)
        content = cleaned(reading.read(before), before, [TOKEN]).content
    assert content is not None
    assert b"real" not in content
    path = tmp_path / ("a.yaml" if kind == "yaml" else "a.json")
    path.write_bytes(content)
    serializer = "json" if kind == "json" else "yaml"
    player = vcr.VCR(serializer=serializer, before_record_request=redacted, record_mode=vcr.mode.NONE)
    with player.use_cassette(str(path)) if kind != "tape" else Player.use(
        path=str(path), match_on=player_matchers(player), before_record_request=redacted, record_mode=vcr.mode.NONE
    ):  # fmt: skip
        for progress in ("99%", "100%"):
            connection = http.client.HTTPConnection("relay.example")
            connection.request("GET", TARGET, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = connection.getresponse()
            payload = json.loads(answer.read())
            assert payload["progress"] == progress
            expected = [one.rule for one in CONTRACT.validate({**CONTRACT.example, "progress": progress})]
            assert [one.rule for one in CONTRACT.validate(payload)] == expected


def player_matchers(player: vcr.VCR) -> Any:
    return tuple(player.matchers[name] for name in ("method", "scheme", "host", "port", "path", "query"))
