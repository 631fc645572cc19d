"""What happens before a crawl may call itself complete: a last pass over what changed meanwhile, and a second count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLEETING, OURS
from jira_crawler.items import RawIssue
from jira_crawler.spiders.walking import Walking
from jira_crawler.store.rows import Row
from jira_crawler.trackers import walk
from jira_crawler.trackers.contract import Window


class Proving(Walking):
    """A spider that compares what it holds of each project with what the tracker counts.

    `began` says for each project that is walked from the beginning when its walk began, in ms.
    """

    account_for: Callable[[str], Iterator[Request]]  # which issues are missing is the verifying spider's to say
    only_verifies: Callable[[str], bool]

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.began: dict[str, int] = {}
        self.unproved: dict[str, tuple[int, int]] = {}
        self.phases: list[Callable[[], Iterator[Request]]] = [self.last_pass, self.recount, self.judge, self.revive]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.opened, signal=signals.spider_opened)
        return spider

    def opened(self) -> None:
        """Listens for idleness after the extensions do: what is settled must be committed before it is proved."""
        self.crawler.signals.connect(self.idle, signal=signals.spider_idle)

    def idle(self) -> None:
        """Goes on with the proof; where others are at work, too, the fleet says when."""
        if not self.shared and self.advance():
            raise DontCloseSpider

    def advance(self) -> bool:
        """Goes through what is left to do, one phase after the other, and tells whether something was asked.

        That is as long as nothing is missing. The last pass is made in any case: one bad issue must not keep the
        others from coming up to date.
        """
        while self.phases and not self.stopping and (not self.faults or self.phases[0] == self.last_pass):
            try:
                questions = list(self.phases.pop(0)())
                for question in questions:
                    self.put(question)
                self.state["phases"] = len(self.phases)  # now that all of it is asked
            except Exception as error:  # which Scrapy would log, and end the crawl as finished
                self.logger.exception("A phase of the proof failed")
                self.stop(f"The crawl cannot be proved complete: {type(error).__name__}: {error}.")
                return False
            if questions:
                return True
        if self.trapped.issuperset(self.faults):  # bad issues are asked for by themselves until they come
            self.finished()
        return False

    def finished(self) -> None:
        """Notes how far the dataset is up to date, so that the next run need only ask for what changed since."""
        for project in self.counted if self.whole_projects else ():
            if self.only_verifies(project):
                continue
            began = self.began.get(project, self.clock)
            self.dataset.store.walks.save(self.site.name, project, began=began, walked=None, finished=began)
            everything = project in self.began
            self.dataset.store.traps.settle(self.site.name, project, self.session, everything=everything)

    @property
    def clock(self) -> int:
        """When this crawl began, in ms, by our clock or by the tracker's, which dates edits: whichever is behind."""
        return int(self.state.get("clock", self.run))

    @property
    def whole_projects(self) -> bool:
        """Whether this crawl is about everything in its projects, so that counts can be compared and kept."""
        return not self.wanted.limit and not self.wanted.filter

    def last_pass(self) -> Iterator[Request]:
        """Lists again what was edited, created or moved while the walk went on."""
        for project, began in self.began.items():
            yield from self.follow_up(self.changed(project, began, self.state["dialect"]), self.state["dialect"])

    def follow_up(self, changed: Window, dialect: str) -> Iterator[Request]:
        """Walks what changed, the bad issues among it by themselves."""
        minutes = list(self.traps(changed.project))
        yield from self.around(changed, minutes, dialect)
        yield from self.by_themselves(changed, minutes, dialect)

    def changed(self, project: str, since: int, dialect: str) -> Window:
        """Gives what was edited since a time (ms), less the lag of the tracker's index."""
        return Window(project, f"updated >= {max(since - self.tracker(dialect).lag, 0)}")

    def recount(self) -> Iterator[Request]:
        """Asks for the number of issues older than this crawl: those that came later may or may not be listed."""
        if self.wanted.limit:
            return
        before = walk.floor_minute(self.run) or walk.floor_minute(self.session)  # a clock may have begun at 1970
        for project in self.counted:
            question = self.tracker(self.state["dialect"]).count(Window(project, self.wanted.filter, end=before))
            kept: dict[str, Any] = {"project": project, "before": before}
            yield self.ask(question, self.compare, {FLEETING: True}, **kept)

    def compare(self, response: Response, project: str, before: int) -> Iterator[Request]:
        """Compares two counts; where the tracker's is higher, every id is listed to find out which issues it means."""
        try:
            if why := self.missing(response):
                raise Unreadable(why)
            if response.status != 200:
                raise Unreadable(self.refusal(response, project))
            count = self.tracker(self.state["dialect"]).read_count(response.body)
        except Unreadable as error:
            self.fault(f"{project} was listed, but not proved complete: {error}.")
            return
        if self.lacks(project, count, before):
            self.unproved[project] = count, before
            yield from self.account_for(project)

    def lacks(self, project: str, count: int, before: int) -> int:
        """Gives by how many issues we hold fewer than the tracker counts, 0 where its count may be off by as many."""
        store = self.dataset.store.walks
        if self.whole_projects:
            held = store.held(self.site.name, project, before)
        else:
            held = store.listed(self.site.name, project, self.run, before)
        self.crawler.stats.set_value(f"proof/{project}", {"counted": count, "held": held})
        tolerance = self.tracker(self.state["dialect"]).tolerance
        return count - held if count - held > tolerance * count else 0

    def judge(self) -> Iterator[Request]:
        """Says what is missing even after every id was listed, less what turned out to be gone; asks for nothing."""
        for project, (count, before) in self.unproved.items() if self.whole_projects else ():
            gone = self.crawler.stats.get_value(f"verified/{project}", {}).get("deleted_or_hidden", 0)
            if (missing := self.lacks(project, count, before) - gone) > 0:
                self.fault(f"{missing} of the {count} issues of {project} that {self.site.url} counts did not come.")
        yield from ()

    def revive(self) -> Iterator[Request]:
        """Sends issues through the pipelines again that were only scraped so far, or dropped for a changed twin."""
        if not self.settings.getbool("SCRAPE_ONLY") and next(self.unsettled(), None):
            yield Request(self.site.url, callback=self.revived, meta={FLEETING: True, OURS: True})

    def revived(self, response: Response) -> Iterator[RawIssue]:
        for row in self.unsettled():
            yield row.raw_issue()

    def unsettled(self) -> Iterator[Row]:
        yield from self.dataset.store.unrefined(self.counted)
        yield from self.dataset.store.orphans()
