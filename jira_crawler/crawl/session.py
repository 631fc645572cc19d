"""One run of a crawl: what it is about, what it has learned so far, and what is missing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import msgspec

from jira_crawler.crawl.reply import FileOutcome
from jira_crawler.crawl.scope import CrawlScope, Job
from jira_crawler.items import RawIssue
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

    def become(self, other: CrawlState) -> None:
        """Takes over all that another one says, for whoever holds this one."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(other, name))


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

    def clear(self) -> None:
        """Begins anew, with another round of a fleet."""
        self.sentences.clear()


class Certificate(msgspec.Struct):
    """What a run has proved of a project: the tracker's count and ours, and what a listing of ids has found."""

    counted: int | None = None
    held: int | None = None
    verified: dict[str, int] | None = None  # findings by kind; None where the ids were not listed


def the_beginning() -> datetime:
    """The clock of a session that is given none: it stands still at the beginning of time."""
    return datetime.fromtimestamp(0, UTC)


@dataclass
class Session:
    """What the collaborators of an engine share.

    `shared`: other workers ask the same questions; `beside`: others write into the same store, whatever they ask.
    """

    site: Site
    state: CrawlState
    store: CrawlStore
    shared: bool = False
    beside: bool = False
    scope: CrawlScope = field(default_factory=CrawlScope)
    jobs: dict[str, Job] = field(default_factory=dict)  # by project
    findings: Findings = field(default_factory=Findings)
    listing_began: dict[str, int] = field(default_factory=dict)  # in ms, of projects that are listed from the beginning
    certificates: dict[str, Certificate] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)  # issues by project, as counted before the listing
    truncated: Counter[str] = field(default_factory=Counter)  # lists that stayed cut, by the part of the issue
    began: int = 0  # when this process began, in epoch ms
    clock: Callable[[], datetime] = the_beginning

    def forget(self) -> None:
        """Begins anew, with another round of a fleet; what was cut short stays told."""
        self.findings.clear()
        self.counted.clear()
        self.listing_began.clear()
        self.certificates.clear()

    @property
    def number(self) -> int:
        """What tells this process' questions from those of another; a fleet asks them once together."""
        return self.state.run if self.shared else self.began

    @property
    def attached(self) -> AttachedStore:
        """What is known of what hangs on the issues that this crawl is about."""
        run = 0 if self.scope.whole_projects else self.state.run
        return self.store.attached_to(self.site.name, self.scope.projects, run)

    def milliseconds(self) -> int:
        """The time, in epoch ms."""
        return int(self.clock().timestamp() * 1000)

    def give_up(self, sentence: str) -> GaveUp:
        """Notes something that is missing; the task that asked for it is kept for the next run to try again."""
        self.findings.add(sentence)
        return GaveUp(printable(sentence))

    def certificate(self, project: str) -> Certificate:
        return self.certificates.setdefault(project, Certificate())


class Progress(Protocol):
    """How far a project is listed, in epoch ms; see the store's table `listing_progress`."""

    @property
    def began(self) -> int: ...
    @property
    def watermark(self) -> int | None: ...
    @property
    def finished(self) -> int | None: ...
    @property
    def is_complete(self) -> bool: ...


class ListingStore(Protocol):
    """What the store knows of what has been listed."""

    def of(self, site: str, project: str) -> Progress | None: ...
    def save(self, site: str, project: str, **progress: int | None) -> None: ...
    def held(self, site: str, project: str, before: int) -> int: ...
    def listed(self, site: str, project: str, run: int, before: int) -> int: ...
    def verify(self, site: str, project: str, ids: Sequence[str], run: int) -> list[str]: ...
    def unverified(self, site: str, project: str, run: int) -> Iterator[tuple[str, str]]: ...
    def project_of(self, site: str, id_: str) -> str | None: ...
    def updated(self, site: str, ids: Sequence[str]) -> dict[str, int]: ...
    def witness(self, site: str, project: str, but: Sequence[str], verified: int = 0) -> str | None: ...
    def is_removed(self, site: str, ids: Sequence[str]) -> set[str]: ...
    def remove(self, site: str, id_: str, reason: str, at: int = 0, run: int = 0) -> None: ...


class TrapStore(Protocol):
    """What the store knows of the minutes in which there are bad issues."""

    def of(self, site: str, project: str) -> dict[int, bool]: ...
    def save(self, site: str, project: str, minute: int, run: int, *, lacking: bool) -> None: ...
    def prune(self, site: str, project: str, run: int, *, everything: bool) -> None: ...


class StoredIssue(Protocol):
    """An issue that the store holds."""

    def raw_issue(self) -> RawIssue: ...


class IssueWithLinks(Protocol):
    """An issue that is stored; `since` is when it was fetched first as it is now (ms)."""

    @property
    def id(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def project(self) -> str: ...
    @property
    def dialect(self) -> str: ...
    @property
    def since(self) -> int: ...


class KnownFile(NamedTuple):
    """What became of a file earlier; `is_there`: it is stored, and lies where it should."""

    state: str
    size: int
    path: str
    is_there: bool


class IssueWithFiles(NamedTuple):
    """An issue that is stored, with what is known of its files by their ids."""

    id: str
    key: str
    project: str
    dialect: str
    payload: bytes
    known: Mapping[str, KnownFile]


class AttachedStore(Protocol):
    """What the store knows of what hangs on the issues of a crawl, and takes in with the next commit."""

    def without_links(self, after: str, before: int, limit: int) -> Sequence[IssueWithLinks]:
        """Gives issues behind one by id whose links are not known as they are now, or since before a time (ms)."""

    def with_files(self, after: str, limit: int) -> Sequence[IssueWithFiles]:
        """Gives the issues behind one by id."""

    def keep_links(self, issue: str, links: bytes, at: int) -> None: ...
    def keep_file(self, issue: str, id_: str, outcome: FileOutcome, at: int) -> None: ...

    def clear(self) -> None:
        """Deletes the files that are to leave."""

    def clear_parts(self) -> None:
        """Deletes what is begun of files, where nothing waits for it any more."""


class CrawlStore(Protocol):
    """What a crawl asks of the store: see jira_crawler.store, which has it. Nothing is durable before `commit`."""

    @property
    def progress(self) -> ListingStore: ...
    @property
    def traps(self) -> TrapStore: ...
    def unreadable(self, site: str) -> dict[str, str]: ...
    def raw_issues(self, site: str, ids: Collection[str]) -> Iterable[RawIssue]: ...
    def service_levels(self, site: str) -> list[str]: ...
    def overlaid(self, site: str) -> list[str]: ...
    def forget(self, site: str, id_: str) -> None: ...
    def unrefined(self, projects: Collection[str]) -> Iterable[StoredIssue]: ...
    def orphans(self) -> Iterable[StoredIssue]: ...
    def attached_to(self, site: str, projects: Sequence[str], run: int) -> AttachedStore: ...
    def commit(self) -> None: ...
