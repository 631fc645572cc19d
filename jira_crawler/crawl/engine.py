"""What is to be asked next, what becomes of what came, and whether all of it came: a crawl without a network.

Whoever drives it asks the query of a task, hands over what came of it as a Reply, keeps the issues that this gives, and
puts the tasks that it gives into a frontier. Where nothing waits any more, the next phase of the proof is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from jira_crawler.crawl.attachments import Attachments, FileLimits
from jira_crawler.crawl.audit import Audit
from jira_crawler.crawl.completion import Completion
from jira_crawler.crawl.dark_search import DarkSearch
from jira_crawler.crawl.following import Following
from jira_crawler.crawl.handling import Effects, Handlers
from jira_crawler.crawl.isolation import Isolation
from jira_crawler.crawl.lead import Lead
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.plan import Plan
from jira_crawler.crawl.proof import Phase, Proof
from jira_crawler.crawl.reconciliation import Reconciliation
from jira_crawler.crawl.refresh import Refresh
from jira_crawler.crawl.remote_links import RemoteLinks
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.service_levels import ServiceLevels
from jira_crawler.crawl.session import Session, StopCrawl
from jira_crawler.crawl.single_issues import SingleIssues
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import AskServiceLevels, PollServiceLevels, RefreshIssue
from jira_crawler.crawl.traversal import Traversal
from jira_crawler.exceptions import CrawlerError
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.jira.page_size import PageSize


class CrawlEngine:
    """Knows the handler of each task, and the phases of the proof.

    `lead` is there where workers may share a crawl, `following` where a tracker may be followed after it.
    """

    def __init__(
        self,
        session: Session,
        handlers: Handlers,
        first: Callable[[], Iterable[Task]],
        proof: Proof,
        *,
        progressed: Callable[[Mapping[str, int]], None] = lambda watermarks: None,
        lead: Lead | None = None,
        following: Following | None = None,
        kept: Callable[[RawIssue], RawIssue] | None = None,
    ):
        self.session, self.handlers, self.proof = session, handlers, proof
        self.lead, self.following = lead, following
        self._kept = kept  # gives an issue that came with what we hold and is not to be seen in it
        self.progressed = progressed  # to be told the watermarks of the frontier whenever they may have moved
        self._first = first

    def start(self) -> Iterable[Task]:
        """Gives what is asked first; the lead of a fleet is told what that is."""
        self.proof.begin()
        return () if self.session.shared else self._first()

    def query(self, task: Task) -> Query:
        """Says what is asked for a task; raises ValueError for one that is not of this crawl."""
        try:
            return self.handlers[type(task)].query(task)
        except (LookupError, CrawlerError) as error:
            raise ValueError(f"{type(task).__name__}: {error}") from error

    def handle(self, task: Task, reply: Reply) -> Effects:
        """Gives what becomes of a reply: issues, further tasks, or that the task came to nothing.

        Raises StopCrawl where nothing else need be asked.
        """
        if reply.failure and reply.failure.last_word and not isinstance(task, RefreshIssue):
            raise StopCrawl(reply.failure.reason)
        effects = self.handlers[type(task)].handle(task, reply)
        if self._kept is None or isinstance(task, (PollServiceLevels, AskServiceLevels)):
            yield from effects
            return
        for effect in effects:
            yield self._kept(effect) if isinstance(effect, RawIssue) else effect

    def idle(self) -> Iterator[Task]:
        """Gives the tasks of the next phase of the proof; none when there is nothing left to prove, or to be proved.

        To be taken to the end: only then another process that takes over goes on behind this phase.
        """
        if self.following and self.following.has_begun:
            return self.following.go_on()
        return self.proof.go_on()


def jira_engine(
    session: Session,
    sizes: PageSize,
    *,
    window_issues: int,
    refines: bool,
    links: bool = False,
    files: FileLimits | None = None,
    overlay: str | None = None,
) -> CrawlEngine:
    """Puts together a crawl through the REST search, with at most so many issues in a window.

    `overlay` is where a second account asks for service levels, None where there is none.

    probe → count every project → list its windows, or only what changed since the last crawl → last pass over what
    changed meanwhile → with `links` and `files`, what hangs on the issues → count again → verify, where asked for or
    where the counts differ → refine what is only scraped.
    """
    listing, completion = Listing(session, sizes), Completion(session)
    singles = SingleIssues(listing, completion)
    dark = DarkSearch(listing, singles)
    plan = Plan(listing, window_issues)
    audit = Audit(listing, completion, singles)
    reconciliation = Reconciliation(listing, audit, refines=refines)
    refresh, levels = Refresh(audit), ServiceLevels(listing, overlay)
    remote_links = RemoteLinks(session, full=any(job.full for job in session.jobs.values()))
    attachments = Attachments(session, files or FileLimits())
    knowing = (
        *(plan, Traversal(listing, completion), completion, Isolation(listing, singles, dark), singles, dark),
        *(reconciliation, audit, refresh, levels, remote_links, attachments),
    )

    def phases() -> list[Phase]:
        verify = [Phase("verify", audit.verify)] if any(job.verify for job in session.jobs.values()) else []
        asked = [Phase("links", remote_links.begin, always=True), Phase("linked", remote_links.judge, always=True)]
        fetched = [Phase("files", attachments.begin, always=True), Phase("filed", attachments.prove, always=True)]
        return [
            # In any case: one bad issue must not keep the others from coming up to date.
            Phase("last_pass", reconciliation.last_pass, always=True),
            *(asked if links else ()),
            *(fetched if files else ()),
            Phase("recount", reconciliation.recount),
            Phase("judge", reconciliation.judge),
            *verify,
            Phase("refine_pending", reconciliation.refine_pending),
        ]

    proof = Proof(session, phases, reconciliation.finish)
    return CrawlEngine(
        session,
        {kind: handler for each in knowing for kind, handler in each.handlers().items()},
        lambda: [plan.probe()],
        proof,
        progressed=plan.progressed,
        lead=Lead(listing, plan, audit, reconciliation, proof),
        following=Following(listing, audit, reconciliation, refresh, levels),
        kept=levels.kept,
    )
