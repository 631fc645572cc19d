"""What is known of one delivery: what it says, when it is to be sent, and what came of each attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

WAITING, DELIVERED, LOST, REFUSED, GIVEN_UP = "waiting", "delivered", "lost", "refused", "given up"


@dataclass(slots=True, kw_only=True)
class Delivery:
    """`number` counts deliveries in the order of their events. `signed` is how: right, wrong, missing or by a method
    that does not count. An attempt is the time and the status of the answer, 0 where none came. The body is kept until
    it is sent for good."""

    number: int
    event: str
    issues: tuple[str, ...]
    flow: str
    identifier: str
    body: bytes = field(repr=False)
    sha256: str
    due: float
    signed: str = "right"
    state: str = WAITING
    attempts: list[tuple[float, int]] = field(default_factory=list)

    def entry(self) -> dict[str, Any]:
        """A line of the log of deliveries."""
        return {
            "number": self.number,
            "event": self.event,
            "issues": list(self.issues),
            "flow": self.flow,
            "identifier": self.identifier,
            "sha256": self.sha256,
            "signed": self.signed,
            "due": self.due,
            "state": self.state,
            "attempts": [{"at": at, "status": status} for at, status in self.attempts],
        }
