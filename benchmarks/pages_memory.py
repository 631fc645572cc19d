"""What a crawl, Playwright's driver and Chromium hold in memory, looked up again and again while they run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median

CRAWL, DRIVER, CHROMIUM = FAMILIES = ("crawl", "driver", "Chromium")
PSS, RSS = "PSS", "RSS"
_PROC = Path("/proc")


class Memory:
    """Megabytes of a crawl's process, its children (the driver), and theirs (Chromium); nothing where is no /proc.

    As PSS: what processes share is shared out among them. As RSS, which counts it for each, where PSS is not to be
    seen. Chromium's crash handlers leave the family, and 4 MB each are missed.
    """

    def __init__(self, pid: int):
        self.pid, self.kind = pid, PSS
        self.times: list[float] = []
        self.used: dict[str, list[float]] = {family: [] for family in FAMILIES}

    def take(self) -> None:
        """Looks what is held now; a crawl that is gone is not counted as an empty one."""
        try:
            used = self._now()
        except PermissionError:
            self.kind, used = RSS, {}
            self.times.clear()
            for each in self.used.values():
                each.clear()
        if not used.get(CRAWL):
            return
        self.times.append(time.time())
        for family in FAMILIES:
            self.used[family].append(used.get(family, 0.0))

    def peak(self, family: str) -> float | None:
        return max(self.used[family], default=None)

    def typical(self, family: str, begin: float, end: float) -> float | None:
        """Gives the median from one moment to another, in epoch seconds; None if nobody looked."""
        seen = zip(self.times, self.used[family], strict=True)
        within = [megabytes for moment, megabytes in seen if begin <= moment <= end]
        return median(within) if within else None

    def _now(self) -> dict[str, float]:
        used: defaultdict[str, float] = defaultdict(float)
        for pid, family in family_of(self.pid):
            with suppress(FileNotFoundError, ProcessLookupError):
                used[family] += _held(pid, self.kind)
        return used


def family_of(pid: int) -> Iterator[tuple[int, str]]:
    """Gives a crawl's process, its children and all their descendants, and what each is."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for path in _PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            children[int(path.read_text().rpartition(") ")[2].split()[1])].append(int(path.parent.name))
    generation, depth = [pid], 0
    while generation:
        yield from ((each, FAMILIES[min(depth, 2)]) for each in generation)
        generation, depth = [child for each in generation for child in children[each]], depth + 1


def _held(pid: int, kind: str) -> float:
    """Reads the megabytes that a process holds."""
    if kind == PSS:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        found = [line for line in lines if line.startswith("Pss:")]
    else:
        found = [line for line in (_PROC / str(pid) / "status").read_text().splitlines() if line.startswith("VmRSS:")]
    return sum(int(line.split()[1]) for line in found) * 1024 / 1e6
