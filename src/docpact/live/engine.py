"""Schemathesis: it proposes requests of the documented operation, and looks at their answers with its own checks.

It sends nothing. Its engine runs against an app of ours that answers every request with the example of the page, so that what
it would send is known before anything is sent; the one sender of `live` sends what there is room for. No setting, hook or
extension from outside is looked for, and nothing is written.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from http import HTTPStatus
from tempfile import gettempdir
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import schemathesis
from hypothesis import configuration
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema

from docpact.exchange import Purpose, Request
from docpact.finding import Place, Severity
from docpact.live.judging import Told
from docpact.live.sender import Try
from docpact.pointers import ABSENT
from docpact.validate import answers
from docpact.validate.breach import Breach
from docpact.validate.packed import unpacked
from docpact.validate.payload import Judge
from docpact.validate.placing import flaws_of
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from schemathesis import Case

    from docpact.contract import Contract
    from docpact.exchange import Exchange, Headers
    from docpact.finding import Finding
    from docpact.live.session import Session

# Whether the body keeps the schema is not asked: profiles decide that, and Schemathesis knows none. Whether other methods or
# tokens are refused is asked by our own probes, which know what an answer of this family may be.
_CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance")
_FAILING = "http-server-error"
# What a failure is called in our table: Schemathesis never gives the number of one to another.
_RULES = {
    "ST101": _FAILING,
    "ST102": _FAILING,
    "ST103": "http-status",
    "ST104": "http-content-type",
    "ST105": "http-content-type",
    "ST106": "http-content-type",
    "ST109": "json-syntax",
}
_PLACEHOLDER = re.compile(r"\{([^{}/]+)\}")
_NO_HOOKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__init__.py")
# Many of what it draws are the same request.
_DRAWN = 4
_HOME = "__hypothesis_home_directory"
_AT_WORK = Lock()


class Proposal(NamedTuple):
    """A request that Schemathesis would send: the path below the base address, the id in it, and its own notes of it."""

    path: str
    asked: str
    case: Case[Any]
    request: Any


class Complaint(NamedTuple):
    """What Schemathesis says against an answer, in its words, and the rule of ours that says the same."""

    rule: str
    message: str


def propose(
    contract: Contract, tasks: Sequence[str], *, most: int, seed: int = 0, given_up: Callable[[], bool] = lambda: False
) -> list[Proposal]:
    """Return the GET requests that Schemathesis would send, each once: those for the given tasks first, then for other ids.

    `tasks` are ids that exist; `most` is how many requests there are at most. Same contract, tasks and seed, same requests.
    The list is empty for a contract that documents no GET with one id in its path, and not whole where it was `given_up`.
    """
    documented = _operation(contract)
    if documented is None or most <= 0:
        return []
    path, parameter = documented
    before, _, behind = path.partition("{" + parameter + "}")
    known: dict[str, Proposal] = {}
    with _AT_WORK, _nothing_kept():
        # Where it is told of ids that exist, it draws little else: the others are asked for in a run of their own.
        for examples in (tasks, ()) if tasks else ((),):
            document = _document(contract, path, parameter, examples)
            for case, request in _cases(document, _settings(most * _DRAWN, seed), _App(contract)):
                target = case.formatted_path
                asked = unquote(target[len(before) : len(target) - len(behind)])
                if case.method == "GET" and (asked in tasks) is bool(examples):
                    known.setdefault(asked, Proposal(target, asked, case, request))
                if given_up():
                    return []
    given = [known.pop(task) for task in tasks if task in known]
    return [*given, *known.values()][:most]


def _cases(document: dict[str, Any], settings: dict[str, Any], app: object) -> Iterator[tuple[Case[Any], Any]]:
    """Yield what Schemathesis would send: the case, and the request that it has made of it."""
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(settings))
    schema.app = app
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for key, sent in event.recorder.interactions.items():
                if sent.response is not None:
                    yield event.recorder.cases[key].value, sent.response.request


async def asked(session: Session, proposals: Sequence[Proposal]) -> None:
    """Send what was proposed, as far as the run has room for it, and add what Schemathesis alone has to say of the answers.

    What our own rules found in an answer is not said again in other words.
    """
    for proposal in proposals:
        task = proposal.asked in session.told
        if task:
            exchange = await session.poll(proposal.asked)
        else:
            exchange = await session.ask(Try(Request("GET", proposal.path), Purpose.ODD_ID, proposal.asked))
        if exchange is None:
            return
        profile = session.contract.profile(session.plan.profile)
        if exchange.answer is not None and not answers.judge(exchange, session.contract, profile).breaches:
            told = session.told[proposal.asked] if task else Told(proposal.asked, last=exchange)
            for breach in _said(proposal, exchange, session.plan.limit, task=task):
                session.judging.add(breach.finding(Place(session.judging.source(exchange.request))), told)


def _said(proposal: Proposal, exchange: Exchange, limit: int, *, task: bool) -> Iterator[Breach]:
    answer = exchange.answer
    if answer is not None and exchange.lack is None:
        body = unpacked(answer.body, answer.header("content-encoding") or "", limit).body
        for complaint in complaints(proposal, answer.status, answer.headers, body, task=task):
            yield Breach(complaint.rule, "", answer.status, None, complaint.message)


def complaints(proposal: Proposal, status: int, headers: Headers, body: bytes, *, task: bool) -> list[Complaint]:
    """Return what Schemathesis says against the answer to a proposal, one complaint a rule.

    `body` is unpacked; `task` tells whether the id is one that exists. What else a server may answer is documented for no
    other id, so that only a failing server is one there.
    """
    said: dict[str, Complaint] = {}
    for failure in sorted(_failures(proposal, status, headers, body), key=lambda failure: failure.code):
        rule = _RULES.get(failure.code)
        if rule is not None and (task or rule == _FAILING):
            said.setdefault(rule, Complaint(rule, f"Schemathesis: {failure.title}: {' '.join(failure.message.split())}"))
    # That it fails says that its status is none of the documented ones.
    return [said[_FAILING]] if _FAILING in said else list(said.values())


class DocpactFailure(Failure):
    """A finding of docpact, as Schemathesis reports failures: each kind of breach is one."""

    kind_title = "docpact"
    __slots__ = ("fingerprint",)

    def __init__(self, finding: Finding, operation: str) -> None:
        self.fingerprint = finding.fingerprint
        where = f"{finding.place.pointer}: " if finding.place.pointer else ""
        super().__init__(
            operation=operation, title=f"docpact {finding.rule}", message=f"{where}{finding.message}\n\nhint: {finding.hint}"
        )

    @property
    def _unique_key(self) -> str:
        return self.fingerprint


def conformance(contract: Contract, profile: str) -> Callable[[Any, Any, Any], None]:
    """Return a check for Schemathesis: it fails for each error in the body of an answer of status 200."""
    judge, operation = Judge(contract, profile), _operation(contract)

    def docpact_conformance(_context: Any, response: Any, case: Any) -> None:
        # What another method brings is documented nowhere: Schemathesis has checks of its own for that.
        if response.status_code != HTTPStatus.OK or case.method.upper() != case.operation.method.upper():
            return
        asked = None if operation is None else unquote(str(case.path_parameters.get(operation[1], ""))) or None
        parsed = Reader().read(response.content or b"")
        found = flaws_of(parsed, "")
        if parsed.value is not ABSENT:
            found += [breach.finding() for breach in judge.payload(parsed.value, asked)]
        errors = {finding.fingerprint: finding for finding in found if finding.severity is Severity.ERROR}
        if errors:
            raise FailureGroup([DocpactFailure(finding, case.operation.label) for finding in errors.values()])

    return docpact_conformance


def _failures(proposal: Proposal, status: int, headers: Headers, body: bytes) -> Iterable[Any]:
    named: dict[str, list[str]] = {}
    for name, value in headers:
        named.setdefault(name.lower(), []).append(value)
    try:
        proposal.case.validate_response(Response(status, named, body, proposal.request, elapsed=0, verify=True))
    # No `Exception`: a group of failures is let through by who catches those.
    except FailureGroup as group:
        return group.exceptions
    return ()


def _operation(contract: Contract) -> tuple[str, str] | None:
    """Return the path of the documented GET and the name of the one parameter in it."""
    for path, operations in contract.openapi.get("paths", {}).items():
        parameters = _PLACEHOLDER.findall(path)
        if "get" in operations and len(parameters) == 1:
            return path, parameters[0]
    return None


def _document(contract: Contract, path: str, parameter: str, tasks: Sequence[str]) -> dict[str, Any]:
    """Return what Schemathesis is told of the operation.

    That is neither the server (it would be asked what it is able to), nor the token (others would be made up), nor the example
    of the page (an id that no task may have).
    """
    answers = contract.openapi["paths"][path]["get"].get("responses", {})
    operation: dict[str, Any] = {
        "parameters": [{"name": parameter, "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            status: {"description": "", "content": {kind: {} for kind in answer.get("content", {})}}
            for status, answer in answers.items()
        },
    }
    if tasks:
        operation["parameters"][0]["examples"] = {f"task{number}": {"value": task} for number, task in enumerate(tasks)}
    info = {"title": contract.name, "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {path: {"get": operation}}}


def _settings(most: int, seed: int) -> dict[str, Any]:
    return {
        # A module that holds nothing: where none is named, the one that the environment names is run.
        "hooks": _NO_HOOKS,
        "seed": seed,
        "continue-on-failure": True,
        "generation": {"mode": "positive", "max-examples": most, "database": "none"},
        "phases": {"stateful": {"enabled": False}},
        "checks": {"enabled": False, **{name: {"enabled": True} for name in _CHECKS}},
    }


class _App:
    """An app that answers every request with the example of the page."""

    def __init__(self, contract: Contract) -> None:
        self._body = json.dumps(contract.example).encode()

    def __call__(self, environ: Mapping[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
        del environ
        start("200 OK", [("Content-Type", "application/json")])
        return [self._body]


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """Let Hypothesis keep nothing: it would make a folder where the command was started.

    Its home has a name that no folder can have, so that nothing is made, and it goes on without. A temporary folder would be
    left behind where the program ends while work that was given up goes on.
    """
    before = getattr(configuration, _HOME)
    if before is not None:
        yield
        return
    configuration.set_hypothesis_home_dir(os.path.join(gettempdir(), "\0"))
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(None)
