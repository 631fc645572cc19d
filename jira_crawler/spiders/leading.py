"""What is wanted of each project, and how the lead of a fleet takes up what it is given in the middle of a crawl."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from scrapy import Request

from jira_crawler.frontier.jobs import Job
from jira_crawler.sentences import printable
from jira_crawler.spiders.verifying import Verifying


class Leading(Verifying):
    """A spider that knows how each project is to be crawled, alone or as one of a fleet."""

    jobs: dict[str, Job]
    noted: dict[str, int]  # how far the store knows each project to be listed, in ms
    refused: dict[str, str]  # what the fleet was given and is not there, with the sentence that says so
    introduce: Callable[[], Request]
    count: Callable[[str], Request]
    open: Callable[[str], Iterator[Request]]

    def plan(self) -> None:
        """Lays out the proof from its beginning."""
        wanted = [self.verify] if any(job.verify for job in self.jobs.values()) else []
        self.phases = [self.last_pass, self.recount, self.judge, *wanted, self.revive]

    def only_verifies(self, project: str) -> bool:
        return self.jobs[project].verify == "only"

    def verify(self) -> Iterator[Request]:
        for project in self.counted:
            if self.jobs[project].verify and f"verified/{project}" not in self.crawler.stats.get_stats():
                yield from self.account_for(project)

    def cannot_begin(self, project: str, sentence: str) -> None:
        """Ends a crawl that was given a project which is not there; a fleet goes on with the others."""
        if not self.shared:
            raise self.refuse(sentence)
        self.logger.error(printable(sentence))
        self.refused[project] = sentence
        del self.jobs[project]

    @property
    def in_round(self) -> bool:
        """Whether this spider leads a round that is not concluded."""
        return bool(self.jobs or self.refused)

    # --- as the lead of a fleet

    def take_round(self, state: dict[str, Any]) -> None:
        """Begins a round, or goes on with that of a lead which is gone, from what it left."""
        self.faults.clear()
        self.jobs, self.refused, self.counted, self.began, self.unproved = {}, {}, {}, {}, {}
        self.noted = {}
        self.silent.clear()
        self.trapped.clear()
        self.unanswered = 0
        self.lacking.clear()
        found = self.crawler.stats.get_stats()
        for name in [name for name in found if name.startswith(("proof/", "verified/"))]:
            del found[name]  # of an earlier round
        self.state = {"listed": self.state.get("listed", 0)} | state | {"site": self.site.url}
        self.state["run"] = self.run
        if "phases" not in state:
            self.state["phases"] = 0

    def leave_round(self) -> None:
        """Forgets what this spider led: the round is over, or somebody else's by now."""
        self.jobs, self.refused = {}, {}

    def take_up(self, jobs: Sequence[Job]) -> None:
        """Begins projects that the fleet was given, or goes on with what another lead began of them."""
        going_on = all(job.project in self.state.get("counted", {}) for job in jobs) and not self.jobs
        left = self.state["phases"]
        self.jobs |= {job.project: job for job in jobs}
        self.wanted = replace(self.wanted, projects=tuple(self.jobs))
        self.plan()
        if not going_on:
            self.state["phases"] = 0  # all of it is for what has come now, too
        if going_on and 0 < left < len(self.phases):
            # The last pass was begun, and what it asked is in the queue; what was counted after it is counted again.
            self.phases = self.phases[1:]
        for request in self.first_questions(jobs):
            self.put(request)

    def first_questions(self, jobs: Sequence[Job]) -> Iterator[Request]:
        """Asks who the tracker is, or how large its projects are, unless this round knows it."""
        if "dialect" not in self.state:
            # Otherwise it is being asked already, and all projects are counted then.
            if len(self.jobs) == len(jobs) and not self.refused:
                yield self.introduce()
            return
        for project in (job.project for job in jobs):
            if (known := self.state.get("counted", {}).get(project)) is None:
                yield self.count(project)
            else:
                self.counted[project] = known
                yield from self.open(project)
