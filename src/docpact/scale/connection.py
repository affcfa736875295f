"""Connection: the scheduler that a run is given, or one of its own on this machine, and silence about it."""

from __future__ import annotations

import logging
import re
import signal
import warnings
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import dask
from distributed import Client, LocalCluster, Security
from distributed.versions import VersionMismatchWarning

from docpact.errors import ClusterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[^\s:/@\[\]]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}")
_LOCAL = re.compile(r"local(?::([1-9][0-9]{0,3}))?")
_LOUD = ("distributed", "distributed.client", "distributed.gc", "bokeh", "tornado", "tornado.application", "asyncio")
_NAME_THEM = (
    "name them: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__TLS__CLIENT__CERT and …__TLS__CLIENT__KEY, or in Dask's settings"
)
# How long a scheduler may take to answer.
_SECONDS_TO_ANSWER = 5.0


def checked(scheduler: str) -> str:
    """Return the address of a scheduler, or `local[:N]`, as it was given; raises `UsageError` where it is neither."""
    if not (_LOCAL.fullmatch(scheduler) or _ADDRESS.fullmatch(scheduler)):
        raise UsageError(
            f"--scheduler {scheduler!r} is no address of a scheduler",
            hint="write tcp://HOST:PORT or tls://HOST:PORT, or local for workers on this machine (local:4 for four of them)",
        )
    return scheduler


@contextmanager
def connected(scheduler: str, cores: int) -> Iterator[Any]:
    """Connect to a scheduler, or start one with workers, as many as `cores` where no number was given, which end with the run.

    Raises `ClusterError` where nobody answers.
    """
    _hush()
    own = _LOCAL.fullmatch(scheduler)
    with ExitStack() as ends:
        address: Any = scheduler
        if own is not None:
            address = ends.enter_context(_started(int(own[1] or cores)))
        elif scheduler.startswith("tls:") and Security().get_connection_args("client").get("ssl_context") is None:  # type: ignore[no-untyped-call]
            raise ClusterError(f"{scheduler} is answered to those with a certificate only, and none is named", hint=_NAME_THEM)
        try:
            client = Client(address, timeout=_SECONDS_TO_ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
        except Exception as error:
            # Each way of not being answered, or not as one was promised, is an error of its own kind.
            hint = "see that it runs, and that this machine may reach it; --scheduler local judges on this machine alone"
            raise ClusterError(f"no Dask scheduler answers at {scheduler}", hint=hint) from error
        yield ends.enter_context(client)


@contextmanager
def _started(workers: int) -> Iterator[LocalCluster]:
    with TemporaryDirectory(prefix="docpact-") as folder:
        with _deaf(), dask.config.set({"temporary-directory": folder}):
            cluster = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0,
                local_directory=folder, silence_logs=logging.CRITICAL + 1,
            )  # fmt: skip
        with cluster:
            yield cluster


@contextmanager
def _deaf() -> Iterator[None]:
    """Start threads and processes that Ctrl-C does not reach: it is for the one that minds them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Where this runs already, starting a process does not open the ears again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hush() -> None:
    """Keep what distributed says to itself, unless its own configuration asks for it: a run says what a user must know."""
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)
    if {"logging", "logging-file-config"} & (dask.config.config.keys() | dask.config.get("distributed", {}).keys()):
        return
    for name in _LOUD:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
