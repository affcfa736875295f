"""What one writes instead of taking docpact: short scripts that make payloads of the page with libraries for test data.

`python makers.py NAME COUNT FILE` writes COUNT payloads of the maker NAME, one a line. The imports of the libraries are inside,
so that each maker pays for its own only; msgspec writes the lines of all of them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, get_args, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Action = Literal["IMAGINE", "UPSCALE", "VARIATION", "REROLL", "DESCRIBE", "BLEND"]
Status = Literal["NOT_START", "SUBMITTED", "IN_PROGRESS", "FAILURE", "SUCCESS"]
ACTIONS, STATUSES = get_args(Action), get_args(Status)
BEGINS, DAY = 1_724_963_337_114, 86_400_000
LABELS = ("U1", "U2", "U3", "U4", "V1", "V2", "V3", "V4")


class Button(TypedDict):
    """A button, as the page has it."""

    customId: str
    emoji: str
    label: str
    type: int
    style: int


class Properties(TypedDict):
    """The properties, as the page has them."""

    finalPrompt: str
    finalZhPrompt: str


@dataclass
class Task:
    """The task object, as the page has it."""

    id: str
    action: Action
    customId: str  # noqa: N815 - the page's names, here and below
    botType: str  # noqa: N815
    prompt: str
    promptEn: str  # noqa: N815
    description: str
    state: str
    submitTime: int  # noqa: N815
    startTime: int  # noqa: N815
    finishTime: int  # noqa: N815
    imageUrl: str  # noqa: N815
    status: Status
    progress: str
    failReason: str  # noqa: N815
    buttons: list[Button]
    maskBase64: str  # noqa: N815
    properties: Properties


def polyfactory_dataclass(count: int) -> Iterator[object]:
    """Build with polyfactory from a dataclass, which is its fastest kind of model."""
    from polyfactory.factories import DataclassFactory

    factory = DataclassFactory.create_factory(Task)
    factory.seed_random(1)
    for _ in range(count):
        yield factory.build()


def polyfactory_pydantic(count: int) -> Iterator[object]:
    """Build with polyfactory from a model of Pydantic, which is what most use it with."""
    from polyfactory.factories.pydantic_factory import ModelFactory
    from pydantic import create_model

    def model(kind: type, **nested: Any) -> Any:
        fields: dict[str, Any] = {name: (hint, ...) for name, hint in (get_type_hints(kind) | nested).items()}
        return create_model(kind.__name__, **fields)

    # Pydantic takes the TypedDict of the standard library from Python 3.12 on only.
    factory = ModelFactory.create_factory(model(Task, buttons=list[model(Button)], properties=model(Properties)))  # type: ignore[misc]
    factory.seed_random(1)
    for _ in range(count):
        yield factory.build().model_dump()


class Providers(NamedTuple):
    """What the script for mimesis asks of it."""

    whole: Callable[[int, int], int]
    choice: Callable[[tuple[str, ...]], str]
    sentence: Callable[[], str]
    url: Callable[[], str]
    uuid: Callable[[], str]


def task_of(make: Providers) -> dict[str, Any]:
    """Make a task as one does who has read the page: times in order, and tied to the status what is easily tied."""
    whole, status, prompt = make.whole, make.choice(STATUSES), make.sentence()
    ended = status in {"SUCCESS", "FAILURE"}
    submitted = BEGINS + whole(0, DAY)
    started = submitted + whole(200, 4_000) if ended or status == "IN_PROGRESS" else 0
    labels = LABELS if status == "SUCCESS" else ()
    return {
        "id": f"{submitted}{whole(0, 999):03}",
        "action": make.choice(ACTIONS),
        "customId": "",
        "botType": "MID_JOURNEY",
        "prompt": prompt,
        "promptEn": prompt,
        "description": "Submit success",
        "state": "",
        "submitTime": submitted,
        "startTime": started,
        "finishTime": started + whole(9_000, 90_000) if ended else 0,
        "imageUrl": make.url() if status == "SUCCESS" else "",
        "status": status,
        "progress": "100%" if ended else f"{whole(1, 99)}%" if started else "0%",
        "failReason": make.sentence() if status == "FAILURE" else "",
        "buttons": [{"customId": make.uuid(), "emoji": "", "label": label, "type": 2, "style": 2} for label in labels],
        "maskBase64": "",
        "properties": {"finalPrompt": prompt, "finalZhPrompt": ""},
    }


def mimesis_schema(count: int) -> Iterator[object]:
    """Ask mimesis through a Field and a Schema, as its documentation shows."""
    from mimesis import Field, Locale, Schema

    field = Field(Locale.EN, seed=1)
    make = Providers(
        lambda low, high: field("integer_number", start=low, end=high),
        lambda items: field("choice", items=items),
        lambda: field("sentence"),
        lambda: field("url"),
        lambda: field("uuid"),
    )
    yield from Schema(lambda: task_of(make), iterations=count).iterator()


def mimesis_direct(count: int) -> Iterator[object]:
    """Call the providers of mimesis themselves, without looking them up by name."""
    from mimesis import Generic, Locale

    ask = Generic(Locale.EN, seed=1)
    make = Providers(ask.numeric.integer_number, ask.choice, ask.text.sentence, ask.internet.url, ask.cryptographic.uuid)
    for _ in range(count):
        yield task_of(make)


MAKERS: dict[str, Callable[[int], Iterable[object]]] = {
    "polyfactory": polyfactory_dataclass,
    "polyfactory-pydantic": polyfactory_pydantic,
    "mimesis": mimesis_schema,
    "mimesis-direct": mimesis_direct,
}


def main(name: str, count: str, path: str) -> None:
    """Write as many payloads as were asked for, one a line."""
    from msgspec.json import Encoder

    encode = Encoder().encode
    with open(path, "wb") as file:
        file.writelines(encode(payload) + b"\n" for payload in MAKERS[name](int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:])
