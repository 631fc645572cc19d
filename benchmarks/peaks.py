"""How much memory those have held at most whom a command started, looked up again and again while they run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

_PROC = Path("/proc")
_PAUSE = 0.1  # seconds from one look to the next


class Peaks:
    """Watches a process group of which this process is, or becomes, the ancestor; `with` begins and ends it.

    The kernel's own account will not do: Linux counts the memory of a process that starts another program as that
    program's own, so whatever a crawl starts seems as large as the crawl was. Where there is no /proc, nothing is seen;
    neither is what is taken in the last tenth of a second.
    """

    def __init__(self, group: int):
        self.group, self.megabytes = group, 0.0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peaks:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_PAUSE):
            self.megabytes = max(self.megabytes, largest(self.group))


def largest(group: int) -> float:
    """Gives the peak in MB of the largest process of a group now, without the one that began it; 0 where is none."""
    return max((_peak(pid) for pid in members(group) if pid != group), default=0.0)


def members(group: int) -> Iterator[int]:
    """Gives the processes of a group that descend from this process."""
    waiting = [pid for pid in children(os.getpid()) if _group(pid) == group]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children(pid)


def children(pid: int) -> list[int]:
    """Gives the processes that any thread of a process has started; none where the kernel does not tell."""
    found: list[int] = []
    with suppress(OSError):
        for thread in (_PROC / str(pid) / "task").iterdir():
            with suppress(OSError):
                found += map(int, (thread / "children").read_text().split())
    return found


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _peak(pid: int) -> float:
    with suppress(OSError):
        for line in (_PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0
