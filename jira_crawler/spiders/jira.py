"""Crawls the projects of a Jira through its REST search: completely, politely, and with proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Self

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.spiders import arguments
from jira_crawler.spiders.answers import NoAnswer
from jira_crawler.spiders.completing import Output
from jira_crawler.spiders.proving import Proving
from jira_crawler.trackers import introduction, read_introduction, walk
from jira_crawler.trackers.contract import Position, Slice
from jira_crawler.trackers.page_size import PageSize


class Jira(Proving):
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

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        spider.sizes = PageSize(
            settings.getint("PAGE_SIZE"), settings.getfloat("PAGE_SECONDS"), settings.getint("PAGE_BYTES")
        )
        return spider

    # --- introduce, count

    async def start(self) -> AsyncIterator[Request]:
        request = self.ask(introduction(self.site.url), self.introduced, {"max_retry_times": 2})
        yield request.replace(dont_filter=True)

    def introduced(self, response: Response) -> Output:
        if why := self.missing(response):
            reached = isinstance(response, NoAnswer) and response.reached
            trouble = f"is not a Jira, or not now: it answers with {why}" if reached else f"cannot be reached: {why}"
            raise self.refuse(f"{self.site.url} {trouble}.")
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
            yield self.ask(question, self.count_known, project=project).replace(dont_filter=True)

    def count_known(self, response: Response, project: str) -> Output:
        dialect = self.state["dialect"]
        self.counted[project] = self.read_count(response, project, dialect)
        if len(self.counted) < len(self.wanted.projects):
            return
        for each, count in self.counted.items():
            self.logger.info("%s: %d issues to list", each, count)
            yield from self.cut_up(Slice(each, self.wanted.filter), count, dialect)

    def read_count(self, response: Response, project: str, dialect: str) -> int:
        """Reads a count that the walk cannot do without."""
        if why := self.missing(response):
            raise self.refuse(f"{self.site.url} does not count its issues: {why}.")
        if response.status != 200:
            raise self.refuse(self.refusal(response, project))
        try:
            return self.tracker(dialect).read_count(response.body)
        except Unreadable as error:
            raise self.refuse(f"{self.site.url} does not count its issues: {error}.") from None

    # --- walk

    def cut_up(self, slice_: Slice, count: int, dialect: str) -> Output:
        """Walks a slice if it is small enough, and else asks how many of its issues are in its first half."""
        small = self.wanted.limit or count <= self.settings.getint("SLICE_ISSUES")
        halves = None if small else walk.halves(slice_, self.run)
        if halves is None:
            yield self.next_page(slice_, Position(), dialect)
            return
        question = self.tracker(dialect).count(halves[0])
        kept = {"halves": msgspec.to_builtins(halves), "count": count, "dialect": dialect}
        yield self.ask(question, self.half_counted, **kept).replace(dont_filter=True)

    def half_counted(self, response: Response, halves: list[dict[str, Any]], count: int, dialect: str) -> Output:
        first, second = msgspec.convert(halves, tuple[Slice, Slice])
        here = self.read_count(response, first.project, dialect)
        yield from self.cut_up(first, here, dialect)
        yield from self.cut_up(second, count - here, dialect)

    def next_page(self, slice_: Slice, at: Position, dialect: str, size: int = 0) -> Request:
        size = size or self.sizes.next
        if self.wanted.limit:
            size = min(size, self.wanted.limit)
        kept = {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect, "size": size}
        return self.ask(self.tracker(dialect).search(slice_, at, size), self.page, **kept)

    def page(self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str, size: int) -> Output:
        """Passes on every issue of a page that is new to the walk, and asks for the next page."""
        walked, position, speaks = msgspec.convert(slice_, Slice), msgspec.convert(at, Position), self.tracker(dialect)
        if why := self.missing(response):
            yield from self.smaller_page(walked, position, dialect, size, why)
            return
        if response.status != 200:
            if again := speaks.again(position):
                yield self.next_page(walked, again, dialect).replace(dont_filter=True)
                return
            self.fault(f"A part of {walked.project} was not listed. " + self.refusal(response, walked.project))
            return
        try:
            page = speaks.read_page(response.body)
        except Unreadable as error:
            self.fault(f"A part of {walked.project} was not listed: {error}.")
            return
        latency = response.meta.get("download_latency", 0.0)
        if self.sizes.saw(size, page.size, latency, len(response.body)):
            self.logger.info("%s gives at most %d issues a page; %d were asked for", self.site.url, page.size, size)
        onward = speaks.advance(position, page)
        for issue in walk.fresh(position, page):
            if self.wanted.limit and self.taken[walked.project] >= self.wanted.limit:
                return
            self.taken[walked.project] += 1
            self.state["listed"] = self.state.get("listed", 0) + 1
            yield self.whole(self.raw(issue, walked.project, dialect), issue.cuts)
        if onward:
            yield self.next_page(walked, onward, dialect)

    def smaller_page(self, slice_: Slice, at: Position, dialect: str, size: int, why: str) -> Output:
        """Tries a page that never came with half the size: one issue may be what is too much for it."""
        if smaller := self.sizes.failed(size):
            yield self.next_page(slice_, at, dialect, smaller)
        else:
            self.fault(f"A part of {slice_.project} was not listed: {why}.")
