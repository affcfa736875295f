"""Work of a thread, beside a run: nobody waits for it longer than was agreed, neither the run nor the end of the program."""

from __future__ import annotations

import asyncio
import atexit
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# The end of a program waits so long for what was given up: a thread that is stopped in the middle of compiled code may crash.
_LAST_SECONDS = 2.0


async def within(seconds: float, work: Callable[[Callable[[], bool]], T]) -> T:
    """Return what work in a thread of its own returns, or raise what it raises; `TimeoutError` after so many seconds.

    The work is handed a function that tells whether it was given up, and should look at it now and then.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Future[T] = loop.create_future()
    given_up = Event()

    def settle(how: Callable[[Any], None], what: object) -> None:
        if not told.done():
            how(what)

    def tell(how: Callable[[Any], None], what: object) -> None:
        # The loop may have come to its end meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, how, what)

    def run() -> None:
        try:
            result = work(given_up.is_set)
        except BaseException as raised:  # noqa: BLE001 - it is raised where it is waited for
            tell(told.set_exception, raised)
        else:
            tell(told.set_result, result)

    thread = Thread(target=run, name="docpact-beside", daemon=True)
    thread.start()
    try:
        async with asyncio.timeout(seconds):
            return await told
    finally:
        given_up.set()
        if told.cancelled():
            atexit.register(thread.join, _LAST_SECONDS)
