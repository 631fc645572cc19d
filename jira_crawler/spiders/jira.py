"""Crawls the projects of a Jira through its REST search: completely, politely, and with proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from jira_crawler.exceptions import BadArgument, Unreadable
from jira_crawler.frontier import FLEETING, acknowledged
from jira_crawler.spiders import arguments
from jira_crawler.spiders.answers import NoAnswer
from jira_crawler.spiders.completing import Output
from jira_crawler.spiders.verifying import Verifying
from jira_crawler.trackers import introduction, read_introduction, walk
from jira_crawler.trackers.contract import Position, Slice

FLAGS = {"": False, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Jira(Verifying):
    """`-a projects=KAFKA,SPARK [-a site=NAME|URL] [-a jql=…] [-a since=…] [-a limit=N] [-a full=true] [-a verify=true]`

    introduce → count every project → walk its slices, or only what changed since the last crawl → last pass over what
    changed meanwhile → count again → verify, where asked for or where the counts differ.
    """

    name = "jira"

    def __init__(
        self,
        projects: str = "",
        jql: str = "",
        since: str = "",
        limit: str = "",
        full: str = "",
        verify: str = "",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.wanted = arguments.read(projects, jql, since, limit, datetime.now(UTC))
        self.full = _flag("full", full)
        self.only_verify = verify == "only"
        if self.only_verify or _flag("verify", verify):
            self.phases.insert(-1, self.verify)
        self.noted: dict[str, int] = {}
        self.uncut: defaultdict[str, list[int]] = defaultdict(list)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.progressed, signal=acknowledged)
        return spider

    # --- introduce, count

    async def start(self) -> AsyncIterator[Request]:
        yield self.ask(introduction(self.site.url), self.introduced, {"max_retry_times": 2, FLEETING: True})

    def introduced(self, response: Response) -> Output:
        if why := self.missing(response):
            reached = isinstance(response, NoAnswer) and response.reached
            trouble = f"is not a Jira, or not now: it answers with {why}" if reached else f"cannot be reached: {why}"
            raise self.refuse(f"{self.site.url} {trouble}.")
        if response.status in (401, 403):
            why = f"does not talk to visitors without credentials (status {response.status})"
            raise self.refuse(f"{self.site.url} {why}.")
        try:
            dialect, version = read_introduction(response.body)
        except Unreadable:
            said = f"{self.site.url} is not a Jira: it has no serverInfo (status {response.status})."
            raise self.refuse(said) from None
        dialect = self.site.dialect or dialect
        self.state["dialect"] = dialect
        self.state.setdefault("clock", min(self.run, served_at(response) or self.run))
        self.logger.info("%s is a Jira %s (%s)", self.site.url, version, dialect)
        for project in self.wanted.projects:
            question = self.tracker(dialect).count(Slice(project, self.wanted.filter))
            yield self.ask(question, self.count_known, {FLEETING: True}, project=project)

    def count_known(self, response: Response, project: str) -> Output:
        dialect = self.state["dialect"]
        self.counted[project] = self.read_count(response, project, dialect)
        if len(self.counted) < len(self.wanted.projects):
            return
        for each, count in self.counted.items():
            self.logger.info("%s: %d issues to list", each, count)
            if not self.only_verify:
                yield from self.begin(each, count, dialect)

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

    # --- begin a project

    def begin(self, project: str, count: int, dialect: str) -> Output:
        """Walks a project from its beginning, from where an earlier walk stopped, or through what changed since."""
        if not self.whole_projects:
            yield from self.cut_up(Slice(project, self.wanted.filter), count, dialect)
            return
        store, site = self.dataset.store.walks, self.site.name
        earlier = None if self.full else store.of(site, project)
        begun: dict[str, Any] = self.state.setdefault("begun", {}).get(project)
        if begun and not (
            earlier and earlier.whole
        ):  # by the run that this one resumes: what is left of it waits in the frontier, or is cut up the same
            self.began[project], start, uncut = begun["began"], begun["start"], begun["uncut"]
            if not uncut:
                return
        elif earlier and earlier.whole:
            yield self.next_page(self.changed(project, earlier.finished or 0, dialect), Position(), dialect)
            return
        else:
            self.began[project], start = (earlier.began, earlier.walked or 0) if earlier else (self.clock, 0)
            if not earlier or self.full:
                store.save(site, project, began=self.began[project], walked=0)
            self.state["begun"][project] = {"began": self.began[project], "start": start, "uncut": True}
        yield from self.cut_up(Slice(project, start=start), count, dialect)

    def cut_up(self, slice_: Slice, count: int, dialect: str) -> Output:
        """Walks a slice if it is small enough, and else asks how many of its issues are in its first half."""
        small = self.wanted.limit or count <= self.settings.getint("SLICE_ISSUES")
        halves = None if small else walk.halves(slice_, self.run)
        if halves is None:
            yield self.next_page(slice_, Position(), dialect)
            return
        self.uncut[slice_.project].append(slice_.start)
        question = self.tracker(dialect).count(halves[0])
        kept = {"halves": msgspec.to_builtins(halves), "count": count, "dialect": dialect}
        yield self.ask(question, self.half_counted, {FLEETING: True}, **kept)

    def half_counted(self, response: Response, halves: list[dict[str, Any]], count: int, dialect: str) -> Output:
        first, second = msgspec.convert(halves, tuple[Slice, Slice])
        here = self.read_count(response, first.project, dialect)
        yield from self.cut_up(first, here, dialect)
        yield from self.cut_up(second, count - here, dialect)
        self.uncut[first.project].remove(first.start)

    def finished(self) -> None:
        if not self.only_verify:
            super().finished()

    def progressed(self, floors: dict[str, int]) -> None:
        """Notes before which creation time each project is listed and committed, for a run that begins without us."""
        for project, began in self.began.items():
            uncut = self.uncut[project]
            begun = self.state["begun"].get(project)
            if begun and begun["uncut"] and not uncut:
                begun["uncut"] = False
            floor = min([*uncut, *([floors[project]] if project in floors else [])], default=None)
            if floor is not None and floor > self.noted.get(project, 0):
                self.noted[project] = floor
                self.dataset.store.walks.save(self.site.name, project, began=began, walked=floor)


def served_at(response: Response) -> int:
    """Reads when a server says that it answered, in epoch milliseconds; 0 if it does not say."""
    try:
        return int(parsedate_to_datetime((response.headers.get("Date") or b"").decode("latin-1")).timestamp() * 1000)
    except ValueError:
        return 0


def _flag(name: str, text: str) -> bool:
    if text.lower() not in FLAGS:
        raise BadArgument(f"{name}={text} is neither true nor false.")
    return FLAGS[text.lower()]
