"""How a crawl begins: who the site is, how many issues there are, and in which windows they are to be listed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import StopCrawl
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import CountProject, FetchPage, Probe, SplitWindow
from jira_crawler.exceptions import Unreadable
from jira_crawler.sentences import printable, quoted
from jira_crawler.trackers import introduction, paging, read_introduction
from jira_crawler.trackers.contract import Query, Window

logger = logging.getLogger(__name__)


class Plan:
    """Probes the site, counts every project, and splits what is too large; goes on with what earlier runs have begun.

    `noted` says how far the store knows each project to be listed, in ms; `refused` which projects are not there, with
    the sentence that says so.
    """

    def __init__(self, listing: Listing, largest: int):
        self.listing, self.session = listing, listing.session
        self.largest = largest  # issues of a window
        self.noted: dict[str, int] = {}
        self.refused: dict[str, str] = {}

    def handlers(self) -> Handlers:
        return {
            Probe: Handling(self.query_probe, self.handle_probe),
            CountProject: Handling(self.query_count, self.handle_count),
            SplitWindow: Handling(self.query_split, self.handle_split),
        }

    # --- who is it

    def probe(self) -> Probe:
        return Probe(retries=2)

    def query_probe(self, _: Probe) -> Query:
        return introduction(self.session.site.url)

    def handle_probe(self, _: Probe, reply: Reply) -> Effects:
        url, state = self.session.site.url, self.session.state
        if failure := reply.failure:
            why = failure.reason
            trouble = (
                f"is not a Jira, or not now: it answers with {why}" if failure.reached else f"cannot be reached: {why}"
            )
            raise StopCrawl(f"{url} {trouble}.")
        if reply.status in (401, 403):
            raise StopCrawl(f"{url} does not talk to visitors without credentials (status {reply.status}).")
        try:
            dialect, version = read_introduction(reply.body)
        except Unreadable:
            raise StopCrawl(f"{url} is not a Jira: it has no serverInfo (status {reply.status}).") from None
        state.dialect = self.session.site.dialect or dialect
        state.clock = state.clock or min(state.run, served_at(reply.headers) or state.run)
        logger.info("%s is a Jira %s (%s)", url, quoted(version), state.dialect)
        yield from map(self.count, self.session.scope.projects)

    # --- how many are there

    def count(self, project: str) -> CountProject:
        """Asks how many issues a project has."""
        scope, dialect = self.session.scope, self.session.state.dialect
        return CountProject(project=project, dialect=dialect, filter=scope.filter)

    def query_count(self, task: CountProject) -> Query:
        return self.listing.tracker(task.dialect).count(Window(task.project, task.filter))

    def handle_count(self, task: CountProject, reply: Reply) -> Effects:
        """Begins when every project that was asked for is known to be there."""
        counted = self.session.counted
        try:
            counted[task.project] = self._read_count(reply, task.project, task.dialect)
        except Unreadable as error:
            self._cannot_begin(task.project, str(error))
            return
        if self.session.shared:
            yield from self.open(task.project)
        elif len(counted) == len(self.session.scope.projects):
            for each in counted:
                yield from self.open(each)

    def _cannot_begin(self, project: str, sentence: str) -> None:
        """Ends a crawl that was given a project which is not there; a fleet goes on with the others."""
        if not self.session.shared:
            raise StopCrawl(sentence)
        logger.error(printable(sentence))
        self.refused[project] = sentence
        del self.session.jobs[project]

    def _read_count(self, reply: Reply, project: str, dialect: str) -> int:
        """Reads a count that the crawl cannot do without; raises Unreadable with the sentence that says why not."""
        url = self.session.site.url
        if reply.failure:
            raise Unreadable(f"{url} does not count its issues: {reply.failure.reason}.")
        if reply.status != 200:
            raise Unreadable(self.listing.refusal(reply, project))
        try:
            return self.listing.tracker(dialect).read_count(reply.body)
        except Unreadable as error:
            raise Unreadable(f"{url} does not count its issues: {error}.") from None

    # --- begin a project

    def open(self, project: str) -> Iterator[Task]:
        """Begins a project that is counted; a run that is taken up again splits it by the count it began with."""
        logger.info("%s: %d issues to list", project, self.session.counted[project])
        count = self.session.state.counted.setdefault(project, self.session.counted[project])
        if not self.only_verifies(project):
            yield from self._begin(project, count, self.session.state.dialect)

    def only_verifies(self, project: str) -> bool:
        return self.session.jobs[project].verify == "only"

    def _begin(self, project: str, count: int, dialect: str) -> Iterator[Task]:
        """Lists a project from its beginning, from where an earlier run stopped, or what changed since."""
        if not self.session.scope.whole_projects:
            yield from self._avoiding(project, dialect)
            yield from self._split(Window(project, self.session.scope.filter), count, dialect)
            return
        store, site, state = self.session.store.progress, self.session.site.name, self.session.state
        full, started = self.session.jobs[project].full, self.session.listing_began
        earlier = None if full else store.of(site, project)
        begun = state.begun.get(project)
        if begun and not (earlier and earlier.is_complete):
            # By the run that this one takes up: what it asked first is asked again, and known if it got so far.
            started[project], start = begun["began"], begun["start"]
        elif earlier and earlier.is_complete:
            yield from self.listing.changed(project, earlier.began, dialect)
            lacking = [minute for minute, lacks in self.listing.traps(project).items() if lacks]
            yield from self.listing.anew(project, lacking, dialect)
            return
        else:
            clock = state.clock or state.run
            started[project], start = (earlier.began, earlier.watermark or 0) if earlier else (clock, 0)
            if not earlier or full:
                store.save(site, project, began=started[project], watermark=0)
            state.begun[project] = {"began": started[project], "start": start}
        yield from self._avoiding(project, dialect)
        yield from self._split(Window(project, start=start), count, dialect)

    def _avoiding(self, project: str, dialect: str) -> Iterator[Task]:
        """Asks for bad issues by themselves; a run that is taken up again leaves out the minutes that it left out."""
        known = list(self.listing.traps(project))
        left_out = self.session.state.around.setdefault(project, known)
        yield from self.listing.anew(project, sorted({*known, *left_out}), dialect)

    def _pages(self, window: Window, dialect: str) -> Iterator[FetchPage]:
        """Lists a window that is not split any further."""
        left_out = self.session.state.around.get(window.project)
        yield from self.listing.around(
            window, self.listing.traps(window.project) if left_out is None else left_out, dialect
        )

    def _split(self, window: Window, count: int, dialect: str) -> Iterator[Task]:
        """Lists a window if it is small enough, and else asks how many of its issues are in its first half."""
        small = self.session.scope.limit or count <= self.largest
        halves = None if small else paging.halves(window, self.session.state.run)
        if halves is None:
            yield from self._pages(window, dialect)
            return
        yield SplitWindow(project=window.project, dialect=dialect, window=window, halves=halves, count=count)

    def query_split(self, task: SplitWindow) -> Query:
        return self.listing.tracker(task.dialect).count(task.halves[0])

    def handle_split(self, task: SplitWindow, reply: Reply) -> Effects:
        """Splits both halves of a window; lists them as they are where the tracker does not count."""
        first, second = task.halves
        try:
            here = self._read_count(reply, first.project, task.dialect)
        except Unreadable as error:
            logger.info("%s is walked in slices larger than planned: %s", first.project, error)
            yield from self._pages(first, task.dialect)
            yield from self._pages(second, task.dialect)
            return
        here = min(here, task.count)  # or each half of a half could be larger than the whole, without an end
        yield from self._split(first, here, task.dialect)
        yield from self._split(second, task.count - here, task.dialect)

    def progressed(self, watermarks: Mapping[str, int]) -> None:
        """Notes before which creation time each project is listed and committed, for a run that begins without us."""
        for project, began in self.session.listing_began.items():
            watermark = watermarks.get(project)
            if watermark is not None and watermark > self.noted.get(project, 0):
                self.noted[project] = watermark
                self.session.store.progress.save(self.session.site.name, project, began=began, watermark=watermark)


def served_at(headers: Mapping[str, str]) -> int:
    """Reads when a server says that it answered, in epoch milliseconds; 0 if it does not say."""
    try:
        return int(parsedate_to_datetime(headers.get("date", "")).timestamp() * 1000)
    except ValueError:
        return 0
