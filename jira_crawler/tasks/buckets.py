"""Lengths of time in steps that people plan by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Buckets:
    """Steps in order, each up to and with its limit, and the name of what is beyond the last.

    Names of several words: `longer` would be in every other report, as in "no longer".
    """

    steps: tuple[tuple[timedelta, str], ...]
    beyond: str

    def name(self, took: timedelta) -> str:
        """The first step that is long enough."""
        return next((name for limit, name in self.steps if took <= limit), self.beyond)

    def choice(self, above: timedelta = timedelta(0)) -> str:
        """All names beyond a length that is certain already, for an instruction."""
        return (
            "Answer with "
            + ", ".join(f"`{name}`" for limit, name in self.steps if limit > above)
            + (f" or `{self.beyond}`.")
        )
