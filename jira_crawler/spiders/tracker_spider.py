"""Between Scrapy and the engine of a crawl: a task becomes a request, a response a reply; nothing is decided here."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings

from jira_crawler import sites
from jira_crawler.crawl import tasks
from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.handling import Effects
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.session import CrawlState, GaveUp, Session, StopCrawl
from jira_crawler.crawl.task import Task
from jira_crawler.frontier.protocol import Frontier
from jira_crawler.items import IssueBatch, RawIssue
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.pipelines.processor import batch_issues
from jira_crawler.recording import Recording, Tally
from jira_crawler.scheduling import ACCOUNT, FILE, GAVE_UP, TASK, acknowledged
from jira_crawler.scheduling.leases import Leases
from jira_crawler.scheduling.scheduler import open_frontier
from jira_crawler.sites import Site
from jira_crawler.spiders import arguments
from jira_crawler.spiders.crawl_store import DatasetStore
from jira_crawler.spiders.site_settings import adopt_pace, hold_to_https, stay_behind

logger = logging.getLogger(__name__)
BATCH_BYTES = 2**20  # of what goes on together
Made = Request | RawIssue | IssueBatch  # of an answer


class TrackerSpider(Spider):
    """A spider with a site and an engine; those below it say what is wanted, and put the engine together."""

    in_fleets: ClassVar[bool] = False  # whether workers may share a crawl
    beside_others: ClassVar[bool] = False  # whether several may write into one store, with questions of their own
    refines: ClassVar[bool] = True  # whether what it brings is refined, so that `scrapy crawl` begins with that

    session: Session
    engine: CrawlEngine
    recording: Recording
    held: DatasetStore
    frontier: Frontier
    batch_issues: int  # that go on together at most; 0: each goes by itself
    leases: Leases  # which of its questions are answered

    def __init__(self, site: str = "apache", **kwargs: Any):
        arguments.none_left(self.name, kwargs)
        super().__init__(**kwargs)
        self.site = self.find_site(site)

    @staticmethod
    def find_site(wanted: str) -> Site:
        """Turns a name or an address into the site; raises BadArgument."""
        return sites.find(wanted)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.open(crawler)
        return spider

    @abstractmethod
    def assemble(self, session: Session, settings: BaseSettings) -> CrawlEngine:
        """Puts the engine together; raises BadArgument for what is wanted and cannot be had."""

    def open(self, crawler: Crawler) -> None:
        """Makes what a crawl consists of, and goes on with what an earlier run has left."""
        settings = crawler.settings
        hold_to_https(self.site)
        if sentence := stay_behind(self.site):
            logger.warning(sentence)
        adopt_pace(settings, self.site)
        self.batch_issues = batch_issues(settings)
        began, is_alone = int(time.time() * 1000), not settings["REDIS_URL"]
        shared, beside = self.in_fleets and not is_alone, self.beside_others and not is_alone
        self.frontier, self.leases = open_frontier(settings, self.name, self.site, tasks), Leases()
        state = self.frontier.resume() or CrawlState(run=began)
        state.site = self.site.url
        store = self.held = DatasetStore(crawler)
        self.session = session = Session(
            self.site, state, store, shared, beside, began=began, clock=lambda: datetime.now(UTC)
        )
        self.recording = Recording(
            crawler,
            self.site.name,
            state,
            findings=session.findings,
            counted=session.counted,
            shared=shared or beside,
            count=self.counting(state.run),
        )
        self.engine = self.assemble(session, settings)
        self.frontier.keep(state)
        if not settings["CONTACT"] and not sites.is_loopback(self.site.url):
            logger.warning("Set JIRA_CRAWLER_CONTACT, so that the site's administrator can write to you.")
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.progressed, signal=acknowledged)
        crawler.signals.connect(self.count, signal=signals.spider_closed)

    def counting(self, run: int) -> Callable[[], Tally] | None:
        """Gives what counts the issues of a run, where that is more than those that bear its number."""
        return None

    # --- out

    async def start(self) -> AsyncIterator[Request]:
        try:
            for task in self.engine.start():
                yield self.request(task)
        except StopCrawl as stop:
            raise self.recording.refuse(str(stop)) from None

    def request(self, task: Task) -> Request:
        """Makes the request of a task; raises ValueError for one that cannot be asked."""
        query = self.engine.query(task)
        accept = {"Accept": "application/json"} if task.asks else {}  # what we answer ourselves need be no JSON
        content = {"Content-Type": "application/json"} if query.body else {}
        most = {} if task.retries is None else {"max_retry_times": task.retries}
        before = {"retry_times": task.attempt} if task.attempt else {}
        return Request(
            query.address,
            method=query.method,
            body=query.body,
            headers=accept | content | dict(query.headers),
            callback=self.answer,
            priority=task.priority,
            meta={TASK: task} | most | before | self._account(task) | self.way(task),
        )

    def _account(self, task: Task) -> dict[str, Any]:
        """Says who asks, where that is another account; wherever it asks, that is at the pace of the site."""
        slot = urlsplit(self.site.url).hostname or ""
        return {ACCOUNT: task.account, "download_slot": slot} if task.account else {}

    def way(self, task: Task) -> dict[str, Any]:
        """Says, as meta of its request, whether a task goes another way than the others."""
        return {}

    def put(self, tasks: Iterable[Task]) -> bool:
        """Asks from outside of a callback, and counts that as asked; tells whether there was anything."""
        request = None
        for task in tasks:
            request = self.request(task)
            self.leases.asked(request)
            self.crawler.engine.crawl(request)
        return request is not None

    # --- back

    def answer(self, response: Response) -> Iterator[Made] | AsyncIterator[Made]:
        """Is told what came of a question, and gives on what the engine makes of it."""
        return self.answered(response)

    def answered(self, response: Response) -> Iterator[Made]:
        """Hands over a reply, and gives on what the engine makes of it."""
        effects = self._requested(response)
        return batched(effects, self.batch_issues) if self.batch_issues else effects

    def effects(self, response: Response) -> Effects:
        """Gives what the engine makes of a response."""
        return self.engine.handle(response.meta[TASK], reply_of(response))

    def stopped(self, sentence: str) -> None:
        """Ends the crawl where nothing else need be asked, unless a spider knows better."""
        raise self.recording.refuse(sentence) from None

    def _requested(self, response: Response) -> Iterator[Request | RawIssue]:
        try:
            for effect in self.effects(response):
                if isinstance(effect, Task):
                    if effect.attempt:
                        self.crawler.stats.inc_value("retry/count")
                    yield self.request(effect)
                elif isinstance(effect, GaveUp):
                    response.meta[GAVE_UP] = effect.sentence
                else:
                    yield effect
        except StopCrawl as stop:
            self.stopped(str(stop))

    # --- when nothing is under way

    def opened(self) -> None:
        """Listens for idleness after the extensions do: what came must be committed before it is proved."""
        self.crawler.signals.connect(self.idle, signal=signals.spider_idle)

    def idle(self) -> None:
        """Goes on with the proof; where others are at work, too, the fleet says when."""
        if not self.session.shared and self.advance():
            raise DontCloseSpider

    def advance(self) -> bool:
        """Goes on with the next phase of the proof, and tells whether something was asked."""
        if self.recording.stopping:
            return False
        try:
            return self.put(self.engine.idle())
        except Exception as error:  # which Scrapy would log, and end the crawl as finished
            logger.exception("A phase of the proof failed")
            self.recording.stop(f"The crawl cannot be proved complete: {type(error).__name__}: {error}.")
            return False

    def progressed(self, watermarks: Mapping[str, int]) -> None:
        """Tells the engine how far each project is listed and committed."""
        self.engine.progressed(watermarks)

    def count(self) -> None:
        """Puts into the stats what the engine has counted and proved."""
        stats = self.crawler.stats
        for part, n in self.session.truncated.items():
            stats.set_value(f"cut/{part}", n)
        for project, found in self.session.certificates.items():
            if found.counted is not None:
                stats.set_value(f"proof/{project}", {"counted": found.counted, "held": found.held})
            if found.verified is not None:
                stats.set_value(f"verified/{project}", found.verified)


def batched(effects: Iterable[Request | RawIssue], most: int) -> Iterator[Request | IssueBatch]:
    """Gives the issues of an answer on together, a bounded number at a time; whatever ends them, none is lost."""
    issues: list[RawIssue] = []
    size = 0
    try:
        for effect in effects:
            if isinstance(effect, Request):
                yield effect
                continue
            issues.append(effect)
            size += len(effect.payload)
            if len(issues) >= most or size >= BATCH_BYTES:
                yield IssueBatch(tuple(issues))
                issues, size = [], 0
    except Exception:
        if issues:
            yield IssueBatch(tuple(issues))
        raise
    if issues:
        yield IssueBatch(tuple(issues))


def reply_of(response: Response) -> Reply:
    """Makes a reply of what came, or of why nothing did."""
    failure = None
    if isinstance(response, FailureResponse):
        failure = Failure(response.reason, last_word=response.last_word, reached=response.reached)
    return Reply(
        status=response.status,
        body=response.body,
        headers={
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in response.headers.items()
            if values
        },
        seconds=response.meta.get("download_latency", 0.0),
        failure=failure,
        attempt=response.meta.get("retry_times", 0),
        file=response.meta.get(FILE),
    )
