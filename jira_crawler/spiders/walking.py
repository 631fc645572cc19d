"""Walks the slices of a project, page by page."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Self

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLOOR, SAME
from jira_crawler.sentences import quoted
from jira_crawler.spiders.arguments import Wanted
from jira_crawler.spiders.completing import Output
from jira_crawler.spiders.singling import ENOUGH, Singling
from jira_crawler.trackers import sane
from jira_crawler.trackers.answers import lacks_project, words
from jira_crawler.trackers.contract import Page, Position, Slice
from jira_crawler.trackers.jira.page_size import PageSize

# So many parts of a crawl that ended with answers to other questions than were asked are no accident.
TOO_MANY = 10


class Walking(Singling):
    """A spider that lists everything in a slice, whatever the size of page that the tracker can bear."""

    wanted: Wanted
    sizes: PageSize

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.taken: Counter[str] = Counter()
        self.unanswered = 0  # parts of this run whose questions were answered by something else
        self._began = int(time.time() * 1000)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        spider.sizes = PageSize(
            settings.getint("PAGE_SIZE"), settings.getfloat("PAGE_SECONDS"), settings.getint("PAGE_BYTES")
        )
        return spider

    @property
    def session(self) -> int:
        """What tells this process' questions about changes from those of another; a fleet asks them once together."""
        return self.run if self.shared else self._began

    def next_page(self, slice_: Slice, at: Position, dialect: str, size: int = 0) -> Request:
        smaller = bool(size)  # a repetition of another size is another question, whatever a page holds at most by now
        size = size or self.sizes.next
        if self.wanted.limit:
            size = min(size, self.wanted.limit)
        kept = {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect, "size": size}
        # A place of a walk is asked for once, however many issues a process thinks that a page can hold by now.
        same = msgspec.json.encode((slice_, at, size if smaller else 0)).decode()
        if slice_.filter != self.wanted.filter:  # what changed is asked anew by every process
            same = f"{same} {self.session}"
        meta: dict[str, Any] = {FLOOR: [slice_.project, max(slice_.start, at.since)], SAME: same}
        if smaller:
            meta["max_retry_times"] = 1  # it is smaller because the larger one was tried often enough
        return self.ask(self.tracker(dialect).search(slice_, at, size), self.page, meta, **kept)

    def page(self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str, size: int) -> Output:
        """Passes on every issue of a page that is new to the walk, and asks for the next page."""
        walked, position, speaks = msgspec.convert(slice_, Slice), msgspec.convert(at, Position), self.tracker(dialect)
        try:
            if why := self.missing(response):
                raise Unreadable(why)
            if response.status != 200:
                if again := speaks.again(position):
                    yield self.next_page(walked, again, dialect)
                else:
                    self.give_up(
                        response, f"A part of {walked.project} was not listed. {self.refusal(response, walked.project)}"
                    )
                return
            page = speaks.read_page(response.body)
        except Unreadable as error:
            yield from self.smaller_page(response, walked, position, dialect, size, str(error))
            return
        self.silent[walked.project] = 0
        self.learn(page, size, response)
        step = self.step(walked, position, page, dialect)
        for issue in step.fresh:
            if not self.take(walked.project):
                return
            self.state["listed"] = self.state.get("listed", 0) + 1
            yield self.whole(self.raw(issue, walked.project, dialect), issue.cuts, issue.created)
        if step.onward:
            yield self.next_page(walked, step.onward, dialect)
        elif step.wrong:
            self.give_up(response, f"A part of {walked.project} was not listed: {step.wrong}.")
            self.not_answered(step.wrong)

    def take(self, project: str) -> bool:
        """Counts an issue that is to be had, on a page or by itself; tells whether `limit` has room for it."""
        if self.wanted.limit and self.taken[project] >= self.wanted.limit:
            return False
        self.taken[project] += 1
        return True

    def step(self, slice_: Slice, at: Position, page: Page, dialect: str) -> sane.Step:
        """Takes from a page what answers the question that was asked."""
        step = sane.step(self.tracker(dialect), slice_, at, page, self.counted.get(slice_.project))
        if step.wrong and step.onward:
            self.logger.info("A page of %s is asked for again: %s", slice_.project, step.wrong)
        return step

    def not_answered(self, why: str) -> None:
        """Ends a crawl of a site that goes on answering other questions than it is asked."""
        self.unanswered += 1
        if self.unanswered >= TOO_MANY:
            raise self.refuse(f"{self.site.url} does not answer what it is asked: {why}.")

    def learn(self, page: Page, asked: int, response: Response) -> None:
        """Lets the size of the next pages follow from this one's."""
        latency = response.meta.get("download_latency", 0.0)
        if self.sizes.saw(asked, page.size, latency, len(response.body)):
            self.logger.info("%s gives at most %d issues a page; %d were asked for", self.site.url, page.size, asked)

    def smaller_page(
        self, response: Response, slice_: Slice, at: Position, dialect: str, size: int, why: str
    ) -> Output:
        """Tries a page that never came with half the size, until one issue is left that is too much for it."""
        self.silent[slice_.project] += 1
        if self.silent[slice_.project] >= ENOUGH:
            self.give_up(response, f"A part of {slice_.project} was not listed: {why}.")
            return
        smaller = self.sizes.failed(min(size, self.sizes.most))  # it may have been cut short to that
        self.logger.info("A page of %d issues of %s did not come (%s)", size, slice_.project, quoted(why))
        yield self.next_page(slice_, at, dialect, smaller) if smaller else self.single_out(slice_, at, dialect)

    def refusal(self, response: Response, project: str) -> str:
        """Says in the tracker's own words why it will not search."""
        said = words(response.body) or f"status {response.status}"
        if response.status == 400 and lacks_project(said, project):
            return f"{self.site.url} has no project {project}, or does not show it to this visitor: {said}"
        return f"{self.site.url} refuses to search {project} (status {response.status}): {said}"
