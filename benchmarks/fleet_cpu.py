"""What each of several processes that run beside one another makes of the CPUs, from one moment to another."""

from __future__ import annotations

import os
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

MACHINE = "machine"  # all that anybody made of it
_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_IDLE = (3, 4)  # places of idle and iowait behind the name in /proc/stat


class Samples:
    """Seconds of CPU by name, looked up again and again; where there is no /proc nothing is known."""

    def __init__(self, pids: Mapping[str, int]):
        self.pids = pids
        self.times: list[float] = []
        self.spent: dict[str, list[float]] = {name: [] for name in (*pids, MACHINE)}

    def take(self) -> None:
        """Looks what has been used until now; who is gone has used what he had."""
        if not (_PROC / "stat").exists():
            return
        used = _used()
        self.times.append(time.time())
        for name, pid in self.pids.items():
            self._note(name, used.get(pid, 0.0))
        self._note(MACHINE, _machine())

    def share(self, name: str, begin: float, end: float) -> float | None:
        """Gives how many cores were used from one moment to another, in epoch seconds; None if that is not known."""
        if len(self.times) < 2 or end <= begin:
            return None
        return (self._at(name, end) - self._at(name, begin)) / (end - begin)

    def _note(self, name: str, seconds: float) -> None:
        before = self.spent[name][-1:] or [0.0]
        self.spent[name].append(max(seconds, *before))

    def _at(self, name: str, moment: float) -> float:
        right = min(max(bisect_right(self.times, moment), 1), len(self.times) - 1)
        (a, b), (x, y) = self.times[right - 1 : right + 1], self.spent[name][right - 1 : right + 1]
        return x + (y - x) * min(max((moment - a) / (b - a), 0.0), 1.0)


def _used() -> dict[int, float]:
    """Gives the seconds of each process, with those of its children, living and gone: Postgres is a family."""
    own, parents = {}, {}
    for pid, parent, seconds in _processes():
        own[pid], parents[pid] = seconds, parent
    used: defaultdict[int, float] = defaultdict(float, own)
    for pid, parent in parents.items():
        used[parent] += own[pid]
    return used


def _processes() -> Iterator[tuple[int, int, float]]:
    for path in _PROC.glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            values = path.read_text().rpartition(") ")[2].split()
            yield int(path.parent.name), int(values[1]), sum(map(int, values[11:15])) / _TICK


def _machine() -> float:
    with (_PROC / "stat").open() as file:
        values = list(map(int, file.readline().split()[1:9]))
    return sum(value for place, value in enumerate(values) if place not in _IDLE) / _TICK
