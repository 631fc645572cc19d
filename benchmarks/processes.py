"""Runs programs and learns from the kernel what each of them used, with all that it starts; serves an embedded Jira."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peaks import Peaks

ROOT = Path(__file__).parent.parent
SCRAPY = (sys.executable, "-m", "scrapy")
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
_TAIL = 2_000  # characters of a log that a failure shows
_GLANCE = 0.02  # seconds from one look at them to the next
_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37  # of prctl(2), on Linux
PATIENCE = 60.0  # seconds that what a command started may go on when the command has ended


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command used: seconds of wall clock until it ended, and of CPU, with those of all that it started.

    `own` are those of the command, and of what it waited for, alone.
    `megabytes` is its own peak memory, `workers_megabytes` that of the largest process that it started, as far as seen;
    0 where it started none.
    """

    status: int
    wall: float
    cpu: float
    megabytes: float
    workers_megabytes: float = 0.0
    own: float = 0.0


def spend(command: Sequence[str], log: Path, expected: int = 0) -> Spent:
    """Runs a command to the end of all that it started and measures that; raises RuntimeError for another exit status.

    `os.wait4` gives what a child used and those it waited for. Whom the command did not wait for, as no crawl waits for
    the processes that refine, comes to this process when the command has ended; where it cannot (not on Linux), only
    the command is measured. Linux counts the memory of the process that starts a child as the child's own, so whoever
    calls this must be the smaller of the two.
    """
    began = time.monotonic()
    with adopting(), log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=out, stderr=subprocess.STDOUT, process_group=0
        )
        try:
            with Peaks(process.pid) as peaks:
                _, raw, usage = os.wait4(process.pid, 0)
                wall = time.monotonic() - began
                process.returncode = os.waitstatus_to_exitcode(raw)
                left = reap(process.pid)
        except BaseException:
            end(process)
            raise
    if process.returncode != expected:
        raise RuntimeError(f"{' '.join(command[:5])} … ended with status {process.returncode}:\n{tail(log)}")
    own, *others = (each.ru_utime + each.ru_stime for each in (usage, *left))
    return Spent(process.returncode, wall, own + sum(others), usage.ru_maxrss * _UNIT / 1e6, peaks.megabytes, own)


@contextmanager
def adopting() -> Iterator[None]:
    """Makes this process the parent of those who descend from it and whose own parent ends; on Linux alone."""
    if sys.platform != "linux":
        yield
        return
    prctl, before = ctypes.CDLL(None, use_errno=True).prctl, ctypes.c_int()
    prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    if prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "This process cannot adopt others")
    try:
        yield
    finally:
        prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)


def reap(group: int) -> list[resource.struct_rusage]:
    """Waits for all of a process group that are children of this process, and gives what each of them used.

    Raises RuntimeError where one of them does not end.
    """
    used: list[resource.struct_rusage] = []
    patience = time.monotonic() + PATIENCE
    with suppress(ChildProcessError):
        while True:
            pid, _, usage = os.wait4(-group, os.WNOHANG)
            if pid:
                used.append(usage)
            elif time.monotonic() > patience:
                raise RuntimeError(f"What process {group} started still runs {PATIENCE:.0f} s after its end")
            else:
                time.sleep(_GLANCE)
    return used


def end(process: subprocess.Popen[bytes]) -> None:
    """Kills a process that began a group, and all of that group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with suppress(ChildProcessError):
        while os.waitpid(-process.pid, 0):
            pass


def unwind_on_terminate() -> None:
    """Lets SIGTERM unwind the stack as an error does, so that children are ended and temporary folders go."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def tail(log: Path) -> str:
    """Gives the end of a log, for a person to see what went wrong."""
    return log.read_text(errors="replace")[-_TAIL:]


def environment() -> dict[str, str]:
    """Gives this environment without anyone's credentials."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JIRA_")}


@contextmanager
def sandbox(issues: int, seed: int) -> Iterator[str]:
    """Serves an embedded Jira with made-up issues in a process of its own, and gives its address."""
    command = [*SCRAPY, "sandbox", "--port", "0", "--issues", str(issues), "--seed", str(seed)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        sentence = process.stdout.readline() if process.stdout else ""
        if " at http://" not in sentence:
            raise RuntimeError(f"The sandbox did not begin to serve: {sentence.strip() or 'it said nothing'}")
        yield sentence.rsplit(" ", 1)[1].strip()
    finally:
        process.terminate()
        process.wait()
