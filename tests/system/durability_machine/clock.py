"""Runs a command on a machine whose clock is wrong: nothing of it is in the production code."""

from __future__ import annotations

import time

from scrapy.cmdline import execute


def run(step: str, _: int, arguments: list[str]) -> None:
    """Moves the clock by so many seconds, and by other ones after a while: `step` is `first later after`."""
    first, later, after = map(float, step.split())
    real, began = time.time, time.monotonic()
    time.time = lambda: real() + (first if time.monotonic() - began < after else later)
    execute(["scrapy", *arguments])
