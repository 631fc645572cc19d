"""A tracker that is followed, without a process, a server or a clock that anybody waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jira_crawler.crawl.following import Following, Pass
from jira_crawler.crawl.refresh import Refreshed
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.scope import CrawlScope
from jira_crawler.crawl.session import StopCrawl
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import FetchPage, decode
from jira_crawler.extensions.issue_rows import row as as_row
from jira_crawler.items import RawIssue
from jira_crawler.refine.outcome import Rejected
from jira_crawler.store.rows import REMOVED
from jira_crawler.trackers import tracker
from jira_crawler.trackers.contract import Query
from tests.unit.crawl.driver import DEMO, NOW, URL, Run, Tracker


@dataclass
class World:
    """A tracker, its clock (which may be `behind` ours by some seconds), and whatever comes in the way of answers."""

    options: dict[str, Any]
    behind: float = 0.0
    now: datetime = NOW
    instead: Callable[[Query], Reply | None] = lambda _: None
    asked: list[Query] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tracker = Tracker(**{"clock": lambda: self.now.timestamp() - self.behind} | self.options)

    def __call__(self, query: Query) -> Reply:
        self.asked.append(query)
        self.now += timedelta(milliseconds=10)
        return self.instead(query) or self.tracker(query)

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def edit(self, kind: str, issue: str | None = None, project: str = "") -> str:
        """Something that people do; gives the id of the issue."""
        self.later(seconds=1)
        return str(self.tracker.application.edits.one(kind, issue, project).id)

    def ids(self, *projects: str) -> set[str]:
        corpus = self.tracker.jira.corpus
        there = [issue for issue in corpus.by_id.values() if issue.state == "present"]
        return {str(issue.id) for issue in there if issue.project in (projects or ("DEMO",))}

    def first(self) -> str:
        """An issue without a family, so that it can be moved or deleted by itself."""
        return min(self.alone(), key=int)

    def alone(self) -> list[str]:
        return [
            str(issue.id)
            for issue in self.tracker.issues()
            if b'"subtasks":[]' in issue.fields.replace(b" ", b"") and b'"parent"' not in issue.fields
        ]


class Follower(Run):
    """A crawl that has come to its end and goes on as a live one does."""

    def __init__(self, world: World, folder: Path, scope: CrawlScope = DEMO, **more: Any):
        super().__init__(world, folder, scope, **more)
        self.world = world
        self.session.clock = lambda: world.now
        self.session.began = self.state.run = int(world.now.timestamp() * 1000)
        assert self.engine.following
        self.following: Following = self.engine.following

    def crawled(self) -> Follower:
        """Crawls to the end, and leaves the folder open."""
        for task in self.engine.start():
            self.push(task)
        while self._go_on(100_000):
            pass
        assert self.missing == []
        self.came.clear()
        return self

    def listed(self, kind: Pass) -> list[str]:
        """Makes a pass; gives the ids of what came of it, in order."""
        self.world.later(seconds=30)
        before = len(self.came)
        self._ask(self.following.begin(kind))
        while self.following.under_way:
            self.dataset.commit()
            self._ask(self.following.go_on())
        self.dataset.commit()
        return [raw.id for raw in self.came[before:]]

    def refreshed(self, *ids: str, deleted: bool = False) -> list[Refreshed]:
        """Asks for issues that are said to have changed; gives what became of them."""
        self.world.later(seconds=1)
        self._ask([self.following.refresh.ask(id_, deleted=deleted) for id_ in ids])
        self.dataset.commit()
        found, self.following.refresh.results = self.following.refresh.results, []
        return found

    def outcomes(self, *ids: str, deleted: bool = False) -> list[str]:
        return [each.outcome for each in self.refreshed(*ids, deleted=deleted)]

    def _ask(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self.push(task)
        try:
            while self._heap:
                self._deal_with(decode(self._heap.pop(0)[2]))
        except StopCrawl as stop:
            self.following.broke_off(str(stop))
            self._heap.clear()

    def _deal_with(self, task: Task) -> None:
        self.asked.append(task)
        effects = self.engine.handle(task, self.answer(self.engine.query(task)))
        if isinstance(task, FetchPage) and self.following.has_begun:
            effects = self.following.unknown(effects)
        for effect in effects:
            if isinstance(effect, Task):
                self.push(effect)
            elif isinstance(effect, RawIssue):
                self.keep(effect)
            else:
                self.failed.append((task, effect.sentence))

    def keep(self, raw: RawIssue) -> None:
        self.came.append(raw)
        row = as_row(raw, self.state.run, Rejected("Fetch", raw.failed))
        speaks = tracker(raw.dialect, URL)
        if not raw.failed and (head := speaks.read_head(raw)):
            row = replace(row, created=head.created, updated=head.updated, key=head.key, stage="WriteFeeds", reason="")
        self.dataset.record(row)

    # --- what is here

    def rows(self) -> dict[str, Any]:  # type: ignore[override]
        found = (row for rows in self.dataset.store.chunks(1_000) for row in rows)
        return {row.id: row for row in found if row.stage != REMOVED}

    def ids(self, *projects: str) -> set[str]:
        return {id_ for id_, row in self.rows().items() if not projects or row.crawled_project in projects}

    def stale(self) -> set[str]:
        """The issues of which we hold another time of their last edit than the tracker has."""
        held = {id_: row.updated for id_, row in self.rows().items()}
        by_id = self.world.tracker.jira.corpus.by_id
        return {id_ for id_, updated in held.items() if int(id_) in by_id and by_id[int(id_)].updated != updated}

    def finished(self, project: str = "DEMO") -> int:
        progress = self.dataset.store.progress.of(self.session.site.name, project)
        assert progress
        return progress.finished or 0

    def as_there(self, *projects: str) -> None:
        """All that there is is here, as it is there, and nothing else."""
        assert self.ids() == self.world.ids(*(projects or self.scope.projects))
        assert self.stale() == set()


def at(when: int) -> datetime:
    return datetime.fromtimestamp(when / 1000, UTC)
