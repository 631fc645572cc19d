"""`GET /pull`: examples as they stand in the feeds, page by page, and whatever is new as soon as it comes."""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import zstandard
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds.cursor import StaleCursor
from jira_crawler.feeds.pull import Choice, Page, Pull
from jira_crawler.serve.application import STOPPING
from jira_crawler.serve.parts import Served

PATH: Final = "/pull"
LONGEST: Final = 60.0  # seconds that somebody may wait for something new
WAITING: Final = 50  # who pull at the same time
_READING: Final = 4  # of them, who are being read for: each holds a page in memory
_TICK: Final = 0.5  # seconds between two looks at the number of the last change, however many wait
_KNOWN: Final = ("after", "min_quality", "tasks", "projects", "n", "wait", "consumer")
_NAMES: Final = re.compile(r"[A-Za-z0-9_.,/-]{0,2000}")
_UPKEEP: Final = 3_600.0  # seconds between two looks at who follows
_SMALL: Final = 512  # bytes that are not worth packing


class Source(Protocol):
    """What pages come from; `feeds.pull.Pull` is one."""

    def page(self, after: str, choice: Choice, most: int, consumer: str) -> Page: ...
    def latest(self) -> int: ...


class PullPages:
    """Answers whoever trains; store and files are read in threads, as a crawl may turn on the same loop.

    200: a page. 400: it cannot be asked so. 410: only a new beginning helps. 503: too many ask, or a feed is damaged.
    """

    def __init__(self, source: Source, tick: float = _TICK):
        self._source, self._tick = source, tick
        self._reading = asyncio.Semaphore(_READING)
        self._looking: asyncio.Task[int] | None = None
        self._told = asyncio.Event()
        self.pulling = 0  # how many ask now

    def routes(self) -> list[web.RouteDef]:
        """Gives what is guarded."""
        return [web.get(PATH, self.pull, allow_head=False)]

    async def pull(self, request: web.Request) -> web.Response:
        """Answers one page, as soon as there is anything to say, and after `wait` seconds in any case."""
        if self.pulling >= WAITING:
            return _said(503, f"{WAITING} pull already.", {"Retry-After": "5"})
        self.pulling += 1
        try:
            asked = Asked.of(request)
            page = await self._page(asked, request.app[STOPPING])
        except StaleCursor as error:
            return _said(410, str(error))
        except BadArgument as error:
            return _said(400, str(error))
        except Refused as error:
            return _said(503, str(error), {"Retry-After": "60"})
        finally:
            self.pulling -= 1
        return await asyncio.to_thread(_answer, page, _coding(request.headers.get("Accept-Encoding", "")))

    async def _page(self, asked: Asked, stopping: asyncio.Event) -> Page:
        until, after = time.monotonic() + asked.wait, asked.after
        while True:
            async with self._reading:
                page = await asyncio.to_thread(self._source.page, after, asked.choice, asked.most, asked.consumer)
            if page.lines or page.gone or not page.is_last:
                return page
            if not await self._changed(page.seq, until, stopping):
                return page
            after = page.cursor

    async def _changed(self, seq: int, until: float, stopping: asyncio.Event) -> bool:
        """Waits until there is a change behind a number; False where none comes in time. All who wait look together."""
        stop = asyncio.ensure_future(stopping.wait())
        try:
            while (left := until - time.monotonic()) > 0 and not stopping.is_set():
                look = self._looking = self._looking or asyncio.ensure_future(self._look())
                await asyncio.wait({look, stop}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if look.done() and look.result() > seq:
                    return True
        finally:
            stop.cancel()
            with suppress(asyncio.CancelledError):
                await stop
        return False

    def changed(self) -> None:
        """Is told that something was committed in this process, so that nobody waits for the next look."""
        self._told.set()

    async def _look(self) -> int:
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._tick):
                    await self._told.wait()
            self._told.clear()
            return await asyncio.to_thread(self._source.latest)
        finally:
            self._looking = None


class Pulling(PullPages):
    """The same as a part of a server over a folder: it opens the store itself, and lets go of whoever never returns."""

    name: ClassVar[str] = "The stream of examples"

    def __init__(self, pull: Pull, days: int):
        super().__init__(pull)
        self._pull, self._days = pull, days
        self._upkeep: asyncio.Task[None] | None = None
        self.trouble = ""

    @classmethod
    def of(cls, served: Served) -> Pulling:
        """Opens what is served; raises BadArgument where there is no store."""
        return cls(Pull.open(served.output, served.store_url), int(served.setting("CONSUMER_DAYS")))

    async def start(self) -> None:
        """Begins to look, every hour, for followers that are not heard of any more."""
        self._upkeep = asyncio.ensure_future(self._expire())

    async def _expire(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._pull.expire, self._days)
                self.trouble = ""
            except SQLAlchemyError as error:
                self.trouble = str(getattr(error, "orig", None) or error).splitlines()[0]
            await asyncio.sleep(_UPKEEP)

    async def stop(self) -> None:
        """Lets go of the store."""
        if self._upkeep:
            self._upkeep.cancel()
            await asyncio.wait([self._upkeep])
        self._pull.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for; raises BadArgument, with a sentence, where it is nothing that can be had."""

    after: str
    choice: Choice
    most: int
    wait: float
    consumer: str

    @classmethod
    def of(cls, request: web.Request) -> Asked:
        query = request.query
        for name in query:
            if name not in _KNOWN:
                raise BadArgument(f"There is nothing called {name[:50]!r} to be asked for: {', '.join(_KNOWN)}.")
            if len(query.getall(name)) > 1:
                raise BadArgument(f"{name} is given twice.")
        return cls(
            after=query.get("after", ""),
            choice=Choice(
                min_quality=_number(query, "min_quality", "0", 1),
                tasks=_listed(query, "tasks"),
                projects=_listed(query, "projects"),
            ),
            most=_whole(query.get("n", "1000")),
            wait=_number(query, "wait", "30", LONGEST),
            consumer=query.get("consumer", ""),
        )


def _number(query: Mapping[str, str], name: str, default: str, most: float) -> float:
    said = query.get(name, default)
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,20})?", said, re.ASCII) and float(said) <= most:
        return float(said)
    raise BadArgument(f"{name} is a number from 0 to {most:g}.")


def _whole(said: str) -> int:
    return int(said) if re.fullmatch("[0-9]{1,9}", said, re.ASCII) else 0  # which is refused as any number too small


def _listed(query: Mapping[str, str], name: str) -> tuple[str, ...]:
    said = query.get(name, "")
    if not _NAMES.fullmatch(said):
        raise BadArgument(f"{name} is a list of names with commas between them.")
    return tuple(filter(None, said.split(",")))


def _coding(accepted: str) -> str:
    """Chooses how to pack an answer, of what somebody says to understand; "" if they say nothing of it."""
    ranked = {}
    for each in accepted.lower().split(","):
        name, _, quality = each.partition(";")
        ranked[name.strip()] = quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("zstd", "gzip") if ranked.get(name)), "")


def _answer(page: Page, coding: str) -> web.Response:
    body, headers = page.ndjson(), {"Vary": "Accept-Encoding"}
    if coding and len(body) > _SMALL:
        body = zstandard.compress(body, 3) if coding == "zstd" else gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = coding
    return web.Response(body=body, content_type="application/x-ndjson", charset="utf-8", headers=headers)


def _said(status: int, sentence: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=f"{sentence}\n", headers=headers)
