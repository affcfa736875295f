"""Payloads such as a healthy server would send, the same ones every time, and one in a hundred that breaks the contract."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from measure import OUT, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPTS = [
    "a black dog flying over the old harbour at dawn, volumetric light, 35mm --ar 16:9 --v 6.1",
    "一只黑色的狗在飞，水彩，柔和的光线，留白，宣纸质感 --ar 3:4 --niji 6",
    "夜の東京、雨に濡れた路地、ネオンの反射、映画のような構図 --ar 21:9",
    "портрет кота в скафандре, масло, крупные мазки --stylize 250",
    "café à l’aube, brume légère, façade Art déco — vue isométrique 🌅☕️ --chaos 12",
    'https://example.com/ref/0001.png a "quoted" prompt\twith a tab, and a back\\slash --iw 1.5',
]
# customId, with the job in place of {}; emoji; label
GRID = [
    *((f"MJ::JOB::upsample::{n}::{{}}", "", f"U{n}") for n in range(1, 5)),
    ("MJ::JOB::reroll::0::{}::SOLO", "🔄", ""),
    *((f"MJ::JOB::variation::{n}::{{}}", "", f"V{n}") for n in range(1, 5)),
]
SINGLE = [
    ("MJ::JOB::upsample_v6r1_2x_subtle::1::{}::SOLO", "", "Upscale (Subtle)"),
    ("MJ::JOB::upsample_v6r1_2x_creative::1::{}::SOLO", "", "Upscale (Creative)"),
    ("MJ::JOB::low_variation::1::{}::SOLO", "🪄", "Vary (Subtle)"),
    ("MJ::JOB::high_variation::1::{}::SOLO", "🪄", "Vary (Strong)"),
    ("MJ::Inpaint::1::{}::SOLO", "🖌️", "Vary (Region)"),
    ("MJ::Outpaint::50::1::{}::SOLO", "🔍", "Zoom Out 2x"),
    ("MJ::Outpaint::75::1::{}::SOLO", "🔍", "Zoom Out 1.5x"),
    ("MJ::CustomZoom::1::{}", "🔍", "Custom Zoom"),
    ("MJ::JOB::pan_left::1::{}::SOLO", "⬅️", ""),
    ("MJ::JOB::pan_right::1::{}::SOLO", "➡️", ""),
    ("MJ::JOB::pan_up::1::{}::SOLO", "⬆️", ""),
    ("MJ::JOB::pan_down::1::{}::SOLO", "⬇️", ""),
    ("MJ::JOB::animate_high::1::{}::SOLO", "🎞️", "Animate (High motion)"),
    ("MJ::JOB::animate_low::1::{}::SOLO", "🎞️", "Animate (Low motion)"),
    ("MJ::BOOKMARK::{}", "❤️", ""),
]
INVALID_EVERY = 100


def buttons(draw: random.Random, action: str) -> list[dict[str, Any]]:
    """Make the 9 buttons under a grid of four images, or the 15 under a single one."""
    job = UUID(int=draw.getrandbits(128), version=4)
    return [
        {"customId": form.format(job), "emoji": emoji, "label": label, "type": 2, "style": 2}
        for form, emoji, label in (SINGLE if action == "UPSCALE" else GRID)
    ]


def payload(draw: random.Random, number: int) -> dict[str, Any]:
    """Make one valid payload, such as a healthy server would send: most of them finished, some on their way."""
    action = draw.choice(["IMAGINE", "IMAGINE", "IMAGINE", "VARIATION", "REROLL", "UPSCALE"])
    status = draw.choices(["SUCCESS", "IN_PROGRESS", "SUBMITTED", "FAILURE"], [85, 8, 3, 4])[0]
    submitted = 1_724_963_337_114 + number * 977
    started = submitted + draw.randrange(200, 4_000)
    finished = started + draw.randrange(9_000, 90_000)
    task = str(submitted) + f"{number % 1000:03}"
    prompt = draw.choice(PROMPTS)
    ended = status in {"SUCCESS", "FAILURE"}
    return {
        "id": task,
        "action": action,
        "customId": "",
        "botType": "MID_JOURNEY",
        "prompt": prompt,
        "promptEn": prompt,
        "description": "Submit success",
        "state": "",
        "submitTime": submitted,
        "startTime": 0 if status == "SUBMITTED" else started,
        "finishTime": finished if ended else 0,
        "imageUrl": f"https://example.com/mj/image/{task}" if status == "SUCCESS" else "",
        "status": status,
        "progress": {"SUCCESS": "100%", "FAILURE": "100%", "SUBMITTED": "0%"}.get(status, f"{draw.randrange(1, 99)}%"),
        "failReason": "[Invalid parameter] unrecognized argument" if status == "FAILURE" else "",
        "buttons": buttons(draw, action) if status == "SUCCESS" else [],
        "maskBase64": "",
        "properties": {"finalPrompt": prompt, "finalZhPrompt": ""},
    }


def spoilt(draw: random.Random, task: dict[str, Any]) -> dict[str, Any]:
    """Make a valid payload break the documented contract in one of five ways."""
    change = draw.choice(["status", "buttons", "submitTime", "properties", "action"])
    if change == "buttons":
        return {name: value for name, value in task.items() if name != "buttons"}
    wrong = {"status": "DONE", "submitTime": str(task["submitTime"]), "properties": {}, "action": "UPSCALE2"}
    return task | {change: wrong[change]}


def lines(count: int) -> Iterator[bytes]:
    """Make the file, line by line, the same every time; one line in a hundred is invalid."""
    draw = random.Random(20240830)  # noqa: S311 -- test data, not a secret
    for number in range(count):
        task = payload(draw, number)
        if number % INVALID_EVERY == INVALID_EVERY - 1:
            task = spoilt(draw, task)
        yield json.dumps(task, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def made_by() -> str:
    """Return a name for what this file makes: another one when this file changes."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]


def big_file(count: int) -> Path:
    """Return the file of `count` lines, written if this program has not written it before."""
    # The ending tells sourcemeta's jsonschema, which goes by names, that it is one payload a line.
    path = OUT / f"big-{count}-{made_by()}.jsonl"
    if not path.exists():
        OUT.mkdir(exist_ok=True)
        for old in OUT.glob(f"big-{count}-*"):
            old.unlink()
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.writelines(lines(count))
        part.replace(path)
    return path


def folder(count: int) -> Path:
    """Return a folder of `count` files, a payload in each, written if this program has not written it before."""
    path = OUT / f"files-{count}-{made_by()}"
    if not path.exists():
        for old in OUT.glob(f"files-{count}-*"):
            shutil.rmtree(old)
        part = path.with_suffix(".part")
        part.mkdir(parents=True)
        for number, line in enumerate(lines(count)):
            (part / f"{number:06}.json").write_bytes(line)
        part.replace(path)
    return path


def links(big: Path, count: int) -> Path:
    """Return a folder in which the same long file stands under `count` names, and takes the room of one."""
    path = OUT / f"links-{count}-{big.stem}"
    if not path.exists():
        for old in OUT.glob(f"links-{count}-*"):
            shutil.rmtree(old)
        part = path.with_suffix(".part")
        part.mkdir(parents=True)
        for number in range(count):
            os.link(big, part / f"{number:04}.jsonl")
        part.replace(path)
    return path


def one_file() -> Path:
    """Return a file with the payload that the documented page gives as its example, in one line."""
    path = OUT / "one.json"
    OUT.mkdir(exist_ok=True)
    page = ROOT / "contracts" / "task-fetch" / "page.txt"
    path.write_text(page.read_text("utf-8").splitlines()[-1], "utf-8")
    return path
