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

WITNESSES = 3  # that are asked for before nothing of a project is taken to be shown to us

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

    def ask(self, id_: str, *, deleted: bool = False, census: bool = False) -> RefreshIssue:
        """Asks for an issue, in the dialect that the site speaks; `deleted` where it was said to be.

        What becomes of one that a pass asks for (`census`) is no result: where it is not known, that is a finding.
        """
        return RefreshIssue(dialect=self.session.state.dialect, id=id_, deleted=deleted, census=census)

    def query(self, task: RefreshIssue) -> Query:
        return self.listing.tracker(task.dialect).issue(_asked(task), "*all")

    def handle(self, task: RefreshIssue, reply: Reply) -> Effects:
        """Gives on an issue that came, and takes one out that is gone.

        Whoever has lost their rights is told of every issue that it is not there, or that they have no right to see it.
        So an issue is taken for gone only if another one of its project, a witness, still comes.
        """
        if reply.failure and (reply.failure.last_word or not reply.failure.reached):
            self._note(task, "away", reply.failure.reason)
            return
        if reply.status in GONE and not reply.failure:
            yield from self.not_there(task, reply.status)
            return
        asked = _asked(task)
        try:
            issue = self.listing.tracker(task.dialect).read_one(reply.json_or_raise())
            if issue.id != asked:
                if task.tries + 1 < paging.TRIES:
                    yield structs.replace(task, tries=task.tries + 1)
                    return
                raise Unreadable(f"the tracker gives the issue {issue.id} instead")
            if not issue.key:
                raise Unreadable("the tracker gives an issue without a key")
        except Unreadable as error:
            self._note(task, "failed", str(error))
            return
        held = self.session.store.progress.project_of(self.session.site.name, task.id)
        if not task.witnesses:
            yield from self._came(task, issue, held or "")
        elif held is not None:
            self._remove(task, f"{GONE[task.status]} (status {task.status})")
        else:
            self._note(task, "another", f"it is not there (status {task.status})")

    def not_there(self, task: RefreshIssue, status: int) -> Effects:
        """Asks for a witness; where there is none, or none that comes, nothing is known of the issue."""
        store, site = self.session.store.progress, self.session.site.name
        held = store.project_of(site, task.id)
        first = task.status or status
        if held is None and first != 401:
            self._note(task, "another", f"it is not there (status {first})")
            return
        if status != 401 or not task.witnesses:  # the answer to a witness says who we are taken for
            verified = self.session.state.run if task.census else 0
            if witness := self._witness(task, held, verified):
                yield structs.replace(task, witnesses=(*task.witnesses, witness), status=first, tries=0)
                return
        if status == 401:
            self._note(task, "away", f"{self.session.site.url} does not know us any more (status 401)")
        elif task.deleted and not task.witnesses and first in (404, 410):  # the last one of its project
            self._remove(task, f"{GONE[first]} (status {first})")
        else:
            self._note(task, "failed", f"it is not there (status {first}), nor is any other issue of {held}")

    def _witness(self, task: RefreshIssue, held: str | None, verified: int) -> str | None:
        if len(task.witnesses) == WITNESSES:
            return None
        projects = self.session.scope.projects if held is None else (held,)
        but, site = (task.id, *task.witnesses), self.session.site.name
        found = (self.session.store.progress.witness(site, project, but, verified) for project in projects)
        return next(filter(None, found), None)

    def _remove(self, task: RefreshIssue, reason: str) -> None:
        self.audit.remove(task.id, reason)
        self._note(task, "gone", reason)

    def _came(self, task: RefreshIssue, issue: IssueStub, before: str) -> Effects:
        now, wanted = issue.key.rpartition("-")[0].upper(), self.session.scope.projects
        if now not in wanted:
            if before in wanted:
                self._remove(task, f"moved to {issue.key}")
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
        if not task.census:
            self.results.append(Refreshed(task.id, outcome, self.session.milliseconds(), reason))
        elif outcome in ("failed", "away"):
            self.session.findings.add(f"What became of the issue with the id {task.id} is not known: {reason}.")


def _asked(task: RefreshIssue) -> str:
    return task.witnesses[-1] if task.witnesses else task.id
