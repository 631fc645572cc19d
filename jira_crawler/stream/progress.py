"""How far somebody is in an epoch, small enough to be saved with a model."""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any, Final

_BLOCK: Final = 1_024  # versions


class Given:
    """The versions that were given out, 8 bytes each.

    They are saved in blocks, of which only the last one changes: whoever saves differences saves little.
    """

    def __init__(self, blocks: dict[str, str] | None = None):
        self._order = array("Q")
        for number in sorted(blocks or (), key=int):
            self._order.frombytes(b64decode((blocks or {})[number], validate=True))
        self._known = set(self._order)
        self._packed: list[str] = []  # of the blocks that are full

    def __contains__(self, mark: int) -> bool:
        return mark in self._known

    def __len__(self) -> int:
        return len(self._order)

    def add(self, mark: int) -> None:
        self._known.add(mark)
        self._order.append(mark)

    def blocks(self) -> dict[str, str]:
        """Gives all of them as text."""
        while (len(self._packed) + 1) * _BLOCK <= len(self._order):
            self._packed.append(self._pack(len(self._packed)))
        last = len(self._packed)
        rest = {str(last): self._pack(last)} if last * _BLOCK < len(self._order) else {}
        return {str(number): packed for number, packed in enumerate(self._packed)} | rest

    def _pack(self, number: int) -> str:
        return b64encode(self._order[number * _BLOCK : (number + 1) * _BLOCK].tobytes()).decode()


@dataclass(slots=True)
class Progress:
    """Of an epoch that ends: the key that came `last` in each queue. Of one that goes on: what was `given`.

    One that has `ended` gives nothing more. `credit` is the claim of each queue to the next turn. What is saved is
    plain data, also for JSON.
    """

    epoch: int = 0
    last: dict[str, str] = field(default_factory=dict)
    credit: dict[str, float] = field(default_factory=dict)
    given: Given = field(default_factory=Given)
    ended: bool = False

    def begin(self, epoch: int) -> None:
        """Begins an epoch."""
        self.epoch = epoch
        self.last.clear()
        self.credit.clear()
        self.given, self.ended = Given(), False

    def saved(self) -> dict[str, Any]:
        """Gives what `restored` takes."""
        return {
            "epoch": self.epoch,
            "last": dict(self.last),
            "credit": dict(self.credit),
            "given": self.given.blocks(),
            "ended": self.ended,
        }

    @classmethod
    def restored(cls, saved: dict[str, Any]) -> Progress:
        """Raises ValueError, KeyError or TypeError for what nobody has saved."""
        last = {str(queue): bytes.fromhex(key).hex() for queue, key in saved["last"].items()}
        credit = {str(queue): float(claim) for queue, claim in saved["credit"].items()}
        return cls(int(saved["epoch"]), last, credit, Given(saved["given"]), bool(saved["ended"]))
