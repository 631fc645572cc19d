"""Runs chunks side by side: in processes that share nothing with this one, or in a thread of it."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import forkserver, parent_process, util
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType

from jira_crawler.policy import DEFAULTS
from jira_crawler.refine import chunk

LONGEST_FOLDER = 60  # bytes, before `pymp-12345678/listener-12345678`


def executor(processes: int, *, thread: bool = True) -> Executor:
    """Makes processes that share nothing with this one, in which a reactor runs; for one process, a thread of it.

    Without `thread` one process is a process, too.
    """
    if processes <= 1 and thread:
        return ThreadPoolExecutor(1)
    if threading.current_thread() is threading.main_thread():  # elsewhere no signal can be dealt with
        begin_server()
    return ProcessPoolExecutor(processes, _Context(), begin)


def begin_server() -> None:
    """Begins what all processes are forked from; for whoever makes an executor in another thread later."""
    _have_room_for_sockets()
    # Loaded once for all of them. A step of somebody else is loaded by each: who knows what it does when it is.
    steps = (path.rpartition(".")[0] for path in DEFAULTS.steps)
    _Context().set_forkserver_preload([chunk.__name__, *steps, "jira_crawler.refine.loaded"])
    # A Ctrl-C reaches every process of a terminal: whoever begins with it ignored leaves it to the one who reads.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


def _have_room_for_sockets() -> None:
    """Lets the sockets of processes lie in a folder whose name is short enough: the address of one has 107 bytes.

    What is chosen first stays; it is taken away at the end.
    """
    chosen = tempfile.tempdir
    if len(os.fsencode(tempfile.gettempdir())) > LONGEST_FOLDER:
        tempfile.tempdir = "/tmp"  # noqa: S108 - a folder of our own is made in it, which nobody else may enter
    try:
        util.get_temp_dir()
    finally:
        tempfile.tempdir = chosen


def submit(pool: Executor, work: bytes) -> Future[bytes]:
    """Has a chunk refined by a pool of one."""
    future = pool.submit(chunk.refine_chunk, work)
    if isinstance(pool, ProcessPoolExecutor):
        # The process has this end, too. With ours closed it is seen to have died even in the middle of an answer, of
        # which the rest would be waited for otherwise.
        pool._result_queue._writer.close()  # type: ignore[attr-defined]
    return future


def abandon(pool: Executor) -> None:
    """Lets go of a pool of which a process has died; nothing that it was given is waited for."""
    pool.shutdown(wait=False, cancel_futures=True)
    if sys.version_info < (3, 11, 5) and isinstance(pool, ProcessPoolExecutor):
        # Whoever still writes a chunk to it would wait for ever, and be waited for at the end (gh-94777).
        with suppress(AttributeError, OSError):
            pool._call_queue._reader.close()  # type: ignore[attr-defined]


class _Process(ForkServerProcess):
    """One that does not load the program it was started by: that is Scrapy, of which it has no use."""

    def start(self) -> None:
        program, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = program


class _Context(ForkServerContext):
    Process = _Process


def begin() -> None:
    """Sees to it that a process does not wait for work for ever after its parent was killed, nor for its own garbage.

    What is loaded stays, and an issue leaves no circles: to look through all of it again and again finds nothing.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
