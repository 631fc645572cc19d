"""One run of a crawl: what it is about, what it has learned so far, and what is missing."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from jira_crawler.sentences import printable
from jira_crawler.sites import Site

logger = logging.getLogger(__name__)


class StopCrawl(Exception):
    """Ends the crawl in good order, with the one sentence that says why."""


class GaveUp(msgspec.Struct, frozen=True):
    """A task came to nothing: the sentence is a finding, and a later run tries the task again."""

    sentence: str


class CrawlState(msgspec.Struct, kw_only=True):
    """What a run that is taken up again, or another lead of a fleet, has to know; kept beside the frontier's tasks.

    Times are in epoch ms; `run` is when the run began, which a resumed one keeps, and `clock` the same by the tracker's
    clock if that is behind. `phases` counts the phases of the proof that are left.
    """

    run: int
    site: str = ""
    listed: int = 0
    dialect: str = ""
    clock: int = 0
    counted: dict[str, int] = {}
    begun: dict[str, dict[str, int]] = {}
    around: dict[str, list[int]] = {}
    phases: int | None = None
    # Of issue pages: the highest key with an issue, what a key leads to, and the keys that led elsewhere.
    tried: dict[str, int] = {}
    moves: dict[str, str] = {}
    left: dict[str, int] = {}


class Findings:
    """The sentences that say what is missing; a run without any is complete."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.sentences)

    def add(self, sentence: str) -> None:
        """Notes something that is missing; whatever the sentence quotes, it is printable."""
        sentence = printable(sentence)
        if sentence not in self.sentences:
            self.sentences.append(sentence)
            logger.error(sentence)


class Certificate(msgspec.Struct):
    """What a run has proved of a project: the tracker's count and ours, and what a listing of ids has found."""

    counted: int | None = None
    held: int | None = None
    verified: dict[str, int] | None = None  # findings by kind; None where the ids were not listed


@dataclass
class Session:
    """What the collaborators of an engine share. `shared`: other workers ask the same questions."""

    site: Site
    state: CrawlState
    store: CrawlStore
    shared: bool = False
    findings: Findings = field(default_factory=Findings)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)  # issues by project, as counted before the listing
    truncated: Counter[str] = field(default_factory=Counter)  # lists that stayed cut, by the part of the issue
    began: int = 0  # when this process began, in epoch ms

    @property
    def number(self) -> int:
        """What tells this process' questions from those of another; a fleet asks them once together."""
        return self.state.run if self.shared else self.began


class HeldIssues(Protocol):
    """What is held of a project."""

    def listed(self, site: str, project: str, run: int, before: int) -> int:
        """Counts what was created before a time and met by a run."""


class CrawlStore(Protocol):
    """What a crawl asks of the store: see jira_crawler.store, which has it."""

    @property
    def walks(self) -> HeldIssues: ...

    def unreadable(self, site: str) -> dict[str, str]:
        """Gives what could not be read of a site so far and has a key: the ids of these rejects, by key."""

    def forget(self, site: str, id_: str) -> None:
        """Takes out what could not be read, once it was."""

    def commit(self) -> None:
        """Makes durable what came so far, so that it counts."""
