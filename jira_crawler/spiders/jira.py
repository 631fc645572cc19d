"""Crawls the projects of a Jira through its REST search: completely, politely, and with proof."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, Self

import msgspec
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from jira_crawler.exceptions import Unreadable
from jira_crawler.extensions.settle import Settle
from jira_crawler.items import RawIssue
from jira_crawler.spiders import arguments
from jira_crawler.spiders.asking import describe, kept_with
from jira_crawler.spiders.completing import Completing, Output
from jira_crawler.trackers import introduction, read_introduction, walk
from jira_crawler.trackers.answers import words
from jira_crawler.trackers.contract import Position, Slice
from jira_crawler.trackers.page_size import PageSize


class Jira(Completing):
    """`-a projects=KAFKA,SPARK [-a site=NAME|URL] [-a jql=…] [-a since=…] [-a limit=N]`

    introduce → count every project → walk its slices, completing what is cut → count again.
    """

    name = "jira"
    sizes: PageSize

    def __init__(
        self, projects: str = "", jql: str = "", since: str = "", limit: str = "", full: str = "", **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.wanted = arguments.read(projects, jql, since, limit, datetime.now(UTC))
        self.taken: Counter[str] = Counter()
        self.closing = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        settings = crawler.settings
        spider.sizes = PageSize(
            settings.getint("PAGE_SIZE"), settings.getfloat("PAGE_SECONDS"), settings.getint("PAGE_BYTES")
        )
        return spider

    # --- introduce, count

    async def start(self) -> AsyncIterator[Request]:
        request = self.ask(introduction(self.site.url), self.introduced, self.unreachable, {"max_retry_times": 2})
        yield request.replace(dont_filter=True)

    def introduced(self, response: Response) -> Output:
        if response.status in (401, 403):
            raise self.refuse(
                f"{self.site.url} does not talk to visitors without credentials (status {response.status})."
            )
        try:
            dialect, version = read_introduction(response.body)
        except Unreadable:
            raise self.refuse(
                f"{self.site.url} is not a Jira: it has no serverInfo (status {response.status})."
            ) from None
        dialect = self.site.dialect or dialect
        self.state["dialect"] = dialect
        self.logger.info("%s is a Jira %s (%s)", self.site.url, version, dialect)
        for project in self.wanted.projects:
            question = self.tracker(dialect).count(Slice(project, self.wanted.filter))
            yield self.ask(question, self.count_known, self.count_failed, project=project).replace(dont_filter=True)

    def unreachable(self, failure: Failure) -> None:
        if self.refused(failure):
            return
        if isinstance(failure.value, Unreadable):
            self.stop(f"{self.site.url} is not a Jira, or not now: it answers serverInfo with {failure.value}.")
        else:
            self.stop(f"{self.site.url} cannot be reached: {describe(failure)}.")

    def count_known(self, response: Response, project: str) -> Output:
        if response.status != 200:
            raise self.refuse(self.refusal(response, project))
        dialect = self.state["dialect"]
        self.counted[project] = self.tracker(dialect).read_count(response.body)
        if len(self.counted) < len(self.wanted.projects):
            return
        for each, count in self.counted.items():
            self.logger.info("%s: %d issues to list", each, count)
            yield from self.cut_up(Slice(each, self.wanted.filter), count, dialect)

    def count_failed(self, failure: Failure) -> None:
        if not self.refused(failure):
            self.stop(f"{self.site.url} does not count its issues: {describe(failure)}.")

    def refusal(self, response: Response, project: str) -> str:
        said = words(response.body) or f"status {response.status}"
        if response.status == 400 and project in said and "exist" in said:
            return f"{self.site.url} has no project {project}, or does not show it to this visitor: {said}"
        return f"{self.site.url} refuses to search {project} (status {response.status}): {said}"

    # --- walk

    def cut_up(self, slice_: Slice, count: int, dialect: str) -> Output:
        """Walks a slice if it is small enough, and else asks how many of its issues are in its first half."""
        now = int(time.time() * 1000)
        halves = (
            walk.halves(slice_, now) if count > self.settings.getint("SLICE_ISSUES") and not self.wanted.limit else None
        )
        if halves is None:
            yield self.next_page(slice_, Position(), dialect)
            return
        question = self.tracker(dialect).count(halves[0])
        kept = {"slice_": msgspec.to_builtins(slice_), "count": count, "dialect": dialect}
        yield self.ask(question, self.half_counted, self.count_failed, **kept).replace(dont_filter=True)

    def half_counted(self, response: Response, slice_: dict[str, Any], count: int, dialect: str) -> Output:
        whole = msgspec.convert(slice_, Slice)
        if response.status != 200:
            raise self.refuse(self.refusal(response, whole.project))
        halves = walk.halves(whole, int(time.time() * 1000))
        first = self.tracker(dialect).read_count(response.body)
        for half, size in zip(halves or (), (first, count - first), strict=False):
            yield from self.cut_up(half, size, dialect)

    def next_page(self, slice_: Slice, at: Position, dialect: str, size: int = 0) -> Request:
        size = size or self.sizes.next
        if self.wanted.limit:
            size = min(size, self.wanted.limit)
        kept = {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect, "size": size}
        return self.ask(self.tracker(dialect).search(slice_, at, size), self.page, self.page_failed, **kept)

    def page(self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str, size: int) -> Output:
        """Passes on every issue of a page that is new to the walk, and asks for the next page."""
        walked, position, speaks = msgspec.convert(slice_, Slice), msgspec.convert(at, Position), self.tracker(dialect)
        if response.status != 200:
            if again := speaks.again(position):
                yield self.next_page(walked, again, dialect).replace(dont_filter=True)
                return
            self.fault(f"A part of {walked.project} was not listed. " + self.refusal(response, walked.project))
            return
        page = speaks.read_page(response.body)
        latency = response.meta.get("download_latency", 0.0)
        if self.sizes.saw(size, page.size, latency, len(response.body)):
            self.logger.info("%s gives at most %d issues a page; %d were asked for", self.site.url, page.size, size)
        onward = speaks.advance(position, page)
        for issue in walk.fresh(position, page):
            if self.wanted.limit and self.taken[walked.project] >= self.wanted.limit:
                return
            self.taken[walked.project] += 1
            self.crawler.stats.inc_value("issues/listed")
            yield self.whole(self.raw(issue, walked.project, dialect), issue.cuts)
        if onward:
            yield self.next_page(walked, onward, dialect)

    def page_failed(self, failure: Failure) -> Output:
        """Tries a page that never came with half the size: one issue may be what is too much for it."""
        if self.refused(failure):
            return
        kept = kept_with(failure)
        slice_, at = msgspec.convert(kept["slice_"], Slice), msgspec.convert(kept["at"], Position)
        if smaller := self.sizes.failed(kept["size"]):
            yield self.next_page(slice_, at, kept["dialect"], smaller)
            return
        self.fault(f"A part of {slice_.project} was not listed: {describe(failure)}.")

    # --- count again

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
            yield self.ask(question, self.compare, self.compare_failed, **kept).replace(dont_filter=True)

    def compare(self, response: Response, project: str, before: int) -> None:
        if response.status != 200:
            self.fault(f"{project} was listed, but not proved complete. " + self.refusal(response, project))
            return
        speaks = self.tracker(self.state["dialect"])
        count = speaks.read_count(response.body)
        listed = Settle.of(self.crawler).dataset.store.listed(self.site.name, project, self.run, before)
        missing = count - listed
        self.crawler.stats.set_value(f"proof/{project}", {"counted": count, "listed": listed})
        if missing > speaks.tolerance * count:
            self.fault(f"{missing} of the {count} issues of {project} were counted by {self.site.url} and not listed.")

    def compare_failed(self, failure: Failure) -> None:
        if not self.refused(failure):
            project = kept_with(failure)["project"]
            self.fault(f"{project} was listed, but not proved complete: {describe(failure)}.")

    def revive(self) -> Iterator[Request]:
        """Sends issues through the pipelines again that were dropped for a twin which has changed since."""
        if next(Settle.of(self.crawler).dataset.store.orphans(), None):
            yield Request("data:,", callback=self.revived, dont_filter=True)

    def revived(self, response: Response) -> Iterator[RawIssue]:
        for row in Settle.of(self.crawler).dataset.store.orphans():
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
