"""What happens before a crawl may call itself complete: a last pass over what changed meanwhile, and a second count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jira_crawler.crawl.audit import Audit
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import StoredIssue
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import Recount, RefinePending
from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import paging
from jira_crawler.trackers.contract import Query, Window


class Reconciliation:
    """Compares what is held of each project with what the tracker counts.

    `unproved` are the projects of which it counted more, with that count and the time (ms) that it was about. Where a
    tracker is followed, `explained` says by how many we hold more than it counts, and rightly so; another difference
    is found out, too. None where nobody asks what is here and not there any more.
    """

    explained: Mapping[str, int] | None = None

    def __init__(self, listing: Listing, audit: Audit, *, refines: bool):
        self.listing, self.audit, self.refines = listing, audit, refines
        self.session = listing.session
        self.unproved: dict[str, tuple[int, int]] = {}
        self._counts: dict[str, tuple[int, int]] = {}  # as the tracker counted last, and before when (ms)

    def handlers(self) -> Handlers:
        return {
            Recount: Handling(self.query, self.handle),
            RefinePending: Handling(self.query_nobody, self.handle_pending),
        }

    # --- phases

    def last_pass(self) -> Iterator[Task]:
        """Lists again what was edited, created or moved while the listing went on."""
        for project, began in self.session.listing_began.items():
            yield from self.listing.changed(project, began, self.session.state.dialect)

    def recount(self) -> Iterator[Task]:
        """Asks for the number of issues older than this crawl: those that came later may or may not be listed."""
        session = self.session
        if session.scope.limit:
            return
        # A clock may have begun at 1970.
        before = paging.floor_minute(session.state.run) or paging.floor_minute(session.number)
        for project in session.counted:
            yield Recount(project=project, dialect=session.state.dialect, filter=session.scope.filter, before=before)

    def judge(self) -> Iterator[Task]:
        """Says what is missing even after every id was listed, less what turned out to be gone; asks for nothing."""
        for project, (count, before) in self.unproved.items() if self.session.scope.whole_projects else ():
            gone = (self.session.certificate(project).verified or {}).get("deleted_or_hidden", 0)
            if (missing := self._lacks(project, count, before) - gone) > 0:
                url = self.session.site.url
                self.session.findings.add(
                    f"{missing} of the {count} issues of {project} that {url} counts did not come."
                )
        yield from ()

    def refine_pending(self) -> Iterator[Task]:
        """Sends issues on again that were only scraped so far, or dropped for a changed twin."""
        if self.refines and next(self._pending(), None):
            yield RefinePending()

    def finish(self) -> None:
        """Notes how far the dataset is up to date, so that the next run need only ask for what changed since."""
        session = self.session
        if not self.listing.trapped.issuperset(session.findings.sentences):
            return  # but bad issues, which are asked for by themselves until they come
        for project in session.counted if session.scope.whole_projects else ():
            if session.jobs[project].verify == "only":
                continue
            began = session.listing_began.get(project, session.state.clock or session.state.run)
            session.store.progress.save(session.site.name, project, began=began, watermark=None, finished=began)
            everything = project in session.listing_began
            session.store.traps.prune(session.site.name, project, session.number, everything=everything)

    # --- tasks

    def query(self, task: Recount) -> Query:
        return self.listing.tracker(task.dialect).count(Window(task.project, task.filter, end=task.before))

    def handle(self, task: Recount, reply: Reply) -> Effects:
        """Compares two counts; where the tracker's is higher, every id is listed to find out which issues it means."""
        project = task.project
        try:
            if reply.failure:
                raise Unreadable(reply.failure.reason)
            if reply.status != 200:
                raise Unreadable(self.listing.refusal(reply, project))
            count = self.listing.tracker(task.dialect).read_count(reply.body)
        except Unreadable as error:
            self.session.findings.add(f"{project} was listed, but not proved complete: {error}.")
            return
        lacks = self._lacks(project, count, task.before)
        if lacks:
            self.unproved[project] = count, task.before
        self._counts[project] = count, task.before
        if lacks or (self.explained is not None and self.surplus(project) != self.explained.get(project, 0)):
            yield self.audit.begin(project)

    def surplus(self, project: str) -> int | None:
        """Says by how many issues we hold more of a project by now than the tracker counted; None if it did not."""
        if project not in self._counts:
            return None
        count, before = self._counts[project]
        return self.session.store.progress.held(self.session.site.name, project, before) - count

    def _lacks(self, project: str, count: int, before: int) -> int:
        """Gives by how many issues we hold fewer than the tracker counts, 0 where its count may be off by as many."""
        session, store = self.session, self.session.store.progress
        if session.scope.whole_projects:
            held = store.held(session.site.name, project, before)
        else:
            held = store.listed(session.site.name, project, session.state.run, before)
        certificate = session.certificate(project)
        certificate.counted, certificate.held = count, held
        tolerance = self.listing.tracker(session.state.dialect).tolerance
        return count - held if count - held > tolerance * count else 0

    def query_nobody(self, _: RefinePending) -> Query:
        return Query(self.session.site.url)

    def handle_pending(self, _: RefinePending, __: Reply) -> Effects:
        for stored in self._pending():
            yield stored.raw_issue()

    def _pending(self) -> Iterator[StoredIssue]:
        yield from self.session.store.unrefined(self.session.counted)
        yield from self.session.store.orphans()
