"""What goes wrong with answers on purpose: at random at a rate, or with the request of a number."""

from __future__ import annotations

from random import Random

from fake_github.exchange import Answer
from fake_server import BadOption

NAMES = ("close", "error500", "error502", "error503", "truncated", "badjson", "html200", "errors200")


class Faults:
    """`planned` says by the number of a request (the first is 1) what goes wrong with it; `seen` what did."""

    def __init__(self, told: tuple[str, ...], seed: int) -> None:
        self.rates: dict[str, float] = {}
        for each in told:
            name, _, rate = each.partition("=")
            if name not in NAMES:
                raise BadOption(f"There is no fault {name!r}: it is one of {', '.join(NAMES)}.")
            try:
                self.rates[name] = float(rate)
            except ValueError:
                raise BadOption(f"The rate of {each!r} is no number.") from None
        self.chance = Random(seed)  # noqa: S311 - the same seed draws the same
        self.planned: dict[int, str] = {}
        self.seen: list[str] = []

    def draw(self, number: int) -> str:
        """Says what is to go wrong with a request; "" for nothing."""
        name = self.planned.get(number, "")
        if not name:
            name = next((each for each, rate in self.rates.items() if self.chance.random() < rate), "")
        if name:
            self.seen.append(name)
        return name


def instead(name: str, honest: Answer, *, is_graphql: bool) -> Answer:
    """Gives what is answered instead; a connection that is closed is for the server."""
    if name in ("error500", "error502", "error503"):
        return Answer(b'{"message": "Server Error"}', int(name[-3:]))
    if name == "html200":
        return Answer(b"<!DOCTYPE html><html><title>Unicorn!</title></html>", 200, content_type="text/html")
    if name == "badjson":
        return Answer(honest.body[: len(honest.body) // 2] or b"{", 200, honest.headers)
    if name == "errors200" and is_graphql:
        body = b'{"data": {"nodes": null}, "errors": [{"message": "Something went wrong while executing your query."}]}'
        return Answer(body)
    return honest
