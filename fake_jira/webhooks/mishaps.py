"""What goes wrong with deliveries on purpose: which share of them, drawn for each from the seed and its number."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from fake_jira.faults.switches import DAY
from fake_server import BadOption

_DEFAULTS = {
    "loss": "",
    "duplicate": "",
    "disorder": "5",
    "delay": "30",
    "bad_signature": "wrong",
    "bare_comment": "",
    "huge": "25",
}
NAMES = tuple(_DEFAULTS)
_SIGNED = ("wrong", "missing", "sha1")
_NUMBERS = ("disorder", "delay", "huge")


@dataclass(slots=True)
class Mishaps:
    """May be changed while the sandbox runs: what befalls a delivery is drawn when its event happens.

    `loss` is never sent, `duplicate` is sent twice, `disorder` up to so many seconds later than others, `delay` so many
    seconds later; `bad_signature` is wrong, missing or sha1; `bare_comment` is of a comment without its issue,
    `huge` has so many megabytes more.
    """

    rates: dict[str, float] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    seed: int = 0

    def draw(self, number: int) -> dict[str, str]:
        """What befalls the delivery of this number, with the value of each mishap; the same whatever else is on."""
        chance = Random(f"mishaps of {self.seed}: {number}")  # noqa: S311 - repeatable on purpose
        drawn = {name: chance.random() for name in NAMES}
        later = chance.random()
        found = {
            name: self.values.get(name) or _DEFAULTS[name] for name in NAMES if drawn[name] < self.rates.get(name, 0)
        }
        if "disorder" in found:
            found["disorder"] = str(float(found["disorder"]) * later)
        return found

    def turn(self, switch: str) -> None:
        """A switch such as `loss=0.3` or `delay=0.1:60`, from now on."""
        name, _, rest = switch.partition("=")
        rate, _, value = rest.partition(":")
        if name not in NAMES:
            raise BadOption(f"There is no mishap of webhooks called {name!r}; there are {', '.join(NAMES)}.")
        try:
            share = float(rate)
            if not 0 <= share <= 1 or (value and name in _NUMBERS and not 0 <= float(value) <= DAY):
                raise ValueError
        except ValueError:
            raise BadOption(
                f"--webhook-fault {switch}: write NAME=RATE or NAME=RATE:VALUE with a rate between 0 and 1."
            ) from None
        if value and name == "bad_signature" and value not in _SIGNED:
            raise BadOption(f"--webhook-fault {switch}: a bad signature is {', '.join(_SIGNED)}.")
        self.rates[name], self.values[name] = share, value


def read(switches: tuple[str, ...], seed: int = 0) -> Mishaps:
    mishaps = Mishaps(seed=seed)
    for switch in switches:
        mishaps.turn(switch)
    return mishaps
