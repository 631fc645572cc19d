"""Accounts for every difference between what the tracker lists and what we hold, issue by issue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from jira_crawler.crawl.completion import Completion
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.single_issues import SingleIssues
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import CheckIssue, ListIds
from jira_crawler.exceptions import Unreadable
from jira_crawler.items import UNREADABLE
from jira_crawler.trackers import paging
from jira_crawler.trackers.contract import Cursor, IssueStub, Query, Window

# Ids are light: Server clips to its own limit, Cloud allows 5,000.
IDS = 1_000
FEW = 10
GONE = {401: "hidden from this visitor", 403: "hidden from this visitor", 404: "deleted or hidden", 410: "deleted"}


class Audit:
    """Lists ids only, fetches what we lack and asks after what is not listed any more.

    Nothing is removed because a listing that itself failed did not name it. `doubt` gives what is asked before an issue
    that is not there is taken for gone; None where its word is enough.
    """

    doubt: Callable[[CheckIssue, int], Effects] | None = None

    def __init__(self, listing: Listing, completion: Completion, singles: SingleIssues):
        self.listing, self.completion, self.singles = listing, completion, singles
        self.session = listing.session
        self.lacking: set[str] = set()
        self.unlisted: dict[str, str] = {}  # the keys of issues that a listing did not name, by their ids
        self.removed: set[str] = set()  # the ids of what was taken out

    def forget(self) -> None:
        """Begins anew, with another pass."""
        self.lacking.clear()
        self.unlisted.clear()
        self.removed.clear()

    def handlers(self) -> Handlers:
        return {
            ListIds: Handling(self.query_ids, self.handle_ids),
            CheckIssue: Handling(self.query_issue, self.handle_issue),
        }

    # --- ids

    def verify(self) -> Iterator[Task]:
        """Begins with the projects for which that was asked, unless it is done."""
        for project in self.session.counted:
            if self.session.jobs[project].verify and self.session.certificate(project).verified is None:
                yield self.begin(project)

    def begin(self, project: str) -> ListIds:
        """Begins to list the ids of a project."""
        self.note(project)
        return self._ids(Window(project, self.session.scope.filter), Cursor(), self.session.state.dialect)

    def _ids(self, window: Window, at: Cursor, dialect: str) -> ListIds:
        return ListIds(project=window.project, dialect=dialect, window=window, cursor=at)

    def query_ids(self, task: ListIds) -> Query:
        return self.listing.tracker(task.dialect).listing(task.window, task.cursor, IDS)

    def handle_ids(self, task: ListIds, reply: Reply) -> Effects:
        """Fetches the issues of a listing that we do not hold; at its proven end asks after those it does not name."""
        window, dialect, session = task.window, task.dialect, self.session
        project, store = window.project, session.store.progress
        try:
            if reply.failure:
                raise Unreadable(reply.failure.reason)
            if reply.status != 200:
                raise Unreadable(self.listing.refusal(reply, project))
            page = self.listing.tracker(dialect).read_page(reply.body)
        except Unreadable as error:
            session.findings.add(f"The ids of {project} were not listed to the end: {error}.")
            return
        step = self.listing.step(window, task.cursor, page, dialect)
        by_id = {issue.id: issue for issue in step.fresh if issue.id}
        lacking = store.verify(session.site.name, project, list(by_id), session.state.run)
        self.lacking.update(lacking)
        if lacking:
            self.note(project, "missed", len(lacking))
        yield from self._fetch([by_id[id_] for id_ in lacking], window, dialect)
        self.note(project, "listed", len(by_id))
        if step.onward:
            yield self._ids(window, step.onward, dialect)
        elif step.wrong:
            session.findings.add(f"The ids of {project} were not listed to the end: {step.wrong}.")
        elif session.scope.whole_projects:
            gone = list(store.unverified(session.site.name, project, session.state.run))
            if gone and self.doubt and not store.witness(session.site.name, project, (), session.state.run):
                said = f"{session.site.url} lists none of the {len(gone)} issues of {project} that are here any more"
                session.findings.add(f"{said}: none is taken out.")
                return
            self.unlisted |= dict(gone)
            for id_, key in gone:
                if id_.startswith(UNREADABLE):  # there is nothing that it could be asked after by
                    self.note(project, "unreadable")
                elif id_ not in self.lacking:
                    yield self._check(id_, key, project, dialect, listed=False)

    def _fetch(self, issues: list[IssueStub], window: Window, dialect: str) -> Iterator[Task]:
        """Asks for missed issues: one by one if they are few, else by listing the time in which they were created."""
        times = [issue.created for issue in issues if issue.created]
        if len(issues) > FEW and times:
            between = replace(window, start=min(times), end=max(times) + 1)
            yield self.listing.next_page(between, Cursor(), dialect)
            issues = [issue for issue in issues if not issue.created]
        for issue in issues:
            yield self._check(issue.id, issue.key, window.project, dialect, listed=True)

    # --- one issue

    def _check(self, id_: str, key: str, project: str, dialect: str, *, listed: bool, tries: int = 0) -> CheckIssue:
        return CheckIssue(project=project, dialect=dialect, id=id_, key=key, listed=listed, tries=tries)

    def query_issue(self, task: CheckIssue) -> Query:
        return self.listing.tracker(task.dialect).issue(task.id, "*all")

    def handle_issue(self, task: CheckIssue, reply: Reply) -> Effects:
        """Takes an issue in, or finds out why the listing did not name it."""
        project, dialect, listed = task.project, task.dialect, task.listed
        if reply.status in GONE and not reply.failure:
            if self.doubt and not listed:
                yield from self.doubt(task, reply.status)
                return
            self._removed(task, f"{GONE[reply.status]} (status {reply.status})", "deleted_or_hidden")
            return
        try:
            issue = self.listing.tracker(dialect).read_one(reply.json_or_raise())
            if issue.id != task.id:
                if task.tries + 1 < paging.TRIES:
                    yield self._check(task.id, task.key, project, dialect, listed=listed, tries=task.tries + 1)
                    return
                raise Unreadable(f"the tracker gives the issue {issue.id} instead")
        except Unreadable as error:
            if listed:
                yield self.singles.fetch(IssueStub(task.id, task.key, 0, b""), project, dialect, 0)
            else:
                name = task.key or task.id
                said = f"{name} is not listed any more, and the tracker does not say why: {error}."
                self.session.findings.add(said)
            return
        now, wanted = issue.key.rpartition("-")[0].upper(), self.session.scope.projects
        if not listed and issue.key != task.key and now not in wanted:
            self._removed(task, f"moved to {issue.key}", "moved")
            return
        if not listed:
            self.note(project, "moved" if issue.key != task.key else "archived_or_unlisted")
        store, site = self.session.store, self.session.site.name
        if stale := store.unreadable(site).get(issue.key):
            store.forget(site, stale)  # where its id could not be read, but it can now
        home = now if now in wanted else project
        yield self.completion.complete(self.completion.raw(issue, home, dialect), issue.cuts, issue.created)

    def _removed(self, task: CheckIssue, reason: str, kind: str) -> None:
        self.note(task.project, kind)
        self.remove(task.id, reason)

    def remove(self, id_: str, reason: str) -> None:
        """Takes an issue out of the dataset."""
        session, store = self.session, self.session.store
        at = session.milliseconds() if session.shared or session.beside else 0
        self.removed.add(id_)
        store.commit()  # what waits may be this very issue
        store.progress.remove(self.session.site.name, id_, reason, at=at, run=self.session.state.run)

    def note(self, project: str, kind: str = "", n: int = 1) -> None:
        """Counts a finding for the report's certificate."""
        certificate = self.session.certificate(project)
        found = certificate.verified = certificate.verified or {}
        if kind:
            found[kind] = found.get(kind, 0) + n
