"""Exchanges judged as they come: findings with the request behind them, counted, and without tokens."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpact.exchange import Purpose
from docpact.finding import Layer, Place, Severity, Traffic
from docpact.live.clock import ahead
from docpact.live.secret import Mask
from docpact.pointers import ABSENT, member
from docpact.redact import printable, safe_source, without_secrets
from docpact.validate import answers
from docpact.validate.payload import Judge
from docpact.validate.placing import flaws_of, places_of
from docpact.validate.polls import Story
from docpact.validate.text import Reader

if TYPE_CHECKING:
    from docpact.contract import Contract
    from docpact.exchange import Exchange, Request
    from docpact.finding import Finding
    from docpact.live.door import Door
    from docpact.live.plan import Plan
    from docpact.live.saw import Watch
    from docpact.tally import Tally
    from docpact.validate.breach import Breach

_EXCERPT = 400
# Some servers take no longer line, and hang up on it.
_LONG = 1_000
_OPEN, _OPENED_BY_ANY = "auth-not-asked", "auth-wrong-accepted"
_SAFE = frozenset({"Accept", "Accept-Encoding", "User-Agent"})


@dataclass(eq=False, repr=False)
class Told:
    """The polls of one task so far: the story for the judge, how many polls there were, and what the last one showed.

    `status` is that of the last poll that held a task; `ended` tells whether it is an end; `moved` whether the last poll showed
    something else than the one before; `blank` counts the polls in a row that held no task.
    """

    task: str
    story: Story = field(default_factory=Story)
    polls: int = 0
    status: str | None = None
    shown: Any = None
    ended: bool = False
    moved: bool = False
    blank: int = 0
    last: Exchange | None = None


class Judging:
    """Judge exchanges by a contract, and count what is found."""

    def __init__(self, contract: Contract, plan: Plan, door: Door, tally: Tally, watch: Watch) -> None:
        layers = plan.layers if contract.lifecycle is not None else plan.layers - {Layer.LIFECYCLE}
        self._judge = Judge(contract, plan.profile, layers - {Layer.TRANSPORT})
        self._contract = contract
        self._body = list if contract.schema.get("type") == "array" else dict
        self._plan = plan
        self._door = door
        self._tally = tally
        self._watch = watch
        self._reader = Reader()
        self.mask = Mask([plan.token])
        self.findings: list[Finding] = []
        self.polls = 0
        self._open: set[str | None] = set()

    def take(self, exchange: Exchange, told: Told | None = None, presented: str | None = None) -> list[Finding]:
        """Judge one exchange, and return what was found.

        `told` is given where it is a poll of a task, `presented` where a token was sent that is not the right one.
        """
        secrets = [secret for secret in (self._plan.token, presented) if secret]
        answered = answers.judge(exchange, self._contract, self._judge.profile, secrets, self._plan.limit)
        source = self.source(exchange.request)
        breaches = [breach for breach in answered.breaches if not self._follows(breach, exchange)]
        found = [self._weighed(breach, exchange).finding(Place(source)) for breach in breaches]
        if _OPEN in answered.excused or any(breach.rule == _OPEN for breach in answered.breaches):
            self._open.add(exchange.asked)
        if told is not None:
            told.polls += 1
            told.last = exchange
            told.blank += 1
            self.polls += 1
        if answered.body is not None:
            found += self._task(answered.body, exchange, told or Told(exchange.asked or ""), source)
        if found:
            traffic = self._traffic(exchange, told, answered.body)
            found = [self.mask.finding(finding._replace(traffic=traffic)) for finding in found]
        kept = list(self._tally.judged(found))
        self.findings += kept
        return kept

    def _follows(self, breach: Breach, exchange: Exchange) -> bool:
        """Tell what follows from another breach: who asks for no token takes a wrong one."""
        return breach.rule == _OPENED_BY_ANY and exchange.asked in self._open

    def _weighed(self, breach: Breach, exchange: Exchange) -> Breach:
        """Make an error of an odd request that is dropped without a word where nothing stands in front of the relay."""
        dropped = breach.rule == "http-cut" and exchange.purpose is Purpose.ODD_ID and self._door.local
        is_long = len(exchange.request.target) > _LONG
        return breach._replace(severity=Severity.ERROR) if dropped and not is_long else breach

    def source(self, request: Request) -> str:
        """Name a request as findings name their place."""
        return safe_source(f"{request.method} {self.mask.text(request.target)}")

    def add(self, finding: Finding, told: Told) -> None:
        """Count a finding that no single poll of a task shows."""
        if told.last is not None:
            finding = finding._replace(traffic=self._traffic(told.last, told, None))
        kept = self._tally.judged([self.mask.finding(finding)])
        self.findings += kept

    def _task(self, body: bytes, exchange: Exchange, told: Told, source: str) -> list[Finding]:
        parsed = self._reader.read(body)
        # In a file an editor may have put a mark there; over the wire it comes from the server, which must not (RFC 8259, 8.1).
        found = [
            flaw._replace(severity=Severity.ERROR) if flaw.rule == "json-bom" else flaw for flaw in flaws_of(parsed, source)
        ]
        if parsed.value is ABSENT:
            return found
        breaches = self._judge.poll(told.story, parsed.value, exchange.at, exchange.asked)
        breaches += ahead(self._contract, parsed.value, exchange.at) if Layer.COHERENT in self._plan.layers else ()
        places = places_of(parsed, [breach.pointer for breach in breaches], source)
        found += [breach.finding(places[breach.pointer]) for breach in breaches]
        # The page may require so little that a task cannot be told from something else, except that nothing is wrong with it.
        if answers.is_task(self._contract, body) or (isinstance(parsed.value, self._body) and not found):
            self._look(parsed.value, told, found)
        return found

    def _look(self, payload: Any, told: Told, found: list[Finding]) -> None:
        told.blank = 0
        told.status = self._watch.take(payload, told.status, found)
        told.moved, told.shown = payload != told.shown, payload
        roles, cycle = self._contract.roles, self._contract.lifecycle
        told.ended = cycle is not None and "status" in roles and cycle.is_end(member(payload, roles["status"]))

    def _traffic(self, exchange: Exchange, told: Told | None, body: bytes | None) -> Traffic:
        answer = exchange.answer
        text = b"" if answer is None else answer.body if body is None else body
        excerpt = without_secrets(self.mask.content(text[: _EXCERPT * 8]).decode("utf-8", "replace"))
        shown = printable(excerpt[:_EXCERPT]) + ("…" if len(excerpt) > _EXCERPT else "")
        status = None if answer is None else answer.status
        return Traffic(self.curl(exchange), None if told is None else told.polls, status, shown)

    def curl(self, exchange: Exchange) -> str:
        """Write a request as a line for a shell, with a variable where the token was."""
        request = exchange.request
        words = ["curl", "-sS", "-i"]
        if request.method == "HEAD":
            words.append("--head")
        elif request.method != "GET":
            words += ["-X", request.method]
        if "/." in request.target:
            words.append("--path-as-is")
        line = " ".join(words)
        for name, value in request.headers:
            if name == self._plan.token_header and exchange.purpose is not Purpose.WRONG_TOKEN:
                line += f' -H "{name}: {self._plan.scheme}${self._plan.token_name}"'
            elif name == self._plan.token_header:
                # Of a header without a value curl would send nothing, but for this sign.
                line += f' -H "{name}: {value}"' if value else f' -H "{name};"'
            elif name == "Content-Type":
                line += f" -H {shlex.quote(f'{name}: {value}')}"
            elif name not in _SAFE:
                line += f" -H {shlex.quote(f'{name}: …')}"
        if request.body:
            line += f" --data {shlex.quote(request.body.decode('utf-8', 'replace'))}"
        return self.mask.text(f"{line} {shlex.quote(printable(self._door.base + request.target))}")
