"""What happens before a crawl may call itself complete: twins are settled, and the tracker is asked to count again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.items import RawIssue
from jira_crawler.spiders.arguments import Wanted
from jira_crawler.spiders.completing import Completing
from jira_crawler.trackers import walk
from jira_crawler.trackers.answers import words
from jira_crawler.trackers.contract import Slice


class Proving(Completing):
    """A spider that compares what it listed of each project with what the tracker counts."""

    wanted: Wanted
    closing = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.opened, signal=signals.spider_opened)
        return spider

    def opened(self) -> None:
        """Listens for idleness after the extensions do: what is settled must be committed before it is proved."""
        self.crawler.signals.connect(self.idle, signal=signals.spider_idle)

    def refusal(self, response: Response, project: str) -> str:
        said = words(response.body) or f"status {response.status}"
        if response.status == 400 and project in said and "exist" in said:
            return f"{self.site.url} has no project {project}, or does not show it to this visitor: {said}"
        return f"{self.site.url} refuses to search {project} (status {response.status}): {said}"

    def idle(self) -> None:
        """Before the crawl ends: brings back what lost its twin, and asks the tracker for its count once more."""
        if self.closing or self.faults:
            return
        self.closing = True
        questions = [*self.revive(), *self.recount()]
        for question in questions:
            self.crawler.engine.crawl(question)
        if questions:
            raise DontCloseSpider

    def recount(self) -> Iterator[Request]:
        """Asks for the number of issues older than this crawl: those that came later may or may not be listed."""
        if self.wanted.limit or "dialect" not in self.state:
            return
        before = walk.floor_minute(self.run)
        for project in self.counted:
            question = self.tracker(self.state["dialect"]).count(Slice(project, self.wanted.filter, end=before))
            kept: dict[str, Any] = {"project": project, "before": before}
            yield self.ask(question, self.compare, **kept).replace(dont_filter=True)

    def compare(self, response: Response, project: str, before: int) -> None:
        if why := self.missing(response):
            self.fault(f"{project} was listed, but not proved complete: {why}.")
            return
        if response.status != 200:
            self.fault(f"{project} was listed, but not proved complete. {self.refusal(response, project)}")
            return
        speaks = self.tracker(self.state["dialect"])
        try:
            count = speaks.read_count(response.body)
        except Unreadable as error:
            self.fault(f"{project} was listed, but not proved complete: {error}.")
            return
        listed = self.dataset.store.listed(self.site.name, project, self.run, before)
        missing = count - listed
        self.crawler.stats.set_value(f"proof/{project}", {"counted": count, "listed": listed})
        if missing > speaks.tolerance * count:
            self.fault(f"{missing} of the {count} issues of {project} were counted by {self.site.url} and not listed.")

    def revive(self) -> Iterator[Request]:
        """Sends issues through the pipelines again that were dropped for a twin which has changed since."""
        if next(self.dataset.store.orphans(), None):
            yield Request("data:,", callback=self.revived, dont_filter=True)

    def revived(self, response: Response) -> Iterator[RawIssue]:
        for row in self.dataset.store.orphans():
            yield RawIssue(
                site=row.site,
                base_url=row.base_url,
                dialect=row.dialect,
                project=row.walk,
                id=row.id,
                key=row.key,
                payload=row.payload,
                fetched_at=datetime.fromtimestamp(row.fetched_at / 1000, UTC),
                cut=tuple(filter(None, row.cut.split(","))),
            )
