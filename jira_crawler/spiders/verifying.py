"""Accounts for every difference between what the tracker lists and what we hold, issue by issue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLEETING
from jira_crawler.spiders.completing import Output
from jira_crawler.spiders.proving import Proving
from jira_crawler.store.rows import UNREADABLE
from jira_crawler.trackers import walk
from jira_crawler.trackers.contract import Cursor, IssueStub, Window

# Ids are light: Server clips to its own limit, Cloud allows 5,000.
IDS = 1_000
FEW = 10
GONE = {401: "hidden from this visitor", 403: "hidden from this visitor", 404: "deleted or hidden", 410: "deleted"}


class Verifying(Proving):
    """A spider that lists ids only, fetches what it lacks and asks after what is not listed any more.

    Nothing is removed because a listing that itself failed did not name it.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.lacking: set[str] = set()

    def account_for(self, project: str) -> Iterator[Request]:
        """Begins to list the ids of a project."""
        self.note(project)
        yield self.ids(Window(project, self.wanted.filter), Cursor(), self.state["dialect"])

    def ids(self, slice_: Window, at: Cursor, dialect: str) -> Request:
        kept = {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect}
        return self.ask(self.tracker(dialect).listing(slice_, at, IDS), self.ids_came, {FLEETING: True}, **kept)

    def ids_came(self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str) -> Output:
        """Fetches the issues of a listing that we do not hold; at its proven end asks after those it does not name."""
        walked, position, speaks = msgspec.convert(slice_, Window), msgspec.convert(at, Cursor), self.tracker(dialect)
        try:
            if why := self.missing(response):
                raise Unreadable(why)
            if response.status != 200:
                raise Unreadable(self.refusal(response, walked.project))
            page = speaks.read_page(response.body)
        except Unreadable as error:
            self.fault(f"The ids of {walked.project} were not listed to the end: {error}.")
            return
        step = self.step(walked, position, page, dialect)
        by_id = {issue.id: issue for issue in step.fresh if issue.id}
        lacking = self.dataset.store.walks.verify(self.site.name, walked.project, list(by_id), self.run)
        self.lacking.update(lacking)
        if lacking:
            self.note(walked.project, "missed", len(lacking))
        yield from self.fetch([by_id[id_] for id_ in lacking], walked, dialect)
        self.note(walked.project, "listed", len(by_id))
        if step.onward:
            yield self.ids(walked, step.onward, dialect)
        elif step.wrong:
            self.fault(f"The ids of {walked.project} were not listed to the end: {step.wrong}.")
        elif self.whole_projects:
            for id_, key in self.dataset.store.walks.unverified(self.site.name, walked.project, self.run):
                if id_.startswith(UNREADABLE):  # there is nothing that it could be asked after by
                    self.note(walked.project, "unreadable")
                elif id_ not in self.lacking:
                    yield self.look(IssueStub(id_, key, 0, b""), walked.project, dialect, listed=False)

    def fetch(self, issues: list[IssueStub], slice_: Window, dialect: str) -> Iterator[Request]:
        """Asks for missed issues: one by one if they are few, else by walking the time in which they were created."""
        times = [issue.created for issue in issues if issue.created]
        if len(issues) > FEW and times:
            between = replace(slice_, start=min(times), end=max(times) + 1)
            yield self.next_page(between, Cursor(), dialect)
            issues = [issue for issue in issues if not issue.created]
        for issue in issues:
            yield self.look(issue, slice_.project, dialect, listed=True)

    def look(self, issue: IssueStub, project: str, dialect: str, listed: bool, tries: int = 0) -> Request:
        kept: dict[str, Any] = {"id_": issue.id, "key": issue.key, "project": project, "dialect": dialect}
        kept |= {"listed": listed, "tries": tries}
        return self.ask(self.tracker(dialect).issue(issue.id, "*all"), self.looked, {FLEETING: True}, **kept)

    def looked(
        self, response: Response, id_: str, key: str, project: str, dialect: str, listed: bool, tries: int = 0
    ) -> Output:
        """Takes an issue in, or finds out why the listing did not name it."""
        if response.status in GONE and not self.missing(response):
            self.removed(project, id_, f"{GONE[response.status]} (status {response.status})", "deleted_or_hidden")
            return
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            issue = self.tracker(dialect).read_one(response.body)
            if issue.id != id_:
                if tries + 1 < walk.TRIES:
                    yield self.look(IssueStub(id_, key, 0, b""), project, dialect, listed, tries + 1)
                    return
                raise Unreadable(f"the tracker gives the issue {issue.id} instead")
        except Unreadable as error:
            if listed:
                yield self.alone(IssueStub(id_, key, 0, b""), project, dialect, 0)
            else:
                self.fault(f"{key or id_} is not listed any more, and the tracker does not say why: {error}.")
            return
        now = issue.key.rpartition("-")[0].upper()
        if not listed and issue.key != key and now not in self.wanted.projects:
            self.removed(project, id_, f"moved to {issue.key}", "moved")
            return
        if not listed:
            self.note(project, "moved" if issue.key != key else "archived_or_unlisted")
        if stale := self.dataset.store.unreadable(self.site.name).get(issue.key):
            self.dataset.store.forget(self.site.name, stale)  # where its id could not be read, but it can now
        home = now if now in self.wanted.projects else project
        yield self.whole(self.raw(issue, home, dialect), issue.cuts, issue.created)

    def removed(self, project: str, id_: str, reason: str, kind: str) -> None:
        """Takes an issue out of the dataset."""
        self.note(project, kind)
        self.dataset.commit()  # what waits may be this very issue
        self.dataset.store.walks.remove(self.site.name, id_, reason, at=int(time.time() * 1000) if self.shared else 0)

    def note(self, project: str, kind: str = "", n: int = 1) -> None:
        """Counts a finding for the report's certificate."""
        certificate = dict(self.crawler.stats.get_value(f"verified/{project}", {}))
        if kind:
            certificate[kind] = certificate.get(kind, 0) + n
        self.crawler.stats.set_value(f"verified/{project}", certificate)
