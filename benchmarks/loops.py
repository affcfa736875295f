"""What a good programmer writes in ten lines instead of taking docpact: loops over the lines of a file.

`python loops.py NAME SCHEMA FILE` prints how many lines the loop NAME calls invalid. The imports are inside, so that each loop
pays for its own packages only.
"""

# No `from __future__ import annotations`: msgspec reads the annotations of classes that stand inside a function.
import sys


def orjson_jsonschema_rs(schema: str, path: str) -> int:
    """Parse with orjson, judge with jsonschema-rs: the fastest full judge of a JSON Schema that Python has."""
    import jsonschema_rs
    import orjson

    with open(schema, encoding="utf-8") as file:
        is_valid = jsonschema_rs.validator_for(file.read(), offline=True).is_valid
    loads = orjson.loads
    invalid = 0
    with open(path, "rb") as file:
        for line in file:
            if not is_valid(loads(line)):
                invalid += 1
    return invalid


def msgspec_typed(_: str, path: str) -> int:
    """Decode into structs that say what the documented schema says; what the page does not name is skipped unread."""
    from typing import Literal

    from msgspec import UNSET, Struct, UnsetType, ValidationError
    from msgspec.json import Decoder

    class Button(Struct, rename="camel"):
        custom_id: str
        emoji: str
        label: str
        type: int
        style: int

    class Properties(Struct, rename="camel"):
        final_prompt: str
        final_zh_prompt: str

    class Task(Struct, rename="camel", kw_only=True):
        id: str | UnsetType = UNSET
        action: Literal["IMAGINE", "UPSCALE", "VARIATION", "REROLL", "DESCRIBE", "BLEND"] | UnsetType = UNSET
        custom_id: str | UnsetType = UNSET
        bot_type: str | UnsetType = UNSET
        prompt: str | UnsetType = UNSET
        prompt_en: str | UnsetType = UNSET
        description: str | UnsetType = UNSET
        state: str | UnsetType = UNSET
        submit_time: int | UnsetType = UNSET
        start_time: int | UnsetType = UNSET
        finish_time: int | UnsetType = UNSET
        image_url: str | UnsetType = UNSET
        status: Literal["NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS"] | UnsetType = UNSET
        progress: str | UnsetType = UNSET
        fail_reason: str | UnsetType = UNSET
        buttons: list[Button]
        mask_base64: str | UnsetType = UNSET
        properties: Properties | UnsetType = UNSET

    decode = Decoder(Task).decode
    invalid = 0
    with open(path, "rb") as file:
        for line in file:
            try:
                decode(line)
            except ValidationError:
                invalid += 1
    return invalid


def json_loads(_: str, path: str) -> int:
    """Parse with the standard library, and judge nothing."""
    from json import loads

    with open(path, "rb") as file:
        for line in file:
            loads(line)
    return 0


LOOPS = {"orjson": orjson_jsonschema_rs, "msgspec": msgspec_typed, "json": json_loads}

if __name__ == "__main__":
    print(LOOPS[sys.argv[1]](*sys.argv[2:4]))
