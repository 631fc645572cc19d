"""Runs a crawl that never ends: receives webhooks, asks for what they are about, and lists what they lost.

Webhooks and lists go through the same engine, pace, budget and pipelines as any crawl. While a pass lists what changed,
nothing else is asked, so that of two answers about an issue the later one is always the later question's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from aiohttp import web
from scrapy import signals
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.crawl.agenda import WEEK, Agenda
from jira_crawler.exceptions import Refused
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.live_metrics import LiveMetrics
from jira_crawler.extensions.metrics import PATH
from jira_crawler.extensions.readings import Readings
from jira_crawler.extensions.report import Report
from jira_crawler.extensions.tables import Tables
from jira_crawler.extensions.upkeep import Upkeep
from jira_crawler.extensions.watched.status import LiveStatus
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.recording import Recording
from jira_crawler.scheduling import committed, stopping
from jira_crawler.sentences import masked
from jira_crawler.serve.health import Health
from jira_crawler.serve.parts import Part, Served, made
from jira_crawler.serve.reception import Reception
from jira_crawler.serve.standing import lagging
from jira_crawler.serve.unannounced import Unannounced
from jira_crawler.serve.watching import FIND, StatusPages
from jira_crawler.serve.worklist import Worklist
from jira_crawler.settings import secret
from jira_crawler.store.delivery_audit import Backlog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.crawler import Crawler

    from jira_crawler.crawl.following import Following, Pass
    from jira_crawler.crawl.session import Session
    from jira_crawler.crawl.task import Task
    from jira_crawler.sites import Site
    from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)
TICK = 0.05  # seconds between two looks at what is due
COUNT = 2.0  # seconds between two looks at how far behind each stage is


class Follower(Protocol):
    """What is needed of the spider."""

    site: Site
    session: Session
    following: Following

    def put(self, tasks: Iterable[Task]) -> bool: ...
    def count(self) -> None: ...


class Live:
    """Belongs to the spider of that name, which adds it to the extensions."""

    def __init__(self, crawler: Crawler):
        self.crawler, self.spider = crawler, cast(Follower, crawler.spider)
        self.session, self.following = self.spider.session, self.spider.following
        settings = crawler.settings
        self.server = Reception(settings, self.spider.site)
        self.poll = settings.getfloat("LIVE_POLL")
        self.levels = settings.getfloat("LIVE_SLA")
        self.agenda: Agenda | None = None  # as soon as the crawl has come to its end
        self.began = time.time()
        self.polled: float | None = None  # when a pass last went well
        self._kind: Pass | None = None  # of the pass that is not over
        self._drains = False  # whether answers are under way of a pass that broke off
        self._unannounced: Unannounced | None = None
        self._latest = 0  # the number of the last change that the tables were told of
        self._clock = create_looping_call(self.tick)
        self._arrived, self._count_due = True, 0.0
        self.parts: list[Part] = []  # what is served of the folder
        self.status, self.counts = LiveStatus(self), LiveMetrics(crawler.stats)
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.settle, signal=committed)
        crawler.signals.connect(self.stop, signal=stopping)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Live:
        return cls(crawler)

    @cached_property
    def commits(self) -> CommitExtension:
        return CommitExtension.of(self.crawler)

    @cached_property
    def recording(self) -> Recording:
        return Recording.of(self.crawler)

    @cached_property
    def worklist(self) -> Worklist:
        return Worklist(self.spider.site.name, self.store, self.session.scope.projects, self._small_tables)

    @cached_property
    def upkeep(self) -> Upkeep:
        return Upkeep(self.crawler, self.spider.site.name, self._tabled)

    @property
    def store(self) -> Store:
        return self.commits.dataset.store

    async def opened(self) -> None:
        """Listens before the first question is asked: what changes meanwhile is not to be missed."""
        self.parts = made(self._served())
        own = [route for part in self.parts for route in part.routes()]
        searches = any(isinstance(route, web.RouteDef) and route.path == FIND for route in own)
        pages = [*StatusPages(self.status.look, searches=searches).routes(), *self._metrics_page(), *own]
        try:
            await self.server.start(
                self.store.deliveries.receive, self._arrive, self.health, pages=pages, timed=self.counts.timed
            )
        except Refused as error:
            self.recording.stop(str(error))
            return
        for part in self.parts:
            await part.start()
        logger.info("How it is can be seen at %s", self.server.url)
        self._clock.start(TICK, now=False)

    def _arrive(self) -> None:
        self._arrived = True

    # --- what is due

    def tick(self) -> None:
        """Asks for what is due; a store that breaks under it stops the crawl, as does whatever nobody foresaw."""
        if self.recording.stopping:
            return
        try:
            now, at = time.monotonic(), int(time.time() * 1000)
            if self._arrived:
                self.worklist.look(now, at)
                self._arrived = self.worklist.has_more and not self.worklist.is_full
            if self.agenda:
                self._go_on(self.agenda, now, at)
                if self.following.refresh.results:  # which count when they are in the store
                    self.commits.hurry()
            if now >= self._count_due:
                self._count_due = now + COUNT
                self.counts.behind(self.store.delivery_audit.backlog(self.spider.site.name), len(self.worklist.dirty))
        except Exception as error:
            self.commits.fail("What is due cannot be asked for", error)

    def _go_on(self, agenda: Agenda, now: float, at: int) -> None:
        """Begins one thing after the other: feeds are put in order, and passes made, while nothing else is under way.

        So of two answers about an issue the later one is the later question's, and none is committed before it is out
        of the pipelines.
        """
        kind, compacts = agenda.due(now), self.upkeep.compaction_is_due(now)
        is_busy = bool(self._drains or self._kind or self.following.under_way)
        if is_busy or not compacts:
            self.upkeep.tick(now)
        if is_busy or self.commits.compacting:
            return
        if not kind and not compacts:
            due = self.worklist.due(now, at)
            self.spider.put(self.following.refresh.ask(id_, deleted=deleted) for id_, deleted in due)
        elif self.worklist.under_way:  # the answers that are under way come first
            return
        elif compacts:
            self.upkeep.compact(now)
        elif kind:
            self._kind = kind
            self.status.began(kind)
            if not self.spider.put(self.following.begin(kind)):
                self._ended(kind)

    def settle(self) -> None:
        """Notes what became of issues, now that what came of them is committed."""
        results = self.following.refresh.results
        self.following.refresh.results = []
        try:
            self.worklist.take(results, time.monotonic())
            has_ended = self.worklist.settle(int(time.time() * 1000))
            latest = self.store.changes.latest()
        except SQLAlchemyError as error:
            self.commits.fail("The store cannot be read", error)
            return
        self._arrived = self._arrived or self.worklist.has_more
        if has_ended or latest != self._latest:
            self._latest = latest
            self.upkeep.changed()
            for part in self.parts:
                part.changed()

    def quiet(self) -> None:
        """Nothing is under way any more, and all that came is committed."""
        if self.commits.compacting:
            return
        self._drains = False
        if self.agenda is None:
            self._begin_to_follow()
            return
        self.worklist.lost(time.monotonic())
        if self._kind and not self.following.under_way:
            self._ended(self._kind)

    def _begin_to_follow(self) -> None:
        """Sees to it that the first pass is made: it lists what changed during the crawl, or while we were away."""
        store, site, state = self.store.progress, self.spider.site.name, self.session.state
        last = store.last_census(site)
        due = max(last / 1000 + WEEK - time.time(), 0.0) if last else WEEK
        trailing = self.crawler.settings.getfloat("LIVE_TRAILING_SECONDS")
        self.agenda = Agenda(self.poll, time.monotonic(), due, trailing, self.levels)
        self.following.has_begun = True
        self.status.proved()
        state.dialect = state.dialect or store.dialect(site)
        logger.info("%s is followed from now on", ", ".join(self.session.scope.projects))

    def holds_something(self) -> bool:
        """Whether each project was crawled before, so that it can be followed though the tracker is away now."""
        store, site = self.store.progress, self.spider.site.name
        known = [store.of(site, project) for project in self.session.scope.projects]
        return all(each and each.finished for each in known)

    # --- passes

    def broke_off(self, sentence: str) -> None:
        """Ends a pass, or the crawl before it, where the tracker does not answer; a later one tries again.

        What was asked by then is waited for: an answer that is under way may be older than the next one.
        """
        self._drains = True
        self.following.broke_off(sentence)

    def _ended(self, kind: Pass) -> None:
        assert self.agenda  # noqa: S101 - passes are made by it
        self._kind = None
        findings, ok = self.session.findings, self.following.went_well
        self.agenda.ended(kind, time.monotonic(), ok=ok)
        self.status.ended(kind, ok=ok)
        if kind == "levels":
            self._take_levels()
            return
        self.counts.passed(ok=ok)
        if ok:
            self.polled = time.time()
        elif findings:
            logger.warning("What changed is not listed to the end, and is listed again: %s", findings.sentences[0])
        self._look_for_missed()
        self.spider.count()
        try:
            if report := self.crawler.get_extension(Report):
                report.write_current()
        except OSError as error:
            logger.error("The report cannot be written: %s", error.strerror)

    def _take_levels(self) -> None:
        """Notes when service levels came, and asks for the issues that the same answers showed to be others by now."""
        levels = self.following.levels
        if came := levels.over():
            self.store.catalogue.polled(self.spider.site.name, came)
        healed, levels.healed = levels.healed, []
        if healed:
            self.crawler.stats.inc_value("live/healed", len(healed))
            self.worklist.add(healed, time.monotonic())

    def _look_for_missed(self) -> None:
        """Notes what a pass found, and no delivery had announced when it should have come."""
        if since := self.server.listening_since:
            self._unannounced = self._unannounced or Unannounced(
                self.spider.site.name, self.store.delivery_audit, since
            )
            if new := self._unannounced.note(self.following.found, int(time.time() * 1000)):
                self.crawler.stats.inc_value("live/push_missed", new)
                logger.warning("Webhooks did not announce %d of what changed: scrapy deliveries --missed lists it", new)
        self.following.found.clear()

    # --- around it

    def _small_tables(self) -> None:
        if tables := self.crawler.get_extension(Tables):
            tables.ask_again()

    def _tabled(self, began: int) -> None:
        self.status.tabled(began)
        self.store.deliveries.tabled(self.spider.site.name, began, int(time.time() * 1000))

    def _served(self) -> Served:
        settings = self.crawler.settings
        return Served(
            output=Path(settings["OUTPUT_DIR"]),
            store_url=settings["STORE_URL"],
            setting=settings.get,
            secret=secret,
            policy=self.commits.policy,
        )

    def _metrics_page(self) -> list[web.RouteDef]:
        """What Prometheus asks, if there is what speaks its language."""
        try:
            from jira_crawler.extensions.exposition import metrics_handler
        except ModuleNotFoundError:
            return []
        return [web.get(PATH, metrics_handler(self.crawler.stats, Readings(self.crawler)))]

    async def health(self) -> Health:
        """Says how it is; the store is tried, because nothing else would tell that it cannot be written."""
        store, lent = self.store.delivery_audit, self.crawler.get_downloader_middleware(Credentials)
        trouble = self.server.trouble
        try:
            await asyncio.to_thread(store.probe)
            backlog = await asyncio.to_thread(store.backlog, self.spider.site.name)
        except SQLAlchemyError as error:
            trouble = masked(
                str(getattr(error, "orig", None) or error).splitlines()[0], self.crawler.settings["STORE_URL"]
            )
            backlog = Backlog(waiting=0, fetch=None, store=None, tables=None, last=None)
        return Health(
            now=time.time(),
            began=self.began,
            receiving=bool(self.server.signatures),
            trouble=trouble or self.upkeep.trouble,
            waiting=backlog.waiting,
            oldest=backlog.store and backlog.store / 1000,
            delivered=backlog.last and backlog.last / 1000,
            polled=self.polled,
            poll_seconds=self.poll,
            levels={name: each.at / 1000 if each.at else None for name, each in self.following.levels.fetched.items()}
            if self.following.levels.fields
            else {},
            credentials=lent.state if lent else "none",
            parts=lagging(self.parts),
            configuration={
                "site": self.spider.site.url,
                "projects": list(self.session.scope.projects),
                "poll_seconds": self.poll,
                "signed": bool(self.server.signatures),
                "tables": self.upkeep.tables,
            },
        )

    # --- the end

    async def stop(self) -> None:
        """Answers what was accepted; nothing is asked for any more, and what is not done is done by the next run."""
        if self._clock.running:
            self._clock.stop()
        await self.server.stop()
        for part in self.parts:
            await part.stop()
        await self.status.close()
        await self.upkeep.close()
