"""A client of `GET /mj/task/{id}/fetch`: what it returns is so, and whatever else comes is one of its errors."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_ENDS = frozenset({"SUCCESS", "FAILURE"})
# What a DESCRIBE task makes is words.
_DRAWS = frozenset({"IMAGINE", "UPSCALE", "VARIATION", "REROLL", "BLEND"})
_LARGEST = 1 << 20
_LONGEST_PAUSE = 60.0
_TRIES = 3


class RelayError(Exception):
    """Something about a relay or its answer is wrong."""


class UnreachableError(RelayError):
    """No answer, none in time, or one that says that the server failed: it may be better later."""


class BusyError(RelayError):
    """The relay wants to be asked again later, after `pause` seconds."""

    def __init__(self, pause: float) -> None:
        super().__init__(f"the relay is busy for {pause:g} seconds")
        self.pause = pause


class RefusedError(RelayError):
    """The token is not accepted."""


class UnknownTaskError(RelayError):
    """The relay has no such task."""


class BadAnswerError(RelayError):
    """The answer is not what the page documents."""


class TooLateError(RelayError):
    """The task has not ended in time."""


@dataclass(frozen=True)
class Button:
    """What can be done with a result: `custom_id` is what a submission names, `title` what a person sees."""

    custom_id: str
    title: str


@dataclass(frozen=True)
class Task:
    """A task as it stands: `progress` in percent where it is known, `image_url` and `reason` where there is one."""

    id: str
    action: str
    status: str
    progress: int | None
    image_url: str | None
    reason: str | None
    buttons: tuple[Button, ...]

    @property
    def ended(self) -> bool:
        """Whether it changes no more."""
        return self.status in _ENDS


class Client:
    """Fetches tasks from a relay; `clock` and `sleep` are those of `time`, and a test brings its own."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout: float = 10,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout, transport=transport)
        self._timeout, self._clock, self._sleep = timeout, clock, sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def fetch(self, task: str) -> Task:
        """Return a task as it stands; raises `RelayError`."""
        try:
            with self._http.stream("GET", f"/mj/task/{quote(task, safe='')}/fetch") as answer:
                _check(answer)
                body = self._read(answer)
        except httpx.DecodingError as error:
            raise BadAnswerError(f"the body cannot be unpacked: {error}") from error
        except httpx.HTTPError as error:
            raise UnreachableError(f"the relay did not answer: {error}") from error
        return parse(_json(body), task)

    def wait(self, task: str, *, patience: float = 600, pause: float = 3) -> Task:
        """Poll a task to its end, every `pause` seconds, for `patience` seconds; raises `RelayError`."""
        deadline, failures = self._clock() + patience, 0
        while True:
            rest = pause
            try:
                known = self.fetch(task)
                failures = 0
            except BusyError as busy:
                rest = busy.pause
            except UnreachableError:
                failures += 1
                if failures == _TRIES:
                    raise
            else:
                if known.ended:
                    return known
            if self._clock() + rest >= deadline:
                raise TooLateError(f"task {task} has not ended in {patience:g} seconds")
            self._sleep(rest)

    def _read(self, answer: httpx.Response) -> bytes:
        began, body = self._clock(), bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > _LARGEST:
                raise BadAnswerError(f"the body is larger than {_LARGEST} bytes")
            if self._clock() - began > self._timeout:
                raise UnreachableError(f"the body has not ended in {self._timeout:g} seconds")
        return bytes(body)


def parse(payload: Any, asked: str) -> Task:
    """Return the task that a body tells of; raises `BadAnswerError` where it is none, or another than was asked for."""
    if not isinstance(payload, dict):
        raise BadAnswerError("the body is no object")
    status, action, image = _text(payload, "status"), _text(payload, "action"), _text(payload, "imageUrl")
    if _text(payload, "id") != asked:
        raise BadAnswerError(f"the body is not about task {asked}")
    if status == "SUCCESS" and action in _DRAWS and not image.startswith(("http://", "https://")):
        raise BadAnswerError("the task has succeeded, and has no image")
    reason = _text(payload, "failReason") or "the relay does not say why"
    return Task(
        id=asked,
        action=action,
        status=status,
        progress=_percent(_text(payload, "progress")),
        image_url=image or None,
        reason=reason if status == "FAILURE" else None,
        buttons=tuple(_button(one) for one in payload.get("buttons") or ()),
    )


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in {401, 403}:
        raise RefusedError("the token is not accepted")
    if status == httpx.codes.NOT_FOUND:
        raise UnknownTaskError("there is no such task")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        said = answer.headers.get("retry-after", "")
        raise BusyError(min(float(said), _LONGEST_PAUSE) if said.isascii() and said.isdigit() else _LONGEST_PAUSE)
    if answer.is_server_error:
        raise UnreachableError(f"the relay failed with {status}")
    if status != httpx.codes.OK:
        raise BadAnswerError(f"the relay answered with {status}")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise BadAnswerError("the body is no JSON") from error


def _text(payload: dict[str, Any], name: str) -> str:
    """Return a text, "" where it is null or not there, as relays send what is not set."""
    value = payload.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadAnswerError(f"{name} is no text")
    return value


def _percent(progress: str) -> int | None:
    digits = progress.removesuffix("%")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else None


def _button(value: Any) -> Button:
    if not isinstance(value, dict):
        raise BadAnswerError("a button is no object")
    return Button(_text(value, "customId"), _text(value, "label") or _text(value, "emoji"))
