"""Runs programs as children and learns from the kernel what each of them used; serves an embedded Jira as one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRAPY = (sys.executable, "-m", "scrapy")
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
_TAIL = 2_000  # characters of a log that a failure shows


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process used from its start to its end: seconds of wall clock and of CPU, peak memory in MB."""

    status: int
    wall: float
    cpu: float
    megabytes: float


def spend(command: Sequence[str], log: Path, expected: int = 0) -> Spent:
    """Runs a command to its end and measures that process alone; raises RuntimeError for another exit status.

    `os.wait4` gives what this child used, whatever runs beside it. Linux counts the memory of the process that
    starts a child as the child's own, so whoever calls this must be the smaller of the two.
    """
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=out, stderr=subprocess.STDOUT)
        try:
            _, raw, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
    wall = time.monotonic() - began
    status = process.returncode = os.waitstatus_to_exitcode(raw)
    if status != expected:
        raise RuntimeError(f"{' '.join(command[:5])} … ended with status {status}:\n{tail(log)}")
    return Spent(status, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _UNIT / 1e6)


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
