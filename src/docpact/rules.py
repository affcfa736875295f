"""The one table of rules: what can be wrong, how bad it is, what to do, and an edit that breaks it.

Five parts read it: the validator, the fault generator, the mock, `docpact explain` and the documentation. Which members,
states and actions a coherent rule speaks of stands in the contract, with the reason and the fact behind it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from docpact.finding import Layer, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENTED, COHERENT, LIFECYCLE, TRANSPORT = Layer.DOCUMENTED, Layer.COHERENT, Layer.LIFECYCLE, Layer.TRANSPORT
ERROR, WARNING = Severity.ERROR, Severity.WARNING


class Break(NamedTuple):
    """How the example of the contract is changed so that it breaks one rule: an edit, polls one after the other, or a text.

    `put` and each of `polls` map pointers to values, and in polls also `at` (milliseconds) and `asked` (the id asked
    for); `drop` lists pointers to remove; `text` is a whole body; `profile` is the one under which it is a breach.
    """

    put: Mapping[str, object] = MappingProxyType({})
    drop: tuple[str, ...] = ()
    polls: tuple[Mapping[str, object], ...] = ()
    text: bytes | None = None
    profile: str = "documented"


class Rule(NamedTuple):
    """One row: what is promised (`title`), how bad a breach is, what to do about it, and an edit that breaks it.

    `reason` says why where no page line and no entry of the contract does.
    """

    id: str
    layer: Layer
    severity: Severity
    title: str
    hint: str
    breaks: Break
    reason: str = ""


_JOB = "e1a4d7e8-8292-412c-aab0-fce932e90479"
_OTHER_JOB = "00000000-0000-4000-8000-000000000001"
_RUNNING: Mapping[str, object] = {
    "/status": "IN_PROGRESS", "/progress": "46%", "/finishTime": 0, "/buttons": [], "/imageUrl": "",
}  # fmt: skip
_SUBMITTED: Mapping[str, object] = {**_RUNNING, "/status": "SUBMITTED", "/progress": "0%"}
_HOUR = 3_600_000
_NO_JSON = "compare with what the server really sent; a body that is cut off or edited by hand cannot be judged"

_ROWS = (
    # --- documented: what the page says, and no more
    Rule("documented-body", DOCUMENTED, ERROR, "a body is one task object",
         "a list of tasks is judged one by one with --each; anything else is not an answer of this endpoint",
         Break(text=b'["a task"]'),
         reason="the page gives one object as the body of the answer"),
    Rule("documented-error-body", DOCUMENTED, ERROR, "a body is a task, and the page documents no error object",
         "the relay answered with an error: look at its code and description, and at the HTTP status",
         Break(text=b'{"code": 4, "description": "task_no_found ", "type": "upstream_error"}'),
         reason="the page documents the answer of a task that exists, and nothing else; clients read it as a task"),
    Rule("documented-required", DOCUMENTED, ERROR, "a member that the page marks as required is there",
         "clients may read it without asking whether it is there; the profile of the server's family may allow it",
         Break(drop=("/buttons/0/emoji",)),
         reason="the page marks the member as required"),
    Rule("documented-type", DOCUMENTED, ERROR, "a member has the type that the page gives",
         "send the documented type; typed clients refuse the whole body otherwise",
         Break(put={"/submitTime": "1724963337114"}),
         reason="the page gives the type of the member"),
    Rule("documented-null", DOCUMENTED, ERROR, "a member is not null, since the page promises a value",
         "leave an optional member out, or use the profile of the server's family if it writes null for what is unset",
         Break(put={"/failReason": None}),
         reason="the page promises a value of one type and never says that null may stand for it"),
    Rule("documented-enum", DOCUMENTED, ERROR, "a member has one of the values that the page lists",
         "a client that switches over the listed values does not know this one; a profile may know it",
         Break(put={"/status": "DONE"}),
         reason="the page lists the values of the member"),
    Rule("documented-constraint", DOCUMENTED, ERROR, "a member keeps every other limit of the documented schema",
         "compare the value with the schema of the contract: docpact explain /MEMBER",
         Break(), reason="the page, or the specification that was derived, limits the member further"),
    Rule("undocumented-member", DOCUMENTED, WARNING, "an object has only members that the page names",
         "the page does not forbid it; the profile `strict` does, and the others ignore it",
         Break(put={"/surprise": 1}, profile="strict"),
         reason="a member that the page does not name may go, or change, without notice"),
    # --- coherent: what follows across the members of one payload
    Rule("success-without-image", COHERENT, ERROR, "a finished image has a URL",
         "clients show imageUrl as soon as status is SUCCESS: set both together",
         Break(put={"/imageUrl": ""})),
    Rule("success-progress", COHERENT, WARNING, "a finished task is at 100%",
         "read for an instant, it is harmless; if it stays, clients that wait for 100% never end",
         Break(put={"/progress": "93%"})),
    Rule("progress-form", COHERENT, ERROR, "progress that is a number is a whole percentage from 0% to 100%",
         'write it as "46%": clients parse the digits up to the percent sign',
         Break(put={**_RUNNING, "/progress": "46"})),
    Rule("progress-words", COHERENT, WARNING, "progress is a percentage, not words",
         'the Java server passes notes such as "Waiting to start" on; a client must not expect a number',
         Break(put={**_RUNNING, "/progress": "Waiting to start"})),
    Rule("progress-early", COHERENT, ERROR, "a task that has not begun has no progress",
         "set the status to IN_PROGRESS before the progress moves",
         Break(put={**_SUBMITTED, "/progress": "46%"})),
    Rule("progress-done-early", COHERENT, WARNING, "only a task that has ended is at 100%",
         "read for an instant, it is harmless; if it stays, a relay in front asks no more and the task never ends",
         Break(put={**_RUNNING, "/progress": "100%"})),
    Rule("failure-without-reason", COHERENT, ERROR, "a failed task says why",
         "put the reason into failReason: it is all that a user is shown",
         Break(put={"/status": "FAILURE", "/progress": "", "/buttons": []})),
    Rule("failure-reason-late", COHERENT, WARNING, "a failed task says why at once",
         "read for an instant, it is harmless; if it stays, a user is told nothing",
         Break(put={"/status": "FAILURE", "/progress": "46%", "/buttons": []})),
    Rule("reason-without-failure", COHERENT, ERROR, "only a failed task has a fail reason",
         "a relay in front takes a fail reason as a failure: clear it, or set the status to FAILURE",
         Break(put={"/failReason": "Invalid parameter"})),
    Rule("time-order", COHERENT, ERROR, "a task is submitted, starts and ends in this order",
         "compare the clocks of the servers that set the three times",
         Break(put={"/startTime": 1724963365566})),
    Rule("time-unit", COHERENT, ERROR, "times are milliseconds since 1970",
         "multiply seconds by 1,000; a time that is not known yet is 0 or left out",
         Break(put={"/submitTime": 1724963337})),
    Rule("time-missing", COHERENT, ERROR, "a state has the times that lead to it",
         "set submitTime, startTime and finishTime when the task is made, starts and ends",
         Break(put={"/startTime": 0})),
    Rule("start-before-submitted", COHERENT, WARNING, "a task that has not been accepted has not started",
         "read for an instant, it is harmless",
         Break(put={**_SUBMITTED, "/status": "NOT_START"})),
    Rule("finish-before-end", COHERENT, WARNING, "only a task that has ended has a finish time",
         "read for an instant, it is harmless; if it stays, clients count a running task as done",
         Break(put={**_RUNNING, "/finishTime": 1724963365565})),
    Rule("id-empty", COHERENT, ERROR, "a task has an id",
         "without its id a client cannot poll the task again",
         Break(put={"/id": ""})),
    Rule("id-form", COHERENT, WARNING, "an id is ten to twenty digits",
         "clients of this family take ids apart, or sort by them; another form deserves a look",
         Break(put={"/id": "task-7f3a"})),
    Rule("id-time", COHERENT, WARNING, "the time inside an id is the time of its submission",
         "look whether the body belongs to another task, or the clocks differ by more than a day",
         Break(put={"/id": "1624963337114767"})),
    Rule("id-mismatch", COHERENT, ERROR, "the task that comes back is the one that was asked for",
         "compare the id in the URL with the id in the body: this may be the task of another user",
         Break(polls=({"asked": "1724963337114768"},)),
         reason="no client checks it, so the task of another user would be shown"),
    Rule("imagine-without-prompt", COHERENT, WARNING, "an IMAGINE task has a prompt",
         "the prompt is what was submitted; pass it on",
         Break(put={"/prompt": ""})),
    Rule("image-too-early", COHERENT, ERROR, "a task that has not begun has no image",
         "look whether the image of another task was taken",
         Break(put={**_SUBMITTED, "/imageUrl": "https://cdn.example/1.png"})),
    Rule("url-form", COHERENT, ERROR, "imageUrl is an absolute http or https URL",
         "clients hand it to a browser as it stands: give scheme and host, and escape blanks",
         Break(put={"/imageUrl": "/mj/image/1724963337114767"})),
    Rule("mask-form", COHERENT, ERROR, "maskBase64 is base64",
         "encode the bytes of the mask; an empty string means that there is none",
         Break(put={"/maskBase64": "not base64!"})),
    Rule("button-custom-id", COHERENT, ERROR, "a customId has the form of its kind",
         "pass customId on as Discord gave it: it is sent back to press the button",
         Break(put={"/buttons/0/customId": f"MJ::JOB::upsample::9::{_JOB}"})),
    Rule("button-job-form", COHERENT, WARNING, "the job in a customId is a UUID",
         "a shortened job id cannot be pressed; test doubles have one",
         Break(put={"/buttons": [{"customId": "MJ::BOOKMARK::xxx", "emoji": "❤️", "label": "", "type": 2, "style": 2}]})),
    Rule("button-kind-unknown", COHERENT, WARNING, "a customId is of a known kind",
         "if Midjourney has a new kind of button, add it to [[buttons.kind]] of the contract",
         Break(put={"/buttons/4/customId": f"MJ::Retexture::1::{_JOB}::SOLO"})),
    Rule("button-duplicate", COHERENT, ERROR, "each button of a task has its own customId",
         "clients use customId as a key: the second button is lost or pressed instead of the first",
         Break(put={"/buttons/1/customId": f"MJ::JOB::upsample::1::{_JOB}"})),
    Rule("buttons-of-two-jobs", COHERENT, ERROR, "the buttons of a task speak of one job",
         "two tasks were mixed: pressing the stray button changes another image",
         Break(put={"/buttons/3/customId": f"MJ::JOB::upsample::4::{_OTHER_JOB}"})),
    Rule("button-blank", COHERENT, ERROR, "a button shows an emoji or a label",
         "pass both on: a button without either cannot be told from the others",
         Break(put={"/buttons/0/label": ""})),
    Rule("button-style", COHERENT, WARNING, "a style is one of Discord's, 1 to 5",
         "2 is the usual style, 3 a pressed button",
         Break(put={"/buttons/0/style": 0})),
    Rule("button-type", COHERENT, WARNING, "a button has the type 2",
         "2 is Discord's component type of a button; two pages swap type and style",
         Break(put={"/buttons/0/type": 1})),
    Rule("buttons-do-not-fit", COHERENT, ERROR, "a task offers the buttons of its action",
         "look whether buttons of another task were taken, or action is wrong",
         Break(put={"/buttons/4/customId": "MJ::Job::PicReader::1"})),
    Rule("grid-incomplete", COHERENT, WARNING, "a grid of four images has U1 to U4 and V1 to V4",
         "look whether buttons were cut off",
         Break(drop=("/buttons/8",))),
    Rule("success-without-buttons", COHERENT, WARNING, "a finished image has buttons",
         "without buttons nothing can be done with the image; a relay over the Java server never has them",
         Break(put={"/buttons": []})),
    Rule("buttons-too-early", COHERENT, ERROR, "a task that has not begun, or failed, has no buttons",
         "clear the buttons until the image is finished: clients show them as soon as they are there",
         Break(put={"/status": "FAILURE", "/progress": "", "/failReason": "Invalid parameter"})),
    Rule("buttons-while-running", COHERENT, WARNING, "a task that is still running has no buttons",
         "read for an instant, it is harmless; if it stays, users press buttons of an unfinished image",
         Break(put={"/status": "IN_PROGRESS", "/progress": "46%", "/finishTime": 0, "/imageUrl": ""})),
    # --- lifecycle: what follows across the polls of one task
    Rule("status-back", LIFECYCLE, ERROR, "a status never goes back",
         "look whether an older copy of the task was served: a cache, or a second server behind the same name",
         Break(polls=(_RUNNING, _SUBMITTED))),
    Rule("status-back-known", LIFECYCLE, WARNING, "a status goes back only where a family of servers is known to do so",
         "the profile of that family accepts it",
         Break(polls=({**_RUNNING, "/action": "VIDEO"}, {**_SUBMITTED, "/action": "VIDEO"}), profile="go-relay")),
    Rule("end-left", LIFECYCLE, ERROR, "a task that has ended stays ended",
         "clients stop polling at the end: what comes later is never seen",
         Break(polls=({}, _RUNNING))),
    Rule("fixed-changed", LIFECYCLE, ERROR, "what was set when the task was made stays as it is",
         "look whether the body of another task was served for this id",
         Break(polls=(_RUNNING, {**_RUNNING, "/prompt": "a white cat"}))),
    Rule("settled-changed", LIFECYCLE, ERROR, "what a finished task shows stays as it is",
         "clients keep what they saw first: write the end once, whole",
         Break(polls=({}, {"/finishTime": 1724963365999}))),
    Rule("progress-fell", LIFECYCLE, ERROR, "progress never falls",
         "look whether polls came out of order, or an older copy was served",
         Break(polls=(_RUNNING, {**_RUNNING, "/progress": "31%"}))),
    Rule("progress-restarted", LIFECYCLE, WARNING, "progress does not start again",
         "the job was started again; a client that draws a bar must let it fall",
         Break(polls=(_RUNNING, {**_RUNNING, "/progress": "0%"}))),
    Rule("instant-stays", LIFECYCLE, ERROR, "what may be read for an instant is soon gone",
         "write the members of a task together: this is no race any more",
         Break(polls=({"/progress": "93%", "at": 0}, {"/progress": "93%", "at": 40_000}))),
    Rule("stuck", LIFECYCLE, ERROR, "a task does not stand still for more than an hour",
         "the task has been forgotten: end it with FAILURE and a reason, or poll the upstream again",
         Break(polls=({**_RUNNING, "at": 0}, {**_RUNNING, "at": 2 * _HOUR}))),
    # --- transport: what JSON promises, as far as a captured text shows it
    Rule("json-empty", TRANSPORT, ERROR, "a body holds something",
         "the Java server answers an unknown id with 200 and nothing, the C# one with 204",
         Break(text=b" "),
         reason="an empty body is no JSON text (RFC 8259, section 2), and clients that parse it fail"),
    Rule("json-syntax", TRANSPORT, ERROR, "a body is one JSON text", _NO_JSON, Break(text=b'{"id": "1"'),
         reason="RFC 8259, section 2: a JSON text is one value"),
    Rule("json-trailing", TRANSPORT, ERROR, "nothing follows the JSON text",
         "several JSON texts in one file are read where each is one line with a line feed at its end (jq -c . writes them so)",
         Break(text=b'{"buttons": []} x'),
         reason="RFC 8259, section 2: a JSON text is one value, with blanks around it"),
    Rule("json-encoding", TRANSPORT, ERROR, "JSON is written in UTF-8",
         "convert the file (iconv -t UTF-8), or ask the server why it sends another encoding",
         Break(text=b'{"buttons": [], "prompt": "\xff"}'),
         reason="RFC 8259, section 8.1: JSON between systems is UTF-8"),
    Rule("json-bom", TRANSPORT, WARNING, "a JSON text does not begin with a byte order mark",
         "many parsers refuse it; if the mark comes from an editor, save the file without it",
         Break(text=b'\xef\xbb\xbf{"buttons": []}'),
         reason="RFC 8259, section 8.1: a byte order mark must not be added, though a parser may ignore it"),
    Rule("json-number", TRANSPORT, ERROR, "NaN and Infinity are not JSON",
         "write null, or leave the member out: JavaScript and Go refuse the whole body",
         Break(text=b'{"buttons": [], "score": NaN}'),
         reason="RFC 8259, section 6: numbers that are not digits, such as Infinity and NaN, are not permitted"),
    Rule("json-number-range", TRANSPORT, WARNING, "a number can be held by those who read it",
         "send it as a string",
         Break(text=b'{"buttons": [], "size": 1e400}'),
         reason="RFC 8259, section 6: software agrees on numbers within IEEE 754 doubles"),
    Rule("json-duplicate-member", TRANSPORT, ERROR, "an object names each member once",
         "parsers take the first, the last, or refuse: two clients see two different tasks",
         Break(text=b'{"buttons": [], "status": "SUCCESS", "status": "FAILURE"}'),
         reason="RFC 8259, section 4: when names are not unique, what software does is unpredictable"),
    Rule("json-surrogate", TRANSPORT, WARNING, "a text holds whole characters",
         "half of a surrogate pair cannot be written as UTF-8: cut texts between characters",
         Break(text=b'{"buttons": [], "prompt": "\\ud83d"}'),
         reason="RFC 8259, section 8.2: what software does with half of a surrogate pair is unpredictable"),
    Rule("json-depth", TRANSPORT, ERROR, "a body is not nested deeper than 200 levels",
         "parsers stop at different depths, some of them by crashing",
         Break(text=b'{"buttons": [], "x": ' + b"[" * 300 + b"]" * 300 + b"}"),
         reason="RFC 8259, section 9: parsers set limits on nesting; common ones are 64, 128, 512 and 1,000"),
    Rule("json-size", TRANSPORT, ERROR, "a body, or a line, is not larger than the limit",
         "raise the limit if it is meant to be that large, or look for a missing line end",
         Break(),
         reason="a task object is some kilobytes; memory must not be at the mercy of one line"),
    Rule("capture-corrupt", TRANSPORT, ERROR, "a capture can be read to its end",
         "what stands before the break was judged, and what follows is lost: copy or record it again",
         Break(),
         reason="a payload that cannot be read was not judged; a capture that is cut off must not pass for a whole one"),
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ROWS})
