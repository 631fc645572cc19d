"""What an engine does with jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from jira_crawler.exceptions import Refused

PACKAGE: Final = __name__.partition(".")[0]
Done = tuple[bytes, bytes | None]


class Engine(Protocol):
    """Brings jobs to workers while it is open."""

    def run(self, jobs: Iterable[bytes]) -> Iterator[Done]:
        """Gives each job with what `work` made of it, in whatever order; None where workers die of it.

        A job is done once or several times. Raises Refused, with one sentence, where no job can be done.
        """
        ...

    def interrupt(self) -> None:
        """Gives up what is out, as far as that can be done; called from another thread, after which `run` may fail."""
        ...


@dataclass(frozen=True, slots=True)
class Where:
    """Where the engines are; empty: here. `processes` is how many refine side by side on this machine."""

    processes: int
    ray: str = ""
    spark_remote: str = ""
    spark_master: str = ""

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], processes: int) -> Self:
        """Takes the addresses from the settings."""
        return cls(processes, settings["RAY_ADDRESS"], settings["SPARK_REMOTE"], settings["SPARK_MASTER"])


def unfit(engine: str, said: str) -> Refused:
    """Makes one sentence of what a worker of an engine, or the engine itself, says in many lines."""
    if f"No module named '{PACKAGE}" in said:
        return Refused(
            f"A worker of {engine} lacks {PACKAGE}: install it, of this very version, wherever {engine} works."
        )
    last = [line.strip() for line in said.strip().splitlines() if line.strip()]
    told = last[-1][:200].rstrip(".") if last else "nothing"
    return Refused(f"{engine.capitalize()} cannot be used: {told}.")
