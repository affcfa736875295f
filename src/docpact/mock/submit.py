"""Submissions: what a request makes a task of, or why it makes none, in the form of a family."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docpact import terms
from docpact.errors import ContractError
from docpact.exchange import Answer
from docpact.generate.encoded import compact
from docpact.mock import family
from docpact.terms import checked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from docpact.contract import Contract

_WHY = {"profiles": terms.TEXTS, "reason": terms.TEXT, "fact": terms.TEXT}
_SUBMITS = {
    "path": terms.TEXT, "needs": terms.TEXTS, "action": terms.TEXT, "from": terms.one_of("action", "content", "buttons"),
    "buttons": terms.LISTS, "again": terms.TRUTH, **_WHY,
}  # fmt: skip
_REPLIES = {
    "on": terms.one_of("submitted", "invalid", "no-action", "no-task", "banned"), "status": terms.WHOLE, "code": terms.WHOLE,
    "description": terms.TEXT, "words": terms.TEXTS, **_WHY,
}  # fmt: skip
_OCCASIONS = ("submitted", "invalid", "no-action", "no-task", "banned")
_CONTENT = re.compile(r"(\S{1,64}) ([UuVv][1-4]|[Rr])", re.ASCII)
_LETTERS = {"U": "UPSCALE", "V": "VARIATION", "R": "REROLL"}
_BLEND, _LEAST_BLENDED = "base64Array", 2
_LONGEST_NAME = 100
_WORDS = re.compile(r"\w+")
# With this parameter Midjourney refuses a prompt: a task that ends in failure can be had.
_REFUSED = "--z"


class Order(NamedTuple):
    """What a submission asks for: a task of an action (or one that goes on), of a prompt, after a task, with a hook to tell."""

    action: str
    prompt: str = ""
    parent: str = ""
    hook: str = ""
    state: str = ""
    again: bool = False

    @property
    def fails(self) -> bool:
        """Tell whether the task is to end in failure."""
        return _REFUSED in self.prompt.split()


class Refusal(NamedTuple):
    """Why no task is made: on which occasion, and which member, action or word is wrong."""

    on: str
    about: str


class Submissions:
    """Reads the submissions that the servers of a profile take, and writes their answers."""

    def __init__(self, contract: Contract, profile: str, actions: Collection[str]) -> None:
        said = family.read(contract)
        self._actions = actions
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._replies: dict[str, Mapping[str, Any]] = {}
        for number, row in enumerate(said.get("submits", ()), 1):
            checked(row, _SUBMITS, f"{family.NAME}, [[submits]] {number}", ("path", "needs", "reason", "fact"))
            self._rows[row["path"]] = row
        for number, row in enumerate(said.get("replies", ()), 1):
            where = f"{family.NAME}, [[replies]] {number}"
            checked(row, _REPLIES, where, ("on", "status", "code", "description", "reason", "fact"))
            if not row.get("profiles") or profile in row["profiles"]:
                self._replies.setdefault(row["on"], row)
        if self._rows and (lacking := [on for on in _OCCASIONS if on not in self._replies]):
            raise ContractError(f"{family.NAME} has no [[replies]] on {', '.join(lacking)}", hint="add one for all profiles")

    def __bool__(self) -> bool:
        return bool(self._rows)

    def path(self, path: str, modes: Collection[str]) -> str | None:
        """Return the path of a submission without the mode before it, or None where it is none."""
        if path in self._rows:
            return path
        mode, _, rest = path[1:].partition("/")
        bare = f"/{rest}"
        return bare if bare in self._rows and (mode in modes or "*" in modes) else None

    def read(self, path: str, body: bytes) -> Order | Refusal:
        """Read the body of a submission."""
        row = self._rows[path]
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        members: Mapping[str, Any] = said if isinstance(said, dict) else {}
        for name in row["needs"]:
            if not _says(members, name):
                return Refusal("invalid", name)
        prompt = members.get("prompt")
        prompt = prompt.strip() if isinstance(prompt, str) else ""
        words = {word.lower() for word in _WORDS.findall(prompt)}
        banned = next((word for word in self._replies["banned"].get("words", ()) if word in words), None)
        if banned is not None:
            return Refusal("banned", banned)
        action, parent = self._meant(row, members)
        if not row.get("again") and action not in self._actions:
            # A line that is none names no action; a button may be one that nobody knows.
            named = action or str(members["customId"] if "customId" in row["needs"] else "")
            return Refusal("no-action", named[:_LONGEST_NAME]) if named else Refusal("invalid", row.get("from", "action"))
        hook, state = (value if isinstance(value := members.get(name), str) else "" for name in ("notifyHook", "state"))
        return Order(action, prompt, parent, hook, state, row.get("again", False))

    def _meant(self, row: Mapping[str, Any], members: Mapping[str, Any]) -> tuple[str, str]:
        """Return the action that a submission means, and the id of the task that it speaks of."""
        parent = str(members.get("taskId", ""))
        way = row.get("from")
        if way == "content":
            match = _CONTENT.fullmatch(str(members["content"]).strip())
            return (_LETTERS[match[2][0].upper()], match[1]) if match else ("", "")
        if way == "buttons":
            pressed = str(members["customId"])
            found = next((known for begins, known in row["buttons"].items() if pressed.startswith(begins)), ())
            return next((action for action in found if action in self._actions), ""), parent
        return (str(members["action"]) if way == "action" else row.get("action", "")), parent

    def answer(self, on: str, about: str = "", task: str | None = None, description: str = "") -> Answer:
        """Write the answer to a submission: the id of the task as its result, or which member, action or word is wrong."""
        row = self._replies[on]
        properties = {"promptEn": about, "bannedWord": about} if on == "banned" else {}
        said = {
            "code": row["code"],
            "description": description or row["description"].replace("{member}", about),
            "result": task if on == "submitted" else None,
            "properties": properties,
        }
        return Answer(row["status"], (("content-type", "application/json"), family.OPEN), compact(said))


def _says(members: Mapping[str, Any], name: str) -> bool:
    value = members.get(name)
    if name == "index":
        return members.get("action") == "REROLL" or (type(value) is int and 1 <= value <= 4)  # noqa: PLR2004 - four images
    if name == _BLEND:
        return isinstance(value, list) and len(value) >= _LEAST_BLENDED and all(isinstance(one, str) and one for one in value)
    return isinstance(value, str) and bool(value.strip())
