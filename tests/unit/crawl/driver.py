"""A whole crawl as a loop: a heap of tasks, a function that answers, the real store. No process, server or clock."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fake_jira.exchange import Request
from fake_jira.faults import fault_injection
from fake_jira.faults.switches import Fault
from fake_jira.options import Options
from fake_jira.server.application import Application
from jira_crawler import sites
from jira_crawler.crawl.attachments import FileLimits
from jira_crawler.crawl.engine import CrawlEngine, jira_engine
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.scope import CrawlScope, Job
from jira_crawler.crawl.session import CrawlState, GaveUp, Session, StopCrawl
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import decode, encode
from jira_crawler.extensions.issue_rows import row as as_row
from jira_crawler.feeds.attached import AttachedParts
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.items import RawIssue
from jira_crawler.refine.outcome import Rejected
from jira_crawler.trackers import answers, tracker
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.jira.page_size import PageSize
from tests.unit.assembled import assembled

URL = "http://127.0.0.1:9"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
CLOCK = (NOW + timedelta(minutes=1)).timestamp  # what happens there does so when the first crawl has begun
NOBODY = Reply(status=599, failure=Failure("nobody listens there"))
DEMO = CrawlScope(("DEMO",))
Answer = Callable[[Query], Reply]


class Tracker:
    """The sandbox's Jira behind a function, a bad issue and a hub that takes too long included."""

    def __init__(self, **options: Any) -> None:
        chosen = Options(**{"projects": ("DEMO",), "seed": 7, "clock": CLOCK} | options)
        self.jira = assembled(chosen, URL)
        self.application = Application(self.jira, chosen)

    def issues(self, project: str = "DEMO") -> list[Any]:
        """The issues of a project in the order in which they are listed."""
        there = [issue for issue in self.jira.corpus.by_id.values() if issue.project == project]
        return sorted(there, key=lambda issue: (issue.created, issue.number))

    def poison(self, **where: str) -> None:
        """Makes issues bad: `_12="dark"` that at place 12."""
        issues = self.issues()
        self.application.poison.names = {f"{issues[int(n[1:])].id}:{case}" for n, case in where.items()}

    def __call__(self, query: Query) -> Reply:
        """Answers as a tracker does through the steps of ours that ask again and give up."""
        parts = urlsplit(query.address)
        asked = parse_qs(parts.query, keep_blank_values=True)
        request = Request(query.method, unquote(parts.path), asked, query.body, headers=dict(query.headers))
        found = self.application._answer(request, Fault("none"), "")
        if bad := self.application.poison.draw(found, self.jira.corpus):
            if bad.name == "hang":
                return Reply(status=599, failure=Failure("no answer in time"))
            found = fault_injection.instead(bad, request, URL, self.application.faults.chance) or found
        if wrong := answers.trouble(found.status, found.content_type, found.body):
            return Reply(status=599, failure=Failure(wrong, reached=True))
        headers = {name.lower(): value for name, value in found.headers.items()}
        return Reply(status=found.status, body=found.body, headers=headers, seconds=0.2)


