"""An endpoint checked from Python, and whoever asks within a run: Schemathesis among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpact.api import load
from docpact.errors import MissingExtraError
from docpact.finding import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from docpact import contract as words
    from docpact.live.door import Door
    from docpact.live.engine import Proposal
    from docpact.live.inprocess import App
    from docpact.live.plan import Plan
    from docpact.live.session import Session
    from docpact.live.verdict import Verdict
    from docpact.tally import Tally


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
    body: bytes | None = None,
    allow_private: bool = False,
    allow_http: bool = False,
) -> Verdict:
    """Hold a live endpoint to a contract: `tasks` are judged as they stand, those of `follow` are polled to their end.

    `endpoint` is an address, up to where the documented path begins, or an ASGI app of this process. `token` goes by
    `token_header`: after `Bearer` in Authorization, alone in any other, such as `mj-api-secret`. `deadline`, of the run,
    and `timeout`, of an answer, are seconds, `rate` is requests a second. `body` is what to send, once, where the documented
    request is a POST. It may be called where a loop runs already: it has
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
        body=body,
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
    from docpact.live.targets import fitted

    if find_spec("schemathesis") is None:
        raise MissingExtraError("check", "schemathesis")
    plan = fitted(plan, contract)
    given = tuple(filter(None, (*plan.tasks, *plan.follows)))[:_MOST_ASKED]
    room = len(given) + (_MOST_PROPOSED if "ids" in plan.probes else 0)

    async def propose(session: Session, most: int) -> None:
        await _propose(session, given, most)

    async def show(session: Session, _: int) -> None:
        if watch is not None:
            watch(session)

    asking = [Extra(0, show)]
    if given:
        asking.append(Extra(room, propose, "requests that Schemathesis proposes"))
    return await run(contract, plan, door, asking, tally)


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
