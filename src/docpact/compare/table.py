"""The table of changes: each kind with how bad it is, for whom, why, what it asks of a version, and what it is backwards.

Facts come in two directions. What a reader of answers was promised is broken by what becomes wider; what a sender of requests
was promised, by what becomes narrower. Rows have the shape of rules, so that reports take them, but no payload breaks one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from docpact.finding import Layer, Severity
from docpact.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BREAKS, LOOK, TELLS = Severity.ERROR, Severity.WARNING, Severity.NOTE
MAJOR, MINOR, PATCH = "major", "minor", "patch"
RESPONSE, REQUEST = "response", "request"

_HINTS = {
    BREAKS: "let clients of OLD be changed before they meet NEW, or ask the provider to keep the promise; --waivers accepts it",
    LOOK: "look whether your clients depend on it",
    TELLS: "nothing needs to be done",
}
_BUMPS = {BREAKS: MAJOR, LOOK: MINOR, TELLS: MINOR}


class Kind(NamedTuple):
    """One kind of change: its row, the part of a version that it raises, and the kind that it is when looked at backwards."""

    rule: Rule
    bump: str
    mirror: str


class _Pair(NamedTuple):
    """A promise that becomes wider, and the same one backwards: their titles, and whom each of them breaks.

    `answers` says what breaks a reader when it becomes wider, `requests` what breaks a sender when it becomes narrower.
    """

    wide: str
    narrow: str
    widens: str
    narrows: str
    answers: str
    requests: str


_PAIRS = (
    _Pair("type-widened", "type-narrowed", "a value may be of a further type", "a value is no longer of one of its types",
          "typed clients refuse the whole body, and others read a member of the wrong kind",
          "the server refuses a value of the type that clients may send today"),
    _Pair("null-allowed", "null-refused", "null may stand for a value", "null no longer stands for a value",
          "looping over null or asking for its length fails; typed clients refuse the body",
          "the server refuses the null that clients may send today"),
    _Pair("value-added", "value-removed", "a list of values has a further one", "a list of values has lost one",
          "a switch over the listed values falls through: a task that ended may be polled for ever, or a running one dropped",
          "the server refuses a value that clients may send today"),
    _Pair("enum-dropped", "enum-stated", "the values of a member are no longer listed", "the values of a member are listed",
          "any text may come: a switch over the values that were listed falls through",
          "the server refuses whatever is not listed"),
    _Pair("member-optional", "member-required", "a member need not be there", "a member must be there",
          "reading the member without asking whether it is there fails",
          "the server refuses what lacks the member, which clients may leave out today"),
    _Pair("object-opened", "object-closed", "an object may have further members", "an object may have no further members",
          "a client with closed types refuses the body",
          "the server refuses further members, which clients may send today"),
    _Pair("limit-loosened", "limit-tightened", "a limit lets more through", "a limit lets less through",
          "a client that reserved room for the range that was promised loses something, or refuses the body",
          "the server refuses a value of the range that clients may send today"),
)  # fmt: skip

# What a client of answers should look at although nothing is sent that it was not promised.
_ALSO = {
    "response-value-removed": "a client that waits for this value waits for ever; nothing comes that it does not know",
}

_ALL_KNOWN = "all that NEW allows here, OLD allowed as well: no reader of OLD meets anything new"
_ALL_TAKEN = "all that clients of OLD may send here, NEW takes as well"


def _row(  # noqa: PLR0913 - as many as a row has columns
    name: str, severity: Severity, title: str, reason: str, *, notice: str = "", mirror: str = "", bump: str = ""
) -> Kind:
    rule = Rule(name, Layer.COMPATIBILITY, severity, title, _HINTS[severity], notice or reason, reason=reason)
    return Kind(rule, bump or _BUMPS[severity], mirror or name)


def _both(pair: _Pair) -> Iterator[Kind]:
    """Yield the four rows of a pair: it becomes wider or narrower, in an answer or in a request."""
    answers, requests = f"{RESPONSE}-", f"{REQUEST}-"
    wide, narrow = answers + pair.wide, answers + pair.narrow
    also = _ALSO.get(narrow)
    yield _row(wide, BREAKS, pair.widens, pair.answers, mirror=narrow)
    yield _row(narrow, LOOK if also else TELLS, pair.narrows, also or _ALL_KNOWN, mirror=wide)
    wide, narrow = requests + pair.wide, requests + pair.narrow
    yield _row(wide, TELLS, pair.widens, _ALL_TAKEN, mirror=narrow)
    yield _row(narrow, BREAKS, pair.narrows, pair.requests, mirror=wide)


_GONE = "nothing is promised under this name any more: it may stay away, or hold something else"

_OF_ANSWERS = (
    _row("response-type-changed", BREAKS, "a value is of another type",
         "typed clients refuse the whole body, and others read a value of the wrong kind"),
    _row("response-member-removed", BREAKS, "a member that was optional is no longer named", _GONE,
         mirror="response-member-added"),
    _row("response-member-added", TELLS, "an optional member is new", "clients ignore what they do not know",
         mirror="response-member-removed"),
    _row("response-required-member-removed", BREAKS, "a member that was always there is no longer named",
         f"{_GONE}; reading it without asking fails", mirror="response-required-member-added"),
    _row("response-required-member-added", TELLS, "a member that is always there is new",
         "clients ignore what they do not know",
         mirror="response-required-member-removed"),
    _row("response-member-added-to-closed", BREAKS, "an object that had no further members has one",
         "OLD promised that there are no further members: clients with closed types refuse the body",
         mirror="response-member-removed-from-closed"),
    _row("response-member-removed-from-closed", BREAKS, "a member will not come any more",
         "NEW allows no further members, and not this one: whoever shows it shows nothing",
         mirror="response-member-added-to-closed"),
    _row("response-limit-changed", LOOK, "a pattern, or another limit, is another one",
         "which of the two lets more through cannot be told from what they are"),
    _row("response-format-changed", LOOK, "a value has another format",
         "payloads are judged by type, and a format is a remark; a client that parses the old format may fail"),
    _row("response-format-dropped", LOOK, "a value has no format any more",
         "payloads are judged by type, and a format is a remark; a client that parses the old format may fail",
         mirror="response-format-stated"),
    _row("response-format-stated", TELLS, "a value has a format", "a format says more than was promised",
         mirror="response-format-dropped"),
    _row("response-schema-dropped", BREAKS, "nothing is said of the body of an answer any more", "any body may come",
         mirror="response-schema-stated"),
    _row("response-schema-stated", TELLS, "the body of an answer is documented", "more is promised than before",
         mirror="response-schema-dropped"),
    _row("response-words-changed", TELLS, "a title, a description, an example or a default is another one",
         "words promise no payload", bump=PATCH),
    _row("response-not-compared", LOOK, "a part of the schema differs, and was not compared",
         "what these keywords allow is more than docpact compares: whether it breaks somebody is not known"),
)  # fmt: skip

_OF_REQUESTS = (
    _row("request-type-changed", BREAKS, "a value must be of another type", "the server refuses what clients send today"),
    _row("request-member-added", TELLS, "an optional member may be sent", _ALL_TAKEN, mirror="request-member-removed"),
    _row("request-member-removed", LOOK, "a member is no longer named",
         "what clients send under this name has no meaning any more",
         mirror="request-member-added"),
    _row("request-required-member-added", BREAKS, "a member must be sent that was not known",
         "the server refuses requests as clients send them today", mirror="request-required-member-removed"),
    _row("request-required-member-removed", LOOK, "a member that had to be sent is no longer named",
         "what clients send under this name has no meaning any more", mirror="request-required-member-added"),
    _row("request-member-added-to-closed", TELLS, "an optional member may be sent", _ALL_TAKEN,
         mirror="request-member-removed-from-closed"),
    _row("request-member-removed-from-closed", BREAKS, "a member may not be sent any more",
         "the server refuses requests with the member", mirror="request-member-added-to-closed"),
    _row("request-limit-changed", LOOK, "a pattern, or another limit, is another one",
         "which of the two lets more through cannot be told from what they are"),
    _row("request-format-changed", LOOK, "a value has another format",
         "a format is a remark; the server may ask for the new one"),
    _row("request-format-stated", LOOK, "a value has a format", "a format is a remark; the server may ask for it",
         mirror="request-format-dropped"),
    _row("request-format-dropped", TELLS, "a value has no format any more", _ALL_TAKEN, mirror="request-format-stated"),
    _row("request-words-changed", TELLS, "a title, a description, an example or a default is another one",
         "words promise no request", bump=PATCH),
    _row("request-not-compared", LOOK, "a part of the schema differs, and was not compared",
         "what these keywords allow is more than docpact compares: whether it breaks somebody is not known"),
    _row("request-parameter-added", TELLS, "an optional parameter is new", _ALL_TAKEN, mirror="request-parameter-removed"),
    _row("request-parameter-removed", LOOK, "a parameter is no longer documented",
         "what clients send with it has no meaning any more",
         mirror="request-parameter-added"),
    _row("request-required-parameter-added", BREAKS, "a parameter must be sent that was not known",
         "the server refuses requests as clients send them today", mirror="request-required-parameter-removed"),
    _row("request-required-parameter-removed", LOOK, "a parameter that had to be sent is no longer documented",
         "what clients send with it has no meaning any more", mirror="request-required-parameter-added"),
    _row("request-parameter-required", BREAKS, "a parameter must be sent", "the server refuses requests without it",
         mirror="request-parameter-optional"),
    _row("request-parameter-optional", TELLS, "a parameter need not be sent", _ALL_TAKEN, mirror="request-parameter-required"),
    _row("request-body-stated", BREAKS, "a request has a body", "the server refuses requests without one",
         mirror="request-body-dropped"),
    _row("request-body-dropped", LOOK, "a request has no documented body any more", "what clients send has no meaning any more",
         mirror="request-body-stated"),
    _row("request-body-allowed", TELLS, "a request may have a body", _ALL_TAKEN, mirror="request-body-forgotten"),
    _row("request-body-forgotten", LOOK, "the body that a request could have is no longer documented",
         "what clients send has no meaning any more", mirror="request-body-allowed"),
    _row("request-body-required", BREAKS, "the body of a request must be there", "the server refuses requests without one",
         mirror="request-body-optional"),
    _row("request-body-optional", TELLS, "the body of a request need not be there", _ALL_TAKEN, mirror="request-body-required"),
)  # fmt: skip

_OF_OPERATIONS = (
    _row("operation-added", TELLS, "an operation is new", "nobody asked for it before", mirror="operation-removed"),
    _row("operation-removed", BREAKS, "an operation is no longer documented", "clients ask for what is not there",
         mirror="operation-added"),
    _row("operation-method-changed", BREAKS, "an operation has another method",
         "the server refuses the method that clients use"),
    _row("operation-path-changed", BREAKS, "an operation has another path", "clients ask at a path that is not there"),
    _row("operation-parameter-renamed", TELLS, "a part of the path has another name",
         "the name of a part of the path is not sent", bump=PATCH),
    _row("operation-server-changed", LOOK, "the server has another address",
         "clients that have the address in them must be given the new one"),
    _row("operation-auth-stated", BREAKS, "an operation asks for a token, and did not",
         "the server refuses clients that send none", mirror="operation-auth-dropped"),
    _row("operation-auth-dropped", TELLS, "an operation no longer says that it asks for a token",
         "clients that send one are understood as before", mirror="operation-auth-stated"),
    _row("operation-auth-told", LOOK, "a page that said nothing of a token asks for one",
         "whether one was asked for before was not said; clients that send none are refused", mirror="operation-auth-untold"),
    _row("operation-auth-untold", TELLS, "a page says nothing of a token any more",
         "clients that send one are understood as before, if none is asked for", mirror="operation-auth-told"),
    _row("operation-auth-changed", BREAKS, "the token goes by another way",
         "the server does not find the token that clients send"),
    _row("operation-status-added", LOOK, "an answer has a further status", "clients must know what to do with it",
         mirror="operation-status-removed"),
    _row("operation-status-removed", TELLS, "an answer has lost a status", "nobody meets it any more",
         mirror="operation-status-added"),
    _row("operation-success-added", LOOK, "success has a further status",
         "a client that asks for the one it knows takes it for a failure",
         mirror="operation-success-removed"),
    _row("operation-success-removed", BREAKS, "success no longer has the status that was documented",
         "a client that asks for this status takes every answer for a failure", mirror="operation-success-added"),
    _row("operation-media-type-added", LOOK, "an answer may be of a further media type",
         "a client that parses one type meets another",
         mirror="operation-media-type-removed"),
    _row("operation-media-type-removed", BREAKS, "an answer no longer has the media type that was documented",
         "a client that asks for this type is refused, or cannot parse what comes", mirror="operation-media-type-added"),
    _row("operation-media-type-changed", BREAKS, "an answer is of another media type", "a client cannot parse what comes"),
    _row("operation-not-compared", LOOK, "a part of the operation was not compared",
         "one side does not say, or cannot be read"),
)  # fmt: skip

_OF_LIVES = (
    _row("lifecycle-dropped", LOOK, "nothing is said of the life of a task any more",
         "what follows across polls was promised, and is silent now", mirror="lifecycle-stated"),
    _row("lifecycle-stated", TELLS, "the life of a task is documented",
         "more is promised than before", mirror="lifecycle-dropped"),
    _row("lifecycle-state-added", BREAKS, "a task may be in a further state",
         "a client that polls does not know whether to go on or to end", mirror="lifecycle-state-removed"),
    _row("lifecycle-state-removed", LOOK, "a task is never in a state any more",
         "a client that waits for this state waits for ever",
         mirror="lifecycle-state-added"),
    _row("lifecycle-end-added", BREAKS, "a state is an end that was none",
         "a client that polls on in this state polls for ever",
         mirror="lifecycle-end-removed"),
    _row("lifecycle-end-removed", BREAKS, "a state is no end any more", "a client that stops at this state never sees the end",
         mirror="lifecycle-end-added"),
    _row("lifecycle-step-added", BREAKS, "a task may go from one state to another that it could not reach before",
         "a client that only moves forward takes the step for an older copy, or for another task",
         mirror="lifecycle-step-removed"),
    _row("lifecycle-step-removed", TELLS, "a task no longer goes from one state to another",
         "nobody meets a step that was not promised", mirror="lifecycle-step-added"),
    _row("lifecycle-back-added", LOOK, "a family of servers is known to take a step back",
         "under the profile of that family the step is accepted", mirror="lifecycle-back-removed"),
    _row("lifecycle-back-removed", TELLS, "a step back is no longer known of a family of servers",
         "nobody meets a step that was not promised", mirror="lifecycle-back-added"),
    _row("lifecycle-fixed-dropped", BREAKS, "a member that stayed as it was made may change",
         "what a client has stored goes stale",
         mirror="lifecycle-fixed-stated"),
    _row("lifecycle-fixed-stated", TELLS, "a member stays as it was made", "more is promised than before",
         mirror="lifecycle-fixed-dropped"),
    _row("lifecycle-fixed-loosened", BREAKS, "a member that stays as it was made may change in further cases",
         "what a client has stored goes stale", mirror="lifecycle-fixed-tightened"),
    _row("lifecycle-fixed-tightened", TELLS, "a member that stays as it was made may change in fewer cases",
         "more is promised than before", mirror="lifecycle-fixed-loosened"),
    _row("lifecycle-settled-dropped", BREAKS, "what a finished task shows may change",
         "what a client shows as the result goes stale",
         mirror="lifecycle-settled-stated"),
    _row("lifecycle-settled-stated", TELLS, "what a finished task shows stays", "more is promised than before",
         mirror="lifecycle-settled-dropped"),
    _row("lifecycle-settled-changed", LOOK, "what a finished task shows is compared in another way",
         "which of the two promises more cannot be told"),
    _row("lifecycle-timing-changed", LOOK, "a time, or a list, of the lifecycle is another one",
         "limits of clients that were chosen by it may be too short or too long"),
)  # fmt: skip

_OF_TERMS = (
    _row("promises-dropped", LOOK, "nothing is said of what follows across members any more",
         "what was promised across members is silent now", mirror="promises-stated"),
    _row("promises-stated", TELLS, "what follows across members is documented", "more is promised than before",
         mirror="promises-dropped"),
    _row("promise-dropped", BREAKS, "a promise across members is no longer made", "payloads that OLD excludes may come",
         mirror="promise-made"),
    _row("promise-made", TELLS, "a promise across members is made", "more is promised than before", mirror="promise-dropped"),
    _row("promise-weakened", BREAKS, "a promise across members holds in fewer cases", "payloads that OLD excludes may come",
         mirror="promise-strengthened"),
    _row("promise-strengthened", TELLS, "a promise across members holds in further cases", "more is promised than before",
         mirror="promise-weakened"),
    _row("promise-changed", LOOK, "a promise across members is another one", "which of the two promises more is not compared"),
    _row("profiles-dropped", LOOK, "no family of servers is described any more", "no profile explains what its servers send",
         mirror="profiles-stated"),
    _row("profiles-stated", TELLS, "families of servers are described", "more is known than before", mirror="profiles-dropped"),
    _row("profile-removed", LOOK, "a family of servers is no longer described",
         "whoever names the profile must name another one",
         mirror="profile-added"),
    _row("profile-added", TELLS, "a family of servers is described", "more is known than before", mirror="profile-removed"),
    _row("profile-loosened", LOOK, "a family of servers is known to send more that the page does not promise",
         "who relies on the profile may meet what it excluded", mirror="profile-tightened"),
    _row("profile-tightened", TELLS, "a family of servers keeps more of what the page promises", "more is promised than before",
         mirror="profile-loosened"),
    _row("terms-changed", LOOK, "roles, error bodies or kinds of buttons are described in another way",
         "what is judged by them changes; it is not compared further"),
)  # fmt: skip

_KINDS = (
    *(row for pair in _PAIRS for row in _both(pair)),
    *_OF_ANSWERS,
    *_OF_REQUESTS,
    *_OF_OPERATIONS,
    *_OF_LIVES,
    *_OF_TERMS,
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.rule.id: kind for kind in _KINDS})
TABLE: Mapping[str, Rule] = MappingProxyType({kind.rule.id: kind.rule for kind in _KINDS})