class Kept:
    """The store as a crawl knows it."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dataset.store, name)

    def attached_to(self, site: str, projects: Sequence[str], run: int) -> AttachedParts:
        return AttachedParts(self._dataset, site, projects, run)

    def commit(self) -> None:
        self._dataset.commit()


@dataclass
class Run:
    """One process' crawl of a tracker into a folder: what it asked, what came, what is missing and what it leaves."""

    answer: Answer
    folder: Path
    scope: CrawlScope = DEMO
    full: bool = False
    verify: str = ""
    window_issues: int = 5_000
    page: int = 500
    links: bool = False
    files: FileLimits | None = None
    payloads: bool = False  # whether what came is stored
    left: tuple[bytes, ...] = ()  # tasks of an earlier run, with its state
    seen: frozenset[str] = frozenset()
    state: CrawlState = field(default_factory=lambda: CrawlState(run=0))
    hour: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.dataset = Dataset(self.folder)
        now = NOW + timedelta(hours=self.hour)
        began = int(now.timestamp() * 1000)
        self.state.run = self.state.run or began
        jobs = {name: Job(name, full=self.full, verify=self.verify) for name in self.scope.projects}
        self.session = Session(
            sites.find(URL), self.state, Kept(self.dataset), scope=self.scope, jobs=jobs, began=began, clock=lambda: now
        )
        self.engine: CrawlEngine = jira_engine(
            self.session,
            PageSize(self.page, 1_000.0, 2**30),
            window_issues=self.window_issues,
            refines=False,
            links=self.links,
            files=self.files,
        )
        self.asked: list[Task] = []
        self.came: list[RawIssue] = []
        self.failed: list[tuple[Task, str]] = []
        self.stopped = ""
        self._known: set[str] = set(self.seen)
        self._heap: list[tuple[int, int, bytes]] = []
        self._number = 0
        for data in self.left:
            self._wait(decode(data))

    def crawl(self, most: int = 5_000) -> Run:
        """Crawls to the end, or until so many questions were asked, as if it were killed then."""
        try:
            for task in self.engine.start():
                self.push(task)
            while len(self.asked) < most and self._go_on(most):
                pass
        except StopCrawl as stop:
            self.session.findings.add(str(stop))
            self.stopped = str(stop)
        self.dataset.commit()
        self.rows = {row.id: row for rows in self.dataset.store.chunks(1_000) for row in rows}
        self.progress = self.dataset.store.progress.of(self.session.site.name, "DEMO")
        self.dataset.close()
        return self

    def _go_on(self, most: int) -> bool:
        while self._heap and len(self.asked) < most:
            self._deal_with(decode(heapq.heappop(self._heap)[2]))
        self.dataset.commit()
        if self._heap:
            return False
        proof = list(map(self.push, self.engine.idle()))
        return bool(proof)

    def _deal_with(self, task: Task) -> None:
        self.asked.append(task)
        for effect in self.engine.handle(task, self.answer(self.engine.query(task))):
            if isinstance(effect, Task):
                self.push(effect)
            elif isinstance(effect, GaveUp):
                self.failed.append((task, effect.sentence))
            else:
                self.keep(effect)

    def push(self, task: Task) -> None:
        assert decode(encode(task)) == task
        if task.identity is not None:
            if task.identity in self._known:
                return
            self._known.add(task.identity)
        self._wait(task)

    def _wait(self, task: Task) -> None:
        self._number += 1
        heapq.heappush(self._heap, (-task.priority, self._number, encode(task)))

    def keep(self, raw: RawIssue) -> None:
        """Puts an issue into the store as if it had been refined, which is not looked at here."""
        self.came.append(raw)
        row = as_row(raw, self.state.run, Rejected("Fetch", raw.failed))
        if raw.failed:
            self.dataset.record(row)
            return
        created = tracker(raw.dialect, URL).read_one(raw.payload).created
        payload = raw.payload if self.payloads else b"{}"
        self.dataset.record(replace(row, created=created, stage="WriteFeeds", reason="", payload=payload))

    @property
    def missing(self) -> list[str]:
        return self.session.findings.sentences

    @property
    def kinds(self) -> Counter[str]:
        return Counter(type(task).__name__ for task in self.asked)

    def resumed(self, **more: Any) -> Run:
        """The next process with the same frontier."""
        waiting = tuple(data for _, _, data in sorted(self._heap)) + tuple(encode(task) for task, _ in self.failed)
        found = {"scope": self.scope, "window_issues": self.window_issues, "page": self.page, "hour": self.hour + 1}
        found |= {"links": self.links, "files": self.files, "payloads": self.payloads}
        found |= {
            "answer": self.answer,
            "folder": self.folder,
            "left": waiting,
            "seen": frozenset(self._known),
            "state": self.state,
        }
        return Run(**found | more)
