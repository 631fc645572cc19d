"""Makes a crawl one worker of a fleet: it shows that it lives, waits for work, leads if nobody else does."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
from scrapy import signals
from scrapy.exceptions import DontCloseSpider, NotConfigured
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.defer import deferred_from_coro
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.lead import Lead
from jira_crawler.crawl.scope import Job
from jira_crawler.crawl.session import CrawlState, Session
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.feeds import reports
from jira_crawler.frontier.jobs import Entry
from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.recording import REPORT, Recording
from jira_crawler.scheduling.scheduler import TaskScheduler
from jira_crawler.sites import Site

if TYPE_CHECKING:  # what speaks Redis is loaded by who is in a fleet
    from scrapy.crawler import Crawler

    from jira_crawler.frontier.redis_frontier import RedisFrontier

logger = logging.getLogger(__name__)

TICK = 0.2  # seconds in which a worker that has nothing to do looks whether there is something
JOINT = REPORT  # what the fleet did together
BEATS = 4  # signs of life in the time that a lease lasts


class Worker(Protocol):
    """What is needed of a spider that has a part in a fleet."""

    name: str
    site: Site
    session: Session
    engine: CrawlEngine
    frontier: RedisFrontier

    def put(self, tasks: Iterable[Task]) -> bool:
        """Asks from outside of a callback."""

    def advance(self) -> bool:
        """Goes on with the next phase of the proof, and tells whether something was asked."""


class Workers:
    """Nothing of it is there without REDIS_URL."""

    def __init__(self, crawler: Crawler, spider: Worker, led: Lead):
        from jira_crawler.frontier.fleet import Fleet

        self.crawler, self.spider, self.frontier, self.led = crawler, spider, spider.frontier, led
        self.recording = Recording.of(crawler)
        self.fleet = Fleet(self.frontier, spider.name, spider.site.name)
        self.stays = crawler.settings.getbool("STAY")
        self.over: dict[str, Any] | None = None
        self.near_duplicates: dict[str, int] = {}
        self.awaited: set[str] = set()  # whose reports are still to come
        self._beaten = 0.0
        self._clock = create_looping_call(self.tick)
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.idle, signal=signals.spider_idle)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Workers:
        if not Recording.of(crawler).shared:
            raise NotConfigured
        spider = cast(Worker, crawler.spider)
        if spider.engine.lead is None or not spider.session.shared:
            raise NotConfigured
        return cls(crawler, spider, spider.engine.lead)

    def opened(self) -> None:
        try:
            self.fleet.recognise(CommitExtension.of(self.crawler).dataset.store.identity)
        except BadArgument as error:
            raise self.recording.refuse(str(error)) from error
        self.fleet.give(*(_entry(job.project, self.spider.site.url, job) for job in self.led.jobs.values()))
        self.led.leave_round()
        if not self.fleet.waiting() and not self.fleet.open_jobs():
            logger.info("Waiting for work: scrapy enqueue KAFKA SPARK")
        self._clock.start(TICK, now=True)

    def idle(self) -> None:
        """Lets Scrapy not end what only waits."""
        if self.over is None and not self.recording.stopping:
            raise DontCloseSpider

    def tick(self) -> None:
        """Shows that this worker lives; leads, if it is the lead; looks for work, if it has none."""
        if self.over is not None or self.recording.stopping or self.crawler.engine.spider is None:
            return
        try:
            leads = self._beat()
            if leads:
                self.lead()
            if self.crawler.engine.spider_is_idle():
                self.look(leads)
        except FrontierLost as error:
            self.recording.stop(f"The questions of the crawl cannot be kept: {error}.")
        except OSError as error:
            self.recording.stop(f"{JOINT} cannot be written: {error.strerror}.")
        except Exception as error:  # which would stop the clock, and leave a worker that lives and does nothing
            logger.exception("A tick failed")
            self.recording.stop(f"This worker cannot go on: {type(error).__name__}: {error}.")

    def _beat(self) -> bool:
        now = time.monotonic()
        if now - self._beaten >= self.frontier.milliseconds / 1000 / BEATS:
            led, self._beaten = self.frontier.leading, now
            if self.fleet.beat() and not led:
                logger.info("This worker leads: it counts, cuts up and proves")
                self.led.leave_round()
                self.frontier.end_round()
        return self.frontier.leading

    def lead(self) -> None:
        """Takes up what the fleet was given since the last time."""
        self.fleet.accept()
        for project, why in self.led.refused.items():
            self.fleet.give_up(project, why)
        new = [job for job in self.fleet.open_jobs() if job.project not in self.led.jobs]
        if not new:
            return
        if not self.led.in_round:
            reports.begin(self.recording.dataset.folder / JOINT)
            self.fleet.begin()
            self.led.take_round(self.frontier.load_state() or CrawlState(run=0))
            self.frontier.begin_round(self.spider.session.state)
        self.spider.put(self.led.take_up(new))

    def look(self, leads: bool) -> None:
        """Takes a request, or the next step of the proof, or notes that everything is done."""
        CommitExtension.of(self.crawler).commit()
        scheduler: Any = self.crawler.engine.scheduler
        assert isinstance(scheduler, TaskScheduler)  # noqa: S101 - the crawl would not know its questions else
        if request := scheduler.fetch():
            self.crawler.engine.crawl(request)
            return
        if leads and self.led.in_round and self.frontier.quiet() and self.fleet.beat():
            self.prove()
        elif (outcome := self.fleet.outcome()) is not None:
            if leads and outcome["merged"] is None:
                self.merge()
            elif not self.stays:
                self.end(outcome)

    def prove(self) -> None:
        """Goes on with the proof, and ends the round when there is nothing left to prove."""
        if not self.fleet.remembered():
            self.recording.stop("Redis has forgotten what was asked: it was emptied. Give the projects again.")
            return
        for why in self.frontier.failures(self.led.jobs):
            self.recording.add_finding(why)
        if self.spider.advance():
            return
        findings, refused = self.recording.findings.sentences, list(self.led.refused.values())
        if self.recording.stopping or not self.fleet.conclude(self.led.jobs, findings, refused):
            return
        logger.info("This round of the fleet is %s", "incomplete" if findings or refused else "complete")
        self.led.leave_round()
        self.frontier.end_round()

    def merge(self) -> None:
        """Makes the feeds while the others wait: if this worker dies of it, another one does."""
        self.awaited = self.fleet.others()  # whoever comes from now on waits for other work
        over = Event()
        Thread(target=self._beat_until, args=(over,), daemon=True).start()
        try:
            self.fleet.merged(merge_here(self.recording))
        finally:
            over.set()

    def _beat_until(self, over: Event) -> None:
        while not over.wait(self.frontier.milliseconds / 1000 / BEATS):
            try:
                self.fleet.beat()
            except FrontierLost:
                return

    def end(self, outcome: dict[str, Any]) -> None:
        """Ends this worker as soon as the feeds are made; the lead stays until the others have told what they did."""
        if outcome["merged"] is None or (self.frontier.leading and self.awaited & self.fleet.others()):
            return
        self.near_duplicates = outcome["merged"]
        for sentence in outcome["missing"]:
            self.recording.add_finding(sentence)
        self.over = outcome
        deferred_from_coro(self.crawler.engine.close_spider_async(reason="finished"))

    def closed(self) -> None:
        if self._clock.running:
            self._clock.stop()

    def joined(self, report: dict[str, Any]) -> dict[str, Any]:
        """Hands in a worker's report, or makes that of the fleet, and leaves it."""
        try:
            if self.over is not None and self.frontier.leading:
                from jira_crawler.frontier.fleet import joint

                report = joint(report | {"near_duplicates": self.near_duplicates}, self.fleet.collect())
                with suppress(OSError):  # which may stay: it says that nothing is known of this worker alone
                    (self.recording.dataset.folder / self.recording.report).unlink()
                self.recording.report = JOINT
            else:
                self.fleet.hand_in(report)
            self.fleet.leave()
        except FrontierLost as error:
            self.recording.add_finding(f"The other workers were not told of the end: {error}.")
        return report


def merge_here(recording: Recording) -> dict[str, int]:
    """Makes the feeds of a fleet out of the shards in this folder, if they are all here; counts near-duplicates."""
    dataset = recording.dataset
    try:
        from jira_crawler.feeds.merge import merge

        merged = merge(dataset.store, [dataset.folder], dataset.folder)
    except (Refused, OSError, SQLAlchemyError) as error:
        recording.add_finding(f"The shards are not merged: {str(error).splitlines()[0]}")
        return {}
    if merged.missing:
        logger.warning("The shards are not merged: %s", merged.sentence)
    return dict(merged.near_duplicates)


def _entry(project: str, site: str, job: Job) -> str:
    entry = Entry(project, site, job.priority, job.full, job.verify)
    return msgspec.json.encode(entry).decode()
