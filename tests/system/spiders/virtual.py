"""A whole crawl without a process: spider, retries and questions are the real ones, the tracker is called.

The loop is one of virtual time (tests/middlewares/virtual.py): what is waited for costs a number, and no clock is
looked at. So a crawl of a thousand issues with default back-off takes seconds, and what it would have waited is known.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DownloadTimeoutError
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector

from fake_jira import exchange
from fake_jira.faults import fault_injection
from fake_jira.faults.switches import Fault
from fake_jira.options import Options
from fake_jira.server.application import Application
from fake_jira.server.assembly import assemble
from jira_crawler.crawl.isolation_tasks import FetchIssue
from jira_crawler.extensions.issue_rows import row as as_row
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.frontier.protocol import Failed, Leased
from jira_crawler.items import RawIssue
from jira_crawler.middlewares import retry
from jira_crawler.middlewares.retry import Retry
from jira_crawler.refine.outcome import Rejected
from jira_crawler.scheduling import GAVE_UP, TASK
from jira_crawler.spiders.jira import Jira
from tests.integration.middlewares.virtual import Clock

URL = "http://127.0.0.1:9"
SIDE_BY_SIDE = 4
TIMEOUT = 20.0


class Tracker:
    """The sandbox's Jira behind a function. While it is `dead`, nothing is answered, of any address with that in it.

    `spoilt` are the pages of whole issues that a bad one kept from coming.
    """

    def __init__(self, **options: Any) -> None:
        chosen = Options(**options)
        self.jira = assemble(chosen, URL)
        self.application = Application(self.jira, chosen)
        self.poison = self.application.poison
        self.dead: str | None = None
        self.spoilt: list[str] = []

    def project(self, name: str = "DEMO") -> list[Any]:
        """The issues of a project in the order in which they are walked."""
        there = [issue for issue in self.jira.corpus.by_id.values() if issue.project == name]
        return sorted(there, key=lambda issue: (issue.created, issue.number))

    def answer(self, request: Request) -> Response | float:
        """Gives an answer, or how many seconds it would take to give one."""
        parts = urlsplit(request.url)
        query = parse_qs(parts.query, keep_blank_values=True)
        asked = exchange.Request(request.method, unquote(parts.path), query, request.body, headers={})
        found = self.application._answer(asked, Fault("none"), "")
        dead = self.dead is not None and self.dead in request.url
        bad = Fault("error500") if dead else self.poison.draw(found, self.jira.corpus)
        if bad and not dead and "/search" in parts.path and "*all" in request.url:
            self.spoilt.append(request.url)
        if bad and bad.name == "hang":
            return float(bad.value)
        if bad:
            found = fault_injection.instead(bad, asked, URL, self.application.faults.chance) or found
        return Response(
            request.url, found.status, {"Content-Type": found.content_type}, body=found.body, request=request
        )


@dataclass
class Run:
    """What a crawl asked, waited for, said and left."""

    asked: list[str] = field(default_factory=list)
    backed_off: float = 0.0
    timeouts: int = 0
    came: set[str] = field(default_factory=set)
    rejects: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    finished: bool = False

    @property
    def waited(self) -> float:
        return self.backed_off + self.timeouts * TIMEOUT

    @property
    def most(self) -> int:
        """How often the question that was asked most often was asked."""
        return max(Counter(self.asked).values())


class _Engine:
    def __init__(self, push: Any) -> None:
        self.crawl = push


class Virtual:
    """One process' crawl of a tracker into a folder."""

    def __init__(self, jira: Tracker, folder: Path, jobs: str = "", **chosen: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.jira, self.run, self.clock = jira, Run(), Clock()
        names = {name: value for name, value in chosen.items() if name.isupper()}
        settings = Settings({"JOBDIR": jobs, "DOWNLOAD_TIMEOUT": TIMEOUT, "REFINE_PROCESSES": 1, **names})
        settings.setmodule("jira_crawler.settings", priority="default")
        self.crawler = Crawler(Jira, settings)
        self.crawler.stats = MemoryStatsCollector(self.crawler)
        self.crawler.engine = _Engine(self._push)
        arguments = {"projects": "DEMO"} | {name: value for name, value in chosen.items() if not name.isupper()}
        self.spider = Jira.from_crawler(self.crawler, site=URL, **arguments)
        self.crawler.spider = self.spider
        self.recording = self.spider.recording
        self.recording.dataset = self.dataset = Dataset(folder)
        self.frontier = self.spider.frontier
        self.again = bool(jobs)  # what an earlier process asked is known
        self.retry = Retry(self.crawler)
        self.transient: list[Request] = []
        self.out = 0

    def crawl(self, most: int = 3_000) -> Run:
        """Crawls to the end, or until so many questions were asked, as if it were killed then."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(random, "uniform", lambda low, high: high)  # the most that a back-off may be
            patch.setattr(retry.asyncio, "sleep", self._back_off)
            with suppress(CloseSpider):
                self.clock.run(self._crawl(most))
        self.run.missing = list(self.recording.findings.sentences)
        self.run.finished = bool(
            (progress := self.dataset.store.progress.of(self.spider.site.name, "DEMO")) and progress.finished
        )
        self.dataset.commit()
        for row in self.dataset.store.chunks(10_000):
            for each in row:
                if each.stage == "Fetch":
                    self.run.rejects[each.id] = each.reason
                else:
                    self.run.came.add(each.id)
        self.frontier.commit()
        self.frontier.close(complete=not self.recording.findings)
        self.dataset.close()
        return self.run

    async def _crawl(self, most: int) -> None:
        async for request in self.spider.start():
            self._push(request)
        while True:
            await asyncio.gather(*(self._work(most) for _ in range(SIDE_BY_SIDE)))
            self._commit([])
            if len(self.run.asked) >= most or not self.spider.advance():
                return

    async def _work(self, most: int) -> None:
        while len(self.run.asked) < most:
            request = self._next()
            if request is None:
                if not self.out:
                    return
                await _sleep(0.1)
                continue
            self.out += 1
            try:
                await self._answered(request)
            finally:
                self.out -= 1

    async def _answered(self, request: Request) -> None:
        lease: str | None = request.meta.pop("row", None)
        response = await self._download(request)
        for each in self.spider.answer(response):
            self._push(each) if isinstance(each, Request) else self._record(each)
        if lease is not None:
            why = response.meta.get(GAVE_UP)
            self._commit([(lease, why)])

    async def _download(self, request: Request) -> Response:
        while True:
            self.run.asked.append(f"{request.url} {request.body!r}")
            found = self.jira.answer(request)
            if isinstance(found, float) and found >= TIMEOUT:
                await _sleep(TIMEOUT)
                self.run.timeouts += 1
                came = await self.retry.process_exception(request, DownloadTimeoutError())
            else:
                await _sleep(0.2)
                came = await self.retry.process_response(request, found)
            if isinstance(came, Response):
                return came.replace(request=request)
            request = came

    async def _back_off(self, seconds: float) -> None:
        self.run.backed_off += seconds
        await _sleep(seconds)

    def _push(self, request: Request) -> None:
        task = request.meta[TASK]
        if task.identity is None:
            self.transient.append(request)
            return
        taken = self.frontier.push(task)
        # Who is asked for by itself may be twice; but a listing whose question is known already would just end.
        assert taken or self.again or isinstance(task, FetchIssue), f"known: {request.url}"

    def _next(self) -> Request | None:
        if self.transient:
            return self.transient.pop(0)
        leased = self.frontier.lease()
        if leased is None:
            return None
        assert isinstance(leased, Leased)
        request = self.spider.request(leased.task)
        request.meta["row"] = leased.id
        return request

    def _commit(self, answered: Iterable[tuple[str, str | None]]) -> None:
        self.dataset.commit()
        for id_, why in answered:
            self.frontier.acknowledge([] if why else [id_], [Failed(id_, why)] if why else [])
        self.frontier.commit()
        self.spider.progressed(self.frontier.watermarks())

    def _record(self, raw: RawIssue) -> None:
        store = self.dataset.store
        if raw.failed:
            self.dataset.commit()
            if not store.row(raw.site, raw.id):
                self.dataset.record(as_row(raw, self.recording.run, Rejected("Fetch", raw.failed)))
            return
        # Refining is not what is looked at here, nor what a payload packs to.
        row = as_row(replace(raw, payload=b"{}"), self.recording.run, Rejected("Fetch", ""))
        created = self.jira.jira.corpus.by_id[int(raw.id)].created
        self.dataset.record(replace(row, created=created, stage="WriteFeeds"))


_sleep = asyncio.sleep
