"""Crawls the projects of a Jira through its REST search: completely, politely, and with proof."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from jira_crawler.exceptions import BadArgument, Unreadable
from jira_crawler.frontier import FLEETING, FLOOR, SAME, acknowledged
from jira_crawler.frontier.jobs import Job
from jira_crawler.sentences import quoted
from jira_crawler.spiders import arguments
from jira_crawler.spiders.answers import NoAnswer
from jira_crawler.spiders.completing import FIRST, Output
from jira_crawler.spiders.leading import Leading
from jira_crawler.trackers import introduction, read_introduction, walk
from jira_crawler.trackers.contract import Window


class Jira(Leading):
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
        full_, only = arguments.flag("full", full), verify == "only"
        verify = "only" if only else "true" if arguments.flag("verify", verify) else ""
        self.jobs = {project: Job(project, full=full_, verify=verify) for project in self.wanted.projects}
        self.refused: dict[str, str] = {}
        self.noted: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        if not crawler.settings["REDIS_URL"]:  # where a worker of a fleet waits to be told
            arguments.project_keys(kwargs.get("projects", ""))
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.shared and not spider.whole_projects:
            raise BadArgument("jql=, since= and limit= are for a crawl of one process: a fleet crawls whole projects.")
        crawler.signals.connect(spider.progressed, signal=acknowledged)
        return spider

    # --- introduce, count

    async def start(self) -> AsyncIterator[Request]:
        self.plan()
        if not self.shared:
            yield self.introduce()

    def introduce(self) -> Request:
        return self.ask(introduction(self.site.url), self.introduced, {"max_retry_times": 2, FLEETING: True})

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
        self.logger.info("%s is a Jira %s (%s)", self.site.url, quoted(version), dialect)
        yield from map(self.count, self.wanted.projects)

    def count(self, project: str) -> Request:
        """Asks how many issues a project has."""
        question = self.tracker(self.state["dialect"]).count(Window(project, self.wanted.filter))
        return self.ask(question, self.count_known, {FLEETING: True}, project=project)

    def count_known(self, response: Response, project: str) -> Output:
        """Begins when every project that was asked for is known to be there."""
        try:
            self.counted[project] = self.read_count(response, project, self.state["dialect"])
        except Unreadable as error:
            self.cannot_begin(project, str(error))
            return
        if self.shared:
            yield from self.open(project)
        elif len(self.counted) == len(self.wanted.projects):
            for each in self.counted:
                yield from self.open(each)

    def open(self, project: str) -> Iterator[Request]:
        """Begins a project that is counted; a run that is taken up again cuts it up by the count it began with."""
        self.logger.info("%s: %d issues to list", project, self.counted[project])
        count = self.state.setdefault("counted", {}).setdefault(project, self.counted[project])
        if not self.only_verifies(project):
            yield from self.begin(project, count, self.state["dialect"])

    def read_count(self, response: Response, project: str, dialect: str) -> int:
        """Reads a count that the walk cannot do without; raises Unreadable with the sentence that says why not."""
        if why := self.missing(response):
            raise Unreadable(f"{self.site.url} does not count its issues: {why}.")
        if response.status != 200:
            raise Unreadable(self.refusal(response, project))
        try:
            return self.tracker(dialect).read_count(response.body)
        except Unreadable as error:
            raise Unreadable(f"{self.site.url} does not count its issues: {error}.") from None

    # --- begin a project

    def begin(self, project: str, count: int, dialect: str) -> Iterator[Request]:
        """Walks a project from its beginning, from where an earlier walk stopped, or through what changed since."""
        if not self.whole_projects:
            yield from self.avoiding(project, dialect)
            yield from self.cut_up(Window(project, self.wanted.filter), count, dialect)
            return
        store, site = self.dataset.store.walks, self.site.name
        full = self.jobs[project].full
        earlier = None if full else store.of(site, project)
        begun: dict[str, Any] = self.state.setdefault("begun", {}).get(project)
        if begun and not (earlier and earlier.whole):
            # By the run that this one takes up: what it asked first is asked again, and known if it got so far.
            self.began[project], start = begun["began"], begun["start"]
        elif earlier and earlier.whole:
            yield from self.follow_up(self.changed(project, earlier.finished or 0, dialect), dialect)
            lacking = [minute for minute, lacks in self.traps(project).items() if lacks]
            yield from self.anew(project, lacking, dialect)
            return
        else:
            self.began[project], start = (earlier.began, earlier.walked or 0) if earlier else (self.clock, 0)
            if not earlier or full:
                store.save(site, project, began=self.began[project], walked=0)
            self.state["begun"][project] = {"began": self.began[project], "start": start}
        yield from self.avoiding(project, dialect)
        yield from self.cut_up(Window(project, start=start), count, dialect)

    def avoiding(self, project: str, dialect: str) -> Iterator[Request]:
        """Asks for bad issues by themselves; a run that is taken up again leaves out the minutes that it left out."""
        known = list(self.traps(project))
        left_out = self.state.setdefault("around", {}).setdefault(project, known)
        yield from self.anew(project, sorted({*known, *left_out}), dialect)

    def parts(self, slice_: Window, dialect: str) -> Iterator[Request]:
        """Walks a slice that is not cut up any further."""
        left_out = self.state.get("around", {}).get(slice_.project)
        yield from self.around(slice_, self.traps(slice_.project) if left_out is None else left_out, dialect)

    def cut_up(self, slice_: Window, count: int, dialect: str) -> Iterator[Request]:
        """Walks a slice if it is small enough, and else asks how many of its issues are in its first half."""
        small = self.wanted.limit or count <= self.settings.getint("SLICE_ISSUES")
        halves = None if small else walk.halves(slice_, self.run)
        if halves is None:
            yield from self.parts(slice_, dialect)
            return
        question = self.tracker(dialect).count(halves[0])
        kept = {"halves": msgspec.to_builtins(halves), "count": count, "dialect": dialect}
        meta = {FLOOR: [slice_.project, slice_.start], SAME: f"half {msgspec.json.encode(slice_).decode()}"}
        yield self.ask(question, self.half_counted, meta, **kept).replace(priority=FIRST)

    def half_counted(self, response: Response, halves: list[dict[str, Any]], count: int, dialect: str) -> Output:
        """Cuts up both halves of a slice; walks them as they are where the tracker does not count."""
        first, second = msgspec.convert(halves, tuple[Window, Window])
        try:
            here = self.read_count(response, first.project, dialect)
        except Unreadable as error:
            self.logger.info("%s is walked in slices larger than planned: %s", first.project, error)
            yield from self.parts(first, dialect)
            yield from self.parts(second, dialect)
            return
        here = min(here, count)  # or each half of a half could be larger than the whole, without an end
        yield from self.cut_up(first, here, dialect)
        yield from self.cut_up(second, count - here, dialect)

    def progressed(self, floors: dict[str, int]) -> None:
        """Notes before which creation time each project is listed and committed, for a run that begins without us."""
        for project, began in self.began.items():
            floor = floors.get(project)
            if floor is not None and floor > self.noted.get(project, 0):
                self.noted[project] = floor
                self.dataset.store.walks.save(self.site.name, project, began=began, walked=floor)


def served_at(response: Response) -> int:
    """Reads when a server says that it answered, in epoch milliseconds; 0 if it does not say."""
    try:
        return int(parsedate_to_datetime((response.headers.get("Date") or b"").decode("latin-1")).timestamp() * 1000)
    except ValueError:
        return 0
