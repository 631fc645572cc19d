"""One issue of which somebody said that it changed: it is fetched by its id, and what came is the truth.

What the word of it said is not looked at: whether it is there, deleted, moved or hidden by now, the tracker says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import structs

from jira_crawler.crawl.audit import GONE, Audit
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.tasks import RefreshIssue
from jira_crawler.exceptions import Unreadable
from jira_crawler.items import RawIssue
from jira_crawler.trackers import paging
from jira_crawler.trackers.contract import IssueStub, Query

# What became of an issue: it `came`; it is `gone`, and was here; it is of `another` project, or was never here; it
# `failed` to come, for which it may be to blame itself; or the tracker is `away`, or does not know us any more.
Outcome = Literal["came", "gone", "another", "failed", "away"]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of one issue, and when (epoch ms); `reason` where it did not come."""

    id: str
    outcome: Outcome
    at: int
    reason: str = ""


class Refresh:
    """Fetches issues by their id; what became of each waits in `results` for whoever asked."""

    def __init__(self, audit: Audit):
        self.audit, self.listing, self.completion = audit, audit.listing, audit.completion
        self.session = audit.session
        self.results: list[Refreshed] = []

    def handlers(self) -> Handlers:
        return {RefreshIssue: Handling(self.query, self.handle)}

    def ask(self, id_: str, *, deleted: bool = False, tries: int = 0) -> RefreshIssue:
        """Asks for an issue, in the dialect that the site speaks; `deleted` where it was said to be."""
        return RefreshIssue(dialect=self.session.state.dialect, id=id_, deleted=deleted, tries=tries)

    def query(self, task: RefreshIssue) -> Query:
        return self.listing.tracker(task.dialect).issue(task.witness or task.id, "*all")

    def handle(self, task: RefreshIssue, reply: Reply) -> Effects:
        """Gives on an issue that came, and takes one out that is gone.

        Whoever has lost their rights is told of every issue that it is not there. So what nobody said to be deleted is
        taken for gone only if another issue of its project, a witness, still comes.
        """
        if reply.failure and (reply.failure.last_word or not reply.failure.reached):
            self._note(task, "away", reply.failure.reason)
            return
        if reply.status == 401 and not reply.failure:
            self._note(task, "away", f"{self.session.site.url} does not know us any more (status 401)")
            return
        if reply.status in GONE and not reply.failure:
            yield from self._not_there(task, reply.status)
            return
        asked = task.witness or task.id
        try:
            issue = self.listing.tracker(task.dialect).read_one(reply.json_or_raise())
            if issue.id != asked:
                if task.tries + 1 < paging.TRIES:
                    yield structs.replace(task, tries=task.tries + 1)
                    return
                raise Unreadable(f"the tracker gives the issue {issue.id} instead")
        except Unreadable as error:
            self._note(task, "failed", str(error))
            return
        held = self.session.store.progress.project_of(self.session.site.name, task.id)
        if not task.witness:
            yield from self._came(task, issue, held or "")
        elif held is not None:
            self._remove(task, held, f"{GONE[task.status]} (status {task.status})")

    def _not_there(self, task: RefreshIssue, status: int) -> Effects:
        store, site = self.session.store.progress, self.session.site.name
        held = store.project_of(site, task.id)
        if held is None:
            self._note(task, "another", f"it is not there (status {status})")
        elif task.deleted and status in (404, 410):
            self._remove(task, held, f"{GONE[status]} (status {status})")
        elif not task.witness and (witness := store.witness(site, held, task.id)):
            yield structs.replace(task, witness=witness, status=status, tries=0)
        else:
            self._note(task, "failed", f"it is not there (status {status}), nor is any other issue of {held}")

    def _remove(self, task: RefreshIssue, project: str, reason: str) -> None:
        self.audit.remove(task.id, reason)
        self._note(task, "gone", reason)

    def _came(self, task: RefreshIssue, issue: IssueStub, before: str) -> Effects:
        now, wanted = issue.key.rpartition("-")[0].upper(), self.session.scope.projects
        if now not in wanted:
            if before in wanted:
                self._remove(task, before, f"moved to {issue.key}")
            else:
                self._note(task, "another", f"it is of {now or 'no project'}")
            return
        raw = self.completion.raw(issue, now, task.dialect)
        effect = self.completion.complete(raw, issue.cuts, issue.created)
        if isinstance(effect, RawIssue):
            self.session.state.listed += 1
        self._note(task, "came")
        yield effect

    def _note(self, task: RefreshIssue, outcome: Outcome, reason: str = "") -> None:
        self.results.append(Refreshed(task.id, outcome, self.session.milliseconds(), reason))
