"""What all who list the issues of a project share: where to go on, what was taken, whether anybody still answers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from jira_crawler.crawl.handling import Effects
from jira_crawler.crawl.isolation_tasks import Isolate, ListMinute
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import GaveUp, Session, StopCrawl
from jira_crawler.crawl.tasks import FetchPage
from jira_crawler.sentences import printable
from jira_crawler.trackers import paging, plausibility, tracker
from jira_crawler.trackers.answers import lacks_project, words
from jira_crawler.trackers.contract import Cursor, Page, Query, Tracker, Window
from jira_crawler.trackers.jira.page_size import PageSize

logger = logging.getLogger(__name__)
# So many parts of a crawl that ended with answers to other questions than were asked are no accident.
TOO_MANY = 10
# So many different questions in a row without anything new from the site are no issue's fault: the site is not there.
ENOUGH = 30
# So many failures in a row may be one issue's fault: what comes next need not wait as for a site that is away.
FEW = 2
# More than any overlap of ordinary pages; enough to find the next issue behind what is listed already.
LOOK_AHEAD = 20
MANY = 100  # issues of one minute, which are not asked for one by one


class Listing:
    """Makes the tasks that go on with a listing, and keeps what one page has to know of the others."""

    def __init__(self, session: Session, sizes: PageSize):
        self.session, self.sizes = session, sizes
        self.taken: Counter[str] = Counter()
        self.failures: set[tuple[str, bytes]] = set()  # questions without an answer since anything new came at all
        self.trapped: set[str] = set()  # of the findings those that the next run asks after by itself
        self.unanswered = 0  # parts of this run whose questions were answered by something else
        self.room = 1  # times that a project may have as many issues as were counted

    def forget(self) -> None:
        """Begins anew, with another round of a fleet."""
        self.failures.clear()
        self.trapped.clear()
        self.unanswered = 0

    def tracker(self, dialect: str) -> Tracker:
        return tracker(dialect, self.session.site.url)

    # --- what comes next

    def next_page(self, window: Window, at: Cursor, dialect: str, size: int = 0, within: int = 0) -> FetchPage:
        """Asks for what comes next; `within` so many issues is one with which a larger page did not come."""
        part = size  # of a page that did not come
        size = size or self.sizes.next
        if self.session.scope.limit:
            size = min(size, self.session.scope.limit)
        return FetchPage(
            project=window.project,
            dialect=dialect,
            window=window,
            cursor=at,
            size=size,
            part=part,
            within=within,
            # What changed is asked anew by every process.
            number=self.session.number if window.filter != self.session.scope.filter else 0,
            # A part is smaller because the larger one was tried often enough.
            retries=0 if part else None,
        )

    def isolate(
        self,
        window: Window,
        at: Cursor,
        dialect: str,
        look: Cursor | None = None,
        *,
        narrow: bool = False,
        more: bool = False,
    ) -> Isolate:
        """Asks which issue it is that keeps even a page of one from coming: by a list of ids, short or even shorter.

        `more` asks whether there are more of the instant of the one that was dealt with last.
        """
        here = look or afresh(at, max(at.since, at.reached))
        # Where the first list brought nothing new, all of the minute are to be stepped over.
        since = paging.floor_minute(here.since) if look else here.since
        known = sum(created >= since for _, created in at.recent) - here.offset if narrow else len(at.recent)
        return Isolate(
            project=window.project,
            dialect=dialect,
            window=window,
            cursor=at,
            look=here,
            size=max(known, 0) + (1 if narrow else LOOK_AHEAD),
            narrow=narrow,
            more=more,
            number=self.session.number,
            # While others come, there is no need to be patient.
            retries=1 if len(self.failures) <= FEW else None,
        )

    def go_on(self, window: Window, at: Cursor, dialect: str, *, narrow: bool = False) -> FetchPage | Isolate:
        """Goes on in pages; within a minute that is known to be bad by lists of ids, unless there are too many."""
        if 0 < window.end - window.start <= paging.MINUTE and at.listed < MANY:
            return self.isolate(window, at, dialect, narrow=narrow)
        return self.next_page(window, at, dialect)

    def minute(self, window: Window, at: Cursor, dialect: str) -> ListMinute:
        """Asks for the ids of a minute, to ask for each of its issues by itself."""
        return ListMinute(
            project=window.project,
            dialect=dialect,
            window=window,
            cursor=at,
            size=LOOK_AHEAD,
            number=self.session.number,
            retries=1,
        )

    # --- what an earlier run was stopped by

    def traps(self, project: str) -> dict[int, bool]:
        """Gives the minutes with which no page came so far, and whether something of them is lacking."""
        return {} if self.session.scope.limit else self.session.store.traps.of(self.session.site.name, project)

    def around(self, window: Window, minutes: Iterable[int], dialect: str) -> Iterator[FetchPage]:
        """Lists a window, but for the minutes that are asked for by themselves."""
        for part in paging.around(window, paging.windows(minutes)):
            yield self.next_page(part, Cursor(), dialect)

    def by_themselves(self, window: Window, minutes: Iterable[int], dialect: str) -> Iterator[ListMinute]:
        """Asks for the minutes of bad issues, as far as the window's filter goes."""
        for minute in minutes:
            yield self.minute(replace(window, start=minute, end=minute + paging.MINUTE), Cursor(), dialect)

    def anew(self, project: str, minutes: Iterable[int], dialect: str) -> Iterator[ListMinute]:
        """Asks for all that there is in the minutes of bad issues, as every process does that meets them."""
        for minute in minutes:
            # As what changed, it is known by its filter, which therefore says what is so anyway.
            asked = " AND ".join(filter(None, [self.session.scope.filter, f"created >= {minute}"]))
            yield from self.by_themselves(Window(project, asked), [minute], dialect)

    def changed(self, project: str, since: int, dialect: str) -> Iterator[FetchPage | ListMinute]:
        """Lists what was edited since a time (ms), less the lag of the tracker's index; bad issues by themselves."""
        edited = Window(project, f"updated >= {max(since - self.tracker(dialect).lag, 0)}")
        minutes = list(self.traps(project))
        yield from self.around(edited, minutes, dialect)
        yield from self.by_themselves(edited, minutes, dialect)

    def trap(self, project: str, created: int, *, came: bool = False) -> None:
        """Lets the store know that an issue is dealt with apart from its page, and whether it came, if in parts."""
        if created:
            run, minute = (self.session.number if came else 0), paging.floor_minute(created)
            self.session.store.traps.save(self.session.site.name, project, minute, run, lacking=not came)

    # --- what came

    def take(self, project: str) -> bool:
        """Counts an issue that is to be had, on a page or by itself; tells whether `limit` has room for it."""
        limit = self.session.scope.limit
        if limit and self.taken[project] >= limit:
            return False
        self.taken[project] += 1
        return True

    def step(self, window: Window, at: Cursor, page: Page, dialect: str) -> plausibility.Step:
        """Takes from a page what answers the question that was asked."""
        counted = self.session.counted.get(window.project)
        most = None if counted is None else max(counted, 1) * self.room
        step = plausibility.step(self.tracker(dialect), window, at, page, most)
        if step.wrong and step.onward:
            logger.info("A page of %s is asked for again: %s", window.project, step.wrong)
        return step

    def blamed(self) -> None:
        """Notes that it was one issue, and not the size of a page, that kept it from coming."""
        self.sizes.blamed()

    def heard(self) -> None:
        """Notes that something new came."""
        self.failures.clear()

    # --- what did not come

    def fell_silent(self, asked: Query) -> bool:
        """Counts a question that got no answer; tells whether the site seems to be gone."""
        self.failures.add((asked.address, asked.body))
        return len(self.failures) >= ENOUGH

    def not_listed(self, project: str, why: object) -> GaveUp:
        """Gives up a part of a project."""
        return self.session.give_up(f"A part of {project} was not listed: {why}.")

    def not_answered(self, project: str, why: str) -> Effects:
        """Gives up a part of a project, and the crawl where the site goes on answering other questions than asked."""
        yield self.not_listed(project, why)
        self.unanswered += 1
        if self.unanswered >= TOO_MANY:
            raise StopCrawl(f"{self.session.site.url} does not answer what it is asked: {why}.")

    def leave(self, sentence: str, project: str, minutes: Iterable[int]) -> Iterator[GaveUp]:
        """Notes something that is missing; the next run asks for its minute by itself, or for the same again."""
        known = list(minutes)
        for minute in known:
            self.session.store.traps.save(self.session.site.name, project, minute, self.session.number, lacking=True)
        # A fleet shows what failed, and a limit lists no minutes.
        if not known or self.session.shared or self.session.scope.limit:
            yield self.session.give_up(sentence)
        else:
            self.session.findings.add(sentence)
            self.trapped.add(printable(sentence))

    def refusal(self, reply: Reply, project: str) -> str:
        """Says in the tracker's own words why it will not search."""
        url = self.session.site.url
        said = words(reply.body) or f"status {reply.status}"
        if reply.status == 400 and lacks_project(said, project):
            return f"{url} has no project {project}, or does not show it to this visitor: {said}"
        return f"{url} refuses to search {project} (status {reply.status}): {said}"


def afresh(at: Cursor, since: int) -> Cursor:
    """Asks from a time on as if for the first time, knowing what is listed."""
    return replace(at, since=since, offset=0, token="", marks=(), tries=0, idle=0)
