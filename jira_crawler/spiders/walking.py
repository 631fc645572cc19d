"""Walks the slices of a project, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Self

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import DIVISIBLE, FLOOR, MARK, SAME
from jira_crawler.sentences import quoted
from jira_crawler.spiders.completing import Output
from jira_crawler.spiders.darkness import LOOK_AHEAD, told
from jira_crawler.spiders.singling import Singling
from jira_crawler.trackers import sane, walk
from jira_crawler.trackers.answers import lacks_project, words
from jira_crawler.trackers.contract import Cursor, Page, Window
from jira_crawler.trackers.page_size import PageSize

# So many parts of a crawl that ended with answers to other questions than were asked are no accident.
TOO_MANY = 10


class Walking(Singling):
    """A spider that lists everything in a slice, whatever the size of page that the tracker can bear."""

    sizes: PageSize

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.taken: Counter[str] = Counter()
        self.unanswered = 0  # parts of this run whose questions were answered by something else

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        spider.sizes = PageSize(
            settings.getint("PAGE_SIZE"), settings.getfloat("PAGE_SECONDS"), settings.getint("PAGE_BYTES")
        )
        return spider

    def next_page(self, slice_: Window, at: Cursor, dialect: str, size: int = 0, within: int = 0) -> Request:
        """Asks for what comes next; `within` so many issues is one with which a larger page did not come."""
        part = size  # of a page that did not come
        size = size or self.sizes.next
        if self.wanted.limit:
            size = min(size, self.wanted.limit)
        kept = told(slice_, at, dialect) | {"size": size, "within": within}
        # A place of a walk is asked for once, however many issues a process thinks that a page can hold by now.
        same = msgspec.json.encode((slice_, at, part)).decode()
        if slice_.filter != self.wanted.filter:  # what changed is asked anew by every process
            same = f"{same} {self.session}"
        meta: dict[str, Any] = {FLOOR: [slice_.project, max(slice_.start, at.since)], SAME: same, DIVISIBLE: True}
        if part:
            meta["max_retry_times"] = 0  # it is smaller because the larger one was tried often enough
        return self.ask(self.tracker(dialect).search(slice_, at, size), self.page, meta, **kept)

    def page(
        self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str, size: int, within: int = 0
    ) -> Output:
        """Passes on every issue of a page that is new to the walk, and asks for the next page."""
        walked, position, speaks = msgspec.convert(slice_, Window), msgspec.convert(at, Cursor), self.tracker(dialect)
        try:
            if why := self.missing(response):
                raise Unreadable(why)
            if response.status != 200:
                if again := speaks.recover(position):
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
        self.heard()
        self.learn(page, size, response)
        step = self.step(walked, position, page, dialect)
        for issue in step.fresh:
            if not self.take(walked.project):
                return
            self.state["listed"] = self.state.get("listed", 0) + 1
            yield self.whole(self.raw(issue, walked.project, dialect), issue.cuts, issue.created)
        if step.onward:
            left = max(within - len(step.fresh), 0)
            yield self.next_page(walked, step.onward, dialect, min(size, left), left)
        elif step.wrong:
            self.give_up(response, f"A part of {walked.project} was not listed: {step.wrong}.")
            self.not_answered(step.wrong)

    def take(self, project: str) -> bool:
        """Counts an issue that is to be had, on a page or by itself; tells whether `limit` has room for it."""
        if self.wanted.limit and self.taken[project] >= self.wanted.limit:
            return False
        self.taken[project] += 1
        return True

    def step(self, slice_: Window, at: Cursor, page: Page, dialect: str) -> sane.Step:
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

    def smaller_page(self, response: Response, slice_: Window, at: Cursor, dialect: str, size: int, why: str) -> Output:
        """Asks for a page that never came in parts, until one issue is left that is too much for it."""
        if self.fell_silent(response):
            self.give_up(response, f"A part of {slice_.project} was not listed: {why}.")
            return
        smaller = self.sizes.failed(size)
        self.logger.info("A page of %d issues of %s did not come (%s)", size, slice_.project, quoted(why))
        if smaller:
            yield self.next_page(slice_, at, dialect, smaller, size)
        else:
            yield self.single_out(slice_, at, dialect)

    def blamed(self) -> None:
        """Notes that it was one issue, and not the size of a page, that kept it from coming."""
        self.sizes.blamed()

    # --- what an earlier run was stopped by

    def traps(self, project: str) -> dict[int, bool]:
        """Gives the minutes with which no page came so far, and whether something of them is lacking."""
        return {} if self.wanted.limit else self.dataset.store.traps.of(self.site.name, project)

    def around(self, slice_: Window, minutes: Iterable[int], dialect: str) -> Iterator[Request]:
        """Walks a slice, but for the minutes that are asked for by themselves."""
        for part in walk.around(slice_, walk.windows(minutes)):
            yield self.next_page(part, Cursor(), dialect)

    def by_themselves(self, slice_: Window, minutes: Iterable[int], dialect: str) -> Iterator[Request]:
        """Asks for the minutes of bad issues, as far as the slice's filter goes."""
        for minute in minutes:
            yield self.singly(replace(slice_, start=minute, end=minute + walk.MINUTE), Cursor(), dialect)

    def anew(self, project: str, minutes: Iterable[int], dialect: str) -> Iterator[Request]:
        """Asks for all that there is in the minutes of bad issues, as every process does that meets them."""
        for minute in minutes:
            # As what changed, it is known by its filter, which therefore says what is so anyway.
            asked = " AND ".join(filter(None, [self.wanted.filter, f"created >= {minute}"]))
            yield from self.by_themselves(Window(project, asked), [minute], dialect)

    def singly(self, slice_: Window, at: Cursor, dialect: str) -> Request:
        """Asks for the ids of a minute, to ask for each of its issues by itself."""
        mark = f"singly {self.session} {at.listed} {at.tries}"
        question = self.tracker(dialect).listing(slice_, at, LOOK_AHEAD)
        return self.ask(question, self.named, {MARK: mark, "max_retry_times": 1}, **told(slice_, at, dialect))

    def named(self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str) -> Output:
        """Asks for each issue of a short list by itself; what is long, or does not come, is walked in pages."""
        walked, position = msgspec.convert(slice_, Window), msgspec.convert(at, Cursor)
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            page = self.tracker(dialect).read_page(response.body)
        except Unreadable:  # as it did in the run before
            yield self.single_out(walked, position, dialect, narrow=True)
            return
        self.heard()
        step = self.step(walked, position, page, dialect)
        yield from self.each_by_itself(response, step.fresh, walked, dialect)
        if step.onward and step.onward.listed < LOOK_AHEAD:
            yield self.singly(walked, step.onward, dialect)
        elif step.onward:
            yield self.next_page(walked, step.onward, dialect)
        elif step.wrong:
            self.give_up(response, f"A part of {walked.project} was not listed: {step.wrong}.")
            self.not_answered(step.wrong)

    def refusal(self, response: Response, project: str) -> str:
        """Says in the tracker's own words why it will not search."""
        said = words(response.body) or f"status {response.status}"
        if response.status == 400 and lacks_project(said, project):
            return f"{self.site.url} has no project {project}, or does not show it to this visitor: {said}"
        return f"{self.site.url} refuses to search {project} (status {response.status}): {said}"
