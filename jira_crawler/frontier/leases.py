"""Which leased requests are settled: the callback at its end, and every item it yielded through the pipelines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Lease:
    open_items: int = 0
    exhausted: bool = False
    gave_up: str = ""


class Leases:
    """Counts what is open for each lease. What is ready now may be let go once all items so far are committed."""

    def __init__(self) -> None:
        self._open: dict[int, _Lease] = {}
        self._ready: list[int] = []
        self._failed: list[tuple[int, str]] = []

    def began_item(self, id_: int) -> None:
        self._open.setdefault(id_, _Lease()).open_items += 1

    def ended_item(self, id_: int) -> None:
        lease = self._open.get(id_)
        if lease:
            lease.open_items -= 1
            self._settle(id_, lease)

    def exhausted(self, id_: int, gave_up: str = "") -> None:
        """Notes that a callback has come to its end, and the sentence with which it gave up, if it did."""
        lease = self._open.setdefault(id_, _Lease())
        lease.exhausted, lease.gave_up = True, gave_up
        self._settle(id_, lease)

    def collect(self) -> tuple[list[int], list[tuple[int, str]]]:
        """Hands over what is settled since the last time: those done, and those given up with the reason."""
        done, failed = self._ready, self._failed
        self._ready, self._failed = [], []
        return done, failed

    def _settle(self, id_: int, lease: _Lease) -> None:
        if not lease.exhausted or lease.open_items > 0:
            return
        del self._open[id_]
        if lease.gave_up:
            self._failed.append((id_, lease.gave_up))
        else:
            self._ready.append(id_)
