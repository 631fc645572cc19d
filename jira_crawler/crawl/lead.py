"""How the lead of a fleet takes up what it is given in the middle of a crawl, or what another lead began."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from jira_crawler.crawl.audit import Audit
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.plan import Plan
from jira_crawler.crawl.proof import Proof
from jira_crawler.crawl.reconciliation import Reconciliation
from jira_crawler.crawl.scope import Job
from jira_crawler.crawl.session import CrawlState
from jira_crawler.crawl.task import Task


class Lead:
    """One round of a fleet after the other: from the first job that it is given to the end of the proof."""

    def __init__(self, listing: Listing, plan: Plan, audit: Audit, reconciliation: Reconciliation, proof: Proof):
        self.listing, self.plan, self.audit = listing, plan, audit
        self.reconciliation, self.proof, self.session = reconciliation, proof, listing.session

    @property
    def jobs(self) -> dict[str, Job]:
        return self.session.jobs

    @property
    def refused(self) -> dict[str, str]:
        """What the fleet was given and is not there, with the sentence that says so."""
        return self.plan.refused

    @property
    def in_round(self) -> bool:
        """Whether this process leads a round that is not concluded."""
        return bool(self.jobs or self.refused)

    def take_round(self, state: CrawlState) -> None:
        """Begins a round, or goes on with that of a lead which is gone, from what it left; `run` is 0 in a new one."""
        session = self.session
        self.leave_round()
        session.forget()
        self.listing.forget()
        self.plan.noted.clear()
        self.reconciliation.unproved.clear()
        self.audit.lacking.clear()
        state.site, state.listed = session.site.url, session.state.listed
        state.run = state.run or session.milliseconds()
        state.phases = state.phases or 0
        session.state.become(state)

    def leave_round(self) -> None:
        """Forgets what this process led: the round is over, or somebody else's by now."""
        self.jobs.clear()
        self.refused.clear()

    def take_up(self, jobs: Sequence[Job]) -> Iterator[Task]:
        """Begins projects that the fleet was given, or goes on with what another lead began of them."""
        session, state = self.session, self.session.state
        going_on = all(job.project in state.counted for job in jobs) and not self.jobs
        left = state.phases or 0
        session.jobs.update((job.project, job) for job in jobs)
        session.scope = replace(session.scope, projects=tuple(self.jobs))
        self.proof.begin()
        if not going_on:
            state.phases = 0  # all of it is for what has come now, too
        if going_on and 0 < left < len(self.proof.left):
            # The last pass was begun, and what it asked is in the queue; what was counted after it is counted again.
            del self.proof.left[0]
        return self._first(jobs)

    def _first(self, jobs: Sequence[Job]) -> Iterator[Task]:
        """Asks who the tracker is, or how large its projects are, unless this round knows it."""
        session = self.session
        if not session.state.dialect:
            # Otherwise it is being asked already, and all projects are counted then.
            if len(self.jobs) == len(jobs) and not self.refused:
                yield self.plan.probe()
            return
        for project in (job.project for job in jobs):
            if (known := session.state.counted.get(project)) is None:
                yield self.plan.count(project)
            else:
                session.counted[project] = known
                yield from self.plan.open(project)
