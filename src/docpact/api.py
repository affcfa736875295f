"""docpact in Python: load a contract, and judge payloads and stories by it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from docpact import contract as words
from docpact.errors import MissingExtraError
from docpact.finding import Finding, Layer, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from pathlib import Path

    from docpact.live.door import Door
    from docpact.live.engine import Proposal
    from docpact.live.inprocess import App
    from docpact.live.plan import Plan
    from docpact.live.session import Session
    from docpact.live.verdict import Verdict
    from docpact.tally import Tally
    from docpact.validate.payload import Judge


PAYLOAD_LAYERS = ("documented", "coherent")


class Contract(words.Contract):
    """A contract that judges: what was promised, and whether a payload, or a story, keeps it.

    A payload that breaks no rule of severity error is equal to it, so that a test can say `assert payload == contract`.
    """

    def __eq__(self, other: object) -> bool:
        """Tell whether a payload keeps the contract; or whether another contract promises the same."""
        if isinstance(other, words.Contract):
            # A dataclass compares itself with its own class alone, and these may be of several.
            return all(getattr(self, part.name) == getattr(other, part.name) for part in fields(words.Contract))
        return bool(self.under() == other)

    def __hash__(self) -> int:
        return hash((self.name, self.schema_sha256))

    def __repr__(self) -> str:
        return f"<contract {self.name}>"

    def under(self, profile: str = "documented", layers: Iterable[str] = PAYLOAD_LAYERS) -> Promise:
        """Return what is equal to each payload that keeps the contract under a profile, in some layers.

        Raises `ContractError` for a profile that the contract does not have.
        """
        return Promise(self, self.profile(profile).name, tuple(layers))

    @cached_property
    def _judges(self) -> dict[tuple[str, frozenset[Layer]], Judge]:
        return {}

    def _judge(self, profile: str, layers: str | Iterable[str]) -> Judge:
        from docpact.validate.payload import Judge

        # A text is iterable as well, letter by letter, which nobody means.
        key = (profile, frozenset(Layer(layer) for layer in ([layers] if isinstance(layers, str) else layers)))
        if Layer.TRANSPORT in key[1]:
            raise ValueError("the transport layer is about texts, and a payload is parsed: use `docpact validate`")
        if key not in self._judges:
            self._judges[key] = Judge(self, profile, key[1])
        return self._judges[key]

    def validate(
        self,
        payload: Any,
        *,
        profile: str = "documented",
        layers: str | Iterable[str] = PAYLOAD_LAYERS,
        asked: str | None = None,
    ) -> list[Finding]:
        """Return every finding in one parsed payload; the list is empty where there is none.

        `payload` is what `json.loads` gives. `asked` is the id that the client asked for, where it is known. Raises
        `ContractError` for a profile that the contract does not have, `ValueError` for a layer that there is not, or in
        which one payload cannot be judged.
        """
        judge = self._judge(profile, layers)
        if Layer.LIFECYCLE in judge.layers:
            raise ValueError("the lifecycle layer is about the polls of a task: use validate_story")
        return [breach.finding() for breach in judge.payload(payload, asked)]

    def is_valid(self, payload: Any, *, profile: str = "documented") -> bool:
        """Tell whether a payload keeps what the page says: no error in the documented layer."""
        return bool(self.under(profile, ("documented",)) == payload)

    def validate_story(
        self,
        payloads: Iterable[Any],
        *,
        profile: str = "documented",
        layers: str | Iterable[str] = ("documented", "coherent", "lifecycle"),
        times: Iterable[float] | None = None,
    ) -> list[Finding]:
        """Return every finding in the polls of one task, in the order of the polls; `place.item` is the poll, from 0.

        `times` gives the time of each poll in milliseconds; without it no poll is found stuck. Raises `ValueError`
        where there are fewer times than payloads, or one that is not finite.
        """
        from docpact.validate.polls import Story

        judge, story = self._judge(profile, layers), Story()
        found: list[Finding] = []
        given = None if times is None else list(times)
        for index, payload in enumerate(payloads):
            if given is not None and index >= len(given):
                raise ValueError(f"poll {index} has no time: {len(given)} times were given")
            if given is not None and not isfinite(given[index]):
                raise ValueError(f"poll {index} has no time: {given[index]} is none")
            breaches = judge.poll(story, payload, None if given is None else given[index])
            found.extend(breach.finding(Place(item=index)) for breach in breaches)
        return found


@dataclass(frozen=True, eq=False)
class Promise:
    """A contract under a profile, in some layers: equal to each payload that breaks no rule of severity error in them.

    Made by `Contract.under`; it may stand wherever a test compares, inside lists and dictionaries too.
    """

    contract: Contract
    profile: str
    layers: tuple[str, ...]

    def findings(self, payload: Any) -> list[Finding]:
        """Return every finding in a payload."""
        return self.contract.validate(payload, profile=self.profile, layers=self.layers)

    def __eq__(self, other: object) -> bool:
        """Tell whether a payload keeps what was promised."""
        if isinstance(other, Promise):
            return self is other
        return not any(found.severity is Severity.ERROR for found in self.findings(other))

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<contract {self.contract.name} under the profile {self.profile}>"


def load(name: str | Path = "task-fetch") -> Contract:
    """Load a contract by the name under which docpact ships it, or by the folder that `docpact derive` has made.

    Raises `ContractError` where there is none, or where its `contract.toml` says something that docpact does not know.
    """
    loaded = words.load(name)
    return Contract(**{part.name: getattr(loaded, part.name) for part in fields(loaded)})


def schemathesis_check(
    contract: words.Contract | str = "task-fetch", *, profile: str = "documented"
) -> Callable[[Any, Any, Any], None]:
    """Return a check for Schemathesis that judges answers by a contract: hand it to `schemathesis.check`, or to a single call.

    An answer of status 200 fails for each error in the layers documented and coherent; the name of the check is
    `docpact_conformance`. Raises `MissingExtraError` without `docpact[check]`.
    """
    from importlib.util import find_spec

    if find_spec("schemathesis") is None:
        raise MissingExtraError("check", "schemathesis")
    from docpact.live.engine import conformance

    return conformance(load(contract) if isinstance(contract, str) else contract, profile)


# Of what Schemathesis proposes: requests for ids that no task has, and how many of the given tasks it asks for.
_MOST_PROPOSED = 8
_MOST_ASKED = 4
# Of the time of a run it may take this share, and is left out when it takes longer.
_SHARE = 0.5


def check(  # noqa: PLR0913 - each of them is an option of the command line
    endpoint: str | App,
    tasks: str | Iterable[str] = (),
    *,
    follow: str | Iterable[str] = (),
    token: str | None = None,
    token_header: str = "Authorization",  # noqa: S107 - the name of a header
    contract: words.Contract | str = "task-fetch",
    profile: str = "documented",
    layers: str | Iterable[str] = ("documented", "coherent", "lifecycle"),
    probes: str | Iterable[str] = ("auth", "ids"),
    thorough: bool = False,
    max_requests: int = 120,
    deadline: float = 50,
    timeout: float = 10,
    rate: float | None = None,
    allow_private: bool = False,
    allow_http: bool = False,
) -> Verdict:
    """Hold a live endpoint to a contract: `tasks` are judged as they stand, those of `follow` are polled to their end.

    `endpoint` is an address, up to where the documented path begins, or an ASGI app of this process. `token` goes by
    `token_header`: after `Bearer` in Authorization, alone in any other, such as `mj-api-secret`. `deadline`, of the run,
    and `timeout`, of an answer, are seconds, `rate` is requests a second. It may be called where a loop runs already: it has
    one of its own, in a thread. Raises `UsageError` for what makes no run, `MissingExtraError` without `docpact[check]`, and
    `KeyboardInterrupt` where it was interrupted.
    """
    from docpact.live.plan import Plan, Probe

    plan = Plan(
        tasks=_texts(tasks),
        follows=_texts(follow),
        token=token,
        token_name="TOKEN",  # noqa: S106 - the name of a variable
        token_header=token_header,
        profile=profile,
        layers=frozenset(map(Layer, _texts(layers))) - {Layer.TRANSPORT},
        probes=frozenset(Probe) if thorough else frozenset(map(Probe, _texts(probes))),
        max_requests=max_requests,
        deadline=deadline,
        timeout=timeout,
        rate=rate,
    )
    promised = load(contract) if isinstance(contract, str) else contract
    verdict = _in_a_loop(lambda: ask(promised, plan, _door(endpoint, plan, private=allow_private, http=allow_http)))
    if verdict.interrupted:
        raise KeyboardInterrupt
    return verdict


async def ask(
    contract: words.Contract,
    plan: Plan,
    door: Door,
    *,
    tally: Tally | None = None,
    watch: Callable[[Session], None] | None = None,
) -> Verdict:
    """Ask an endpoint through a door as a plan says, with Schemathesis among those who ask; `watch` is handed the run.

    Raises as `check` does; a run that is cancelled returns what was found so far.
    """
    from importlib.util import find_spec

    from docpact.live.run import Extra, run

    if find_spec("schemathesis") is None:
        raise MissingExtraError("check", "schemathesis")
    given = (*plan.tasks, *plan.follows)[:_MOST_ASKED]
    room = len(given) + (_MOST_PROPOSED if "ids" in plan.probes else 0)

    async def propose(session: Session) -> None:
        await _propose(session, given, room)

    async def show(session: Session) -> None:
        if watch is not None:
            watch(session)

    return await run(contract, plan, door, [Extra(0, show), Extra(room, propose)], tally)


async def _propose(session: Session, given: tuple[str, ...], room: int) -> None:
    """Let Schemathesis propose requests, which takes seconds and goes on beside the polls, and send them."""
    from docpact.live import beside

    seconds = session.plan.deadline * _SHARE
    try:
        proposals = await beside.within(seconds, lambda given_up: _proposals(session.contract, given, room, given_up))
    except TimeoutError:
        session.notes.append(
            f"Schemathesis was left out: it proposed nothing in {seconds:g} s, on a machine that is busy (--deadline)"
        )
        return
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it: the run says so, and is worth as much without
        session.notes.append(f"Schemathesis could propose nothing: {type(error).__name__}: {error}")
        return
    from docpact.live import engine

    await engine.asked(session, proposals)


def _proposals(contract: words.Contract, given: tuple[str, ...], room: int, given_up: Callable[[], bool]) -> list[Proposal]:
    from docpact.live import engine

    return [] if given_up() else engine.propose(contract, given, most=room, given_up=given_up)


def _texts(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _door(endpoint: str | App, plan: Plan, *, private: bool, http: bool) -> Door:
    if not isinstance(endpoint, str):
        from docpact.live.inprocess import InProcess

        return InProcess(endpoint)
    try:
        from docpact.live.address import Consent
        from docpact.live.wire import Host
    except ModuleNotFoundError as error:
        if error.name != "h11":
            raise
        raise MissingExtraError("check", "h11") from None
    return Host(endpoint, Consent(private, http, token=plan.token is not None))


def _in_a_loop(run: Callable[[], Coroutine[Any, Any, Verdict]]) -> Verdict:
    """Run to the end, in a loop of our own: in this thread, or in another one where a loop runs here already."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run())
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, "docpact-check") as pool:
        return pool.submit(lambda: asyncio.run(run())).result()
