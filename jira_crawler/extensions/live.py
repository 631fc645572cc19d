"""Runs a crawl that never ends: receives webhooks, asks for what they are about, and lists what they lost.

Webhooks and lists go through the same engine, pace, budget and pipelines as any crawl. While a pass lists what changed,
nothing else is asked, so that of two answers about an issue the later one is always the later question's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.crawl.agenda import WEEK, Agenda
from jira_crawler.exceptions import Refused
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.report import Report
from jira_crawler.extensions.tables import Tables
from jira_crawler.extensions.upkeep import Upkeep
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.recording import Recording
from jira_crawler.scheduling import committed, stopping
from jira_crawler.sentences import masked
from jira_crawler.serve.application import TOKEN, Guard, application
from jira_crawler.serve.health import Credentials as CredentialsState
from jira_crawler.serve.health import Health, HealthPages
from jira_crawler.serve.intake import Intake
from jira_crawler.serve.receiver import Receiver
from jira_crawler.serve.server import Server
from jira_crawler.serve.signature import SECRET, Signatures
from jira_crawler.serve.worklist import Worklist
from jira_crawler.settings import secret
from jira_crawler.store.delivery_audit import Announcement, Backlog, Missed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.crawler import Crawler

    from jira_crawler.crawl.following import Following, Pass
    from jira_crawler.crawl.session import Session
    from jira_crawler.crawl.task import Task
    from jira_crawler.sites import Site
    from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)
TICK = 0.1  # seconds between two looks at what is due
GRACE = 60_000  # ms that a delivery may take: a Cloud sends within thirty seconds
SAME = 5_000  # ms by which the time of an edit and that of the word of it may differ


class Follower(Protocol):
    """What is needed of the spider."""

    site: Site
    session: Session
    following: Following

    def put(self, tasks: Iterable[Task]) -> bool: ...


class Live:
    """Belongs to the spider of that name, which adds it to the extensions."""

    def __init__(self, crawler: Crawler):
        self.crawler, self.spider = crawler, cast(Follower, crawler.spider)
        self.session, self.following = self.spider.session, self.spider.following
        settings = crawler.settings
        self.signatures, self.guard = Signatures.of(secret), Guard(secret(TOKEN), settings["LIVE_HOST"])
        self.poll = settings.getfloat("LIVE_POLL")
        self.levels = settings.getfloat("LIVE_SLA")
        self.agenda: Agenda | None = None  # as soon as the crawl has come to its end
        self.began = time.time()
        self.polled: float | None = None  # when a pass last went well
        self._kind: Pass | None = None  # of the pass that is not over
        self._refused: bool | None = None  # whether the tracker did not know us when it answered last
        self._doubtful: dict[str, Missed] = {}  # what a pass found and no delivery announced, so far
        self._listening_since = 0
        self._server: Server | None = None
        self._intake: Intake | None = None
        self._clock = create_looping_call(self.tick)
        self._arrived = True
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.settle, signal=committed)
        crawler.signals.connect(self.stop, signal=stopping)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

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

    # --- the server

    async def opened(self) -> None:
        """Listens before the first question is asked: what changes meanwhile is not to be missed."""
        deliveries = self.store.deliveries
        self._intake = Intake(deliveries.receive, self._arrive)
        settings = self.crawler.settings
        receiver = Receiver(
            self.spider.site.name,
            self.signatures,
            self._intake,
            longest=settings.getint("WEBHOOK_BYTES"),
            hosts=[urlsplit(self.spider.site.url).hostname or ""],
        )
        pages = HealthPages(self.health, self.guard)
        app = application([*receiver.routes(), *pages.routes()], guard=self.guard)
        self._server = Server(app, settings["LIVE_HOST"], settings.getint("LIVE_PORT"))
        try:
            await self._server.start()
        except Refused as error:
            self._server = None
            self.recording.stop(str(error))
            return
        if self.signatures:
            self._listening_since = int(time.time() * 1000)
            logger.info("Webhooks are received at %s/webhooks/jira", self._server.url)
        else:
            logger.warning("There is no %s, so no webhooks are received: what changes is found by polling", SECRET)
        self._clock.start(TICK, now=False)

    def _arrive(self) -> None:
        self._arrived = True

    # --- what is due

    def tick(self) -> None:
        """Asks for what is due; a store that breaks under it stops the crawl."""
        if self.recording.stopping:
            return
        try:
            now, at = time.monotonic(), int(time.time() * 1000)
            if self._arrived:
                self._arrived = False
                self.worklist.look(now, at)
            if self.agenda:
                self._go_on(self.agenda, now, at)
                self.upkeep.tick(now)
        except SQLAlchemyError as error:
            self.commits.fail("The store cannot be read", error)

    def _go_on(self, agenda: Agenda, now: float, at: int) -> None:
        if self.following.under_way:
            return
        if kind := agenda.due(now):
            if not self.worklist.under_way:  # the answers that are under way come first
                self._kind = kind
                if not self.spider.put(self.following.begin(kind)):
                    self._ended(kind)
            return
        due = self.worklist.due(now, at)
        self.spider.put(self.following.refresh.ask(id_, deleted=deleted) for id_, deleted in due)

    def settle(self) -> None:
        """Notes what became of issues, now that what came of them is committed."""
        results = self.following.refresh.results
        self.following.refresh.results = []
        try:
            self.worklist.take(results, time.monotonic())
            self.worklist.settle(int(time.time() * 1000))
        except SQLAlchemyError as error:
            self.commits.fail("The store cannot be read", error)
            return
        if self.worklist.has_more:
            self._arrived = True
        self.upkeep.changed()

    def quiet(self) -> None:
        """Nothing is under way any more, and all that came is committed."""
        if self.commits.compacting:
            return
        if self.agenda is None:
            self._begin_to_follow()
            return
        self.worklist.settle(int(time.time() * 1000), quiet=True)
        self.worklist.lost(time.monotonic())
        if self._kind and not self.following.under_way:
            self._ended(self._kind)

    def _begin_to_follow(self) -> None:
        """Sees to it that the first pass is made: it lists what changed during the crawl, or while we were away."""
        store, site, state = self.store.progress, self.spider.site.name, self.session.state
        last = store.last_census(site)
        due = max(last / 1000 + WEEK - time.time(), 0.0) if last else WEEK
        self.agenda = Agenda(self.poll, time.monotonic(), due, self.levels)
        self.following.has_begun = True
        state.dialect = state.dialect or store.dialect(site)
        logger.info("%s is followed from now on", ", ".join(self.session.scope.projects))

    def holds_something(self) -> bool:
        """Whether each project was crawled before, so that it can be followed though the tracker is away now."""
        store, site = self.store.progress, self.spider.site.name
        known = [store.of(site, project) for project in self.session.scope.projects]
        return all(each and each.finished for each in known)

    # --- passes

    def broke_off(self, sentence: str) -> None:
        """Ends a pass, or the crawl before it, where the tracker does not answer; a later one tries again."""
        self.session.findings.add(sentence)
        if self.agenda is None:
            self._begin_to_follow()
        self.following.under_way = None

    def answered(self, status: int) -> None:
        """Notes whether the tracker still knows us."""
        if status in (200, 401):
            self._refused = status == 401

    def _ended(self, kind: Pass) -> None:
        assert self.agenda  # noqa: S101 - passes are made by it
        self._kind = None
        findings = self.session.findings
        ok = not findings
        self.agenda.ended(kind, time.monotonic(), ok=ok)
        if kind == "levels":
            self._take_levels()
            return
        if ok:
            self.polled = time.time()
        else:
            logger.warning("What changed is not listed to the end, and is listed again: %s", findings.sentences[0])
        self._look_for_missed()
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
        now, site = int(time.time() * 1000), self.spider.site.name
        for id_, found in self.following.found.items():
            if self.signatures and found.updated >= self._listening_since:
                self._doubtful[id_] = Missed(site, id_, found.key, found.updated, now)
        self.following.found.clear()
        ripe = {id_: each for id_, each in self._doubtful.items() if each.found <= now - GRACE}
        told = self.store.delivery_audit.last_announced(site, ripe)
        missed = [each for id_, each in ripe.items() if id_ not in told or not _announces(told[id_], each.updated)]
        for id_ in ripe:
            del self._doubtful[id_]
        if missed and (new := self.store.delivery_audit.note_missed(missed)):
            self.crawler.stats.inc_value("live/push_missed", new)
            logger.warning("Webhooks did not announce %d of what changed: scrapy deliveries --missed lists it", new)

    # --- around it

    def _small_tables(self) -> None:
        if tables := self.crawler.get_extension(Tables):
            tables.ask_again()

    def _tabled(self, began: int) -> None:
        self.store.deliveries.tabled(self.spider.site.name, began, int(time.time() * 1000))

    async def health(self) -> Health:
        """Says how it is; the store is tried, because nothing else would tell that it cannot be written."""
        store = self.store.delivery_audit
        trouble = self._intake.trouble if self._intake else ""
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
            receiving=bool(self.signatures),
            trouble=trouble or self.upkeep.trouble,
            waiting=backlog.waiting,
            oldest=backlog.store and backlog.store / 1000,
            delivered=backlog.last and backlog.last / 1000,
            polled=self.polled,
            poll_seconds=self.poll,
            levels={name: each.at / 1000 if each.at else None for name, each in self.following.levels.fetched.items()}
            if self.following.levels.fields
            else {},
            credentials=self._credentials(),
            configuration={
                "site": self.spider.site.url,
                "projects": list(self.session.scope.projects),
                "poll_seconds": self.poll,
                "signed": bool(self.signatures),
                "tables": self.upkeep.tables,
            },
        )

    def _credentials(self) -> CredentialsState:
        if self._refused:
            return "refused"
        if self._refused is None:
            return "unknown"
        lent = self.crawler.get_downloader_middleware(Credentials)
        return "good" if lent and lent.variable else "none"

    # --- the end

    async def stop(self) -> None:
        """Answers what was accepted; nothing is asked for any more, and what is not done is done by the next run."""
        if self._clock.running:
            self._clock.stop()
        if self._server:
            server, self._server = self._server, None
            await server.stop()
        if self._intake:
            intake, self._intake = self._intake, None
            await intake.close()
        await self.upkeep.close()

    async def closed(self) -> None:
        await self.stop()


def _announces(told: Announcement, updated: int) -> bool:
    """Whether the last delivery about an issue can be about its edit of a time (ms), or about one after it."""
    return (told.at is not None and told.at >= updated - SAME) or told.received >= updated + GRACE
