"""The phases that a crawl goes through when nothing waits any more, until it is proved complete or cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from jira_crawler.crawl.session import Session
from jira_crawler.crawl.task import Task


@dataclass(frozen=True)
class Phase:
    """A step of the proof, made when all before it is answered; `always`: also where something is missing already."""

    name: str
    tasks: Callable[[], Iterable[Task]]
    always: bool = False


class Proof:
    """Holds the phases that are left. `finish` is called when there is none left that is to be made."""

    def __init__(self, session: Session, phases: Callable[[], list[Phase]], finish: Callable[[], None]):
        self.session, self._phases, self._finish = session, phases, finish
        self.left: list[Phase] = []

    def begin(self) -> None:
        """Lays out the proof from its beginning."""
        self.left = self._phases()

    def go_on(self) -> Iterator[Task]:
        """Gives the tasks of the next phase that has any; what is left is noted once all of them are taken."""
        while self.left and (self.left[0].always or not self.session.findings):
            tasks = list(self.left.pop(0).tasks())
            yield from tasks
            self.session.state.phases = len(self.left)
            if tasks:
                return
        self._finish()
