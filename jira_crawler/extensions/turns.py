"""What is due in a live crawl, one thing after the other, for as long as it runs."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.recording import REPORT

if TYPE_CHECKING:
    from jira_crawler.crawl.task import Task
    from jira_crawler.extensions.live_context import LiveContext
    from jira_crawler.extensions.passes import Passes

logger = logging.getLogger(__name__)
COUNT = 2.0  # seconds between two looks at how far behind each stage is
LOOK = 0.5  # … and at what other processes have received and committed


class Turns:
    """A turn is over before the next one begins, and alone touches the worklist.

    `helps` is whether this process only asks for what deliveries are about, because another one leads; `is_on`, whether
    turns are taken yet.
    """

    def __init__(self, live: LiveContext, passes: Passes):
        self.live, self.passes, self.peers = live, passes, live.peers
        self.helps, self.is_on = False, False
        self._crawls = not self.peers.are_there  # whether what is missing is being crawled, before anything is followed
        self._leads = self.peers.leads
        self._turning: asyncio.Future[None] | None = None
        self._arrived, self._settles = True, False
        self._latest = self._named = 0  # the last change that the tables were told of, and the last word of a name
        self._count_due = self._look_due = self._beat_due = 0.0

    @property
    def follows(self) -> bool:
        """Whether the projects were crawled, and what changes is taken in from now on."""
        return self.passes.agenda is not None or self.helps

    # --- what happens

    def arrive(self) -> None:
        """Notes that a delivery came."""
        self._arrived = True
        self.tick()

    def settle(self) -> None:
        """Notes that what came is committed."""
        self._settles = True
        self.tick()

    def tick(self) -> None:
        """Takes a turn, unless one is under way."""
        if self.is_on and self._turning is None and not self.live.recording.stopping:
            self._turning = asyncio.ensure_future(self._turn())

    async def close(self) -> None:
        """Waits for what is under way."""
        while self._turning or self.live.kept:
            await asyncio.wait([*self.live.kept, *([self._turning] if self._turning else [])])

    # --- a turn

    async def _turn(self) -> None:
        try:
            now = time.monotonic()
            await self._take_part(now)
            await self._settle(now)
            if not self._settles and self._is_idle():
                await self._idle()
            if self._crawls or self.follows:
                await self._look(now)
            if self.follows and not self.live.recording.stopping:
                await self._go_on()
            await self._count(now)
        except FrontierLost as error:
            self.live.recording.stop(f"The other processes cannot be found any more: {str(error).rstrip('.')}.")
        except Exception as error:
            self.live.commits.fail("What is due cannot be asked for", error)
        finally:
            self._turning = None

    async def _take_part(self, now: float) -> None:
        """Shows the others that we live; takes the lead where nobody has it, and helps whoever has."""
        if not self.peers.are_there or now < self._beat_due:
            return
        self._beat_due = now + min(self.peers.every, LOOK if not self.follows else self.peers.every)
        leads = await self.live.in_thread(self.peers.beat)
        if leads and not self._leads:
            await self._lead()
        elif self._leads and not leads:
            self._follow_another()
        self._leads = leads
        if not leads:
            self.helps = await self.live.in_thread(self._can_help)

    async def _lead(self) -> None:
        logger.info("This process leads: it lists what changed, and keeps tables and feeds")
        self.helps = False
        with suppress(OSError):  # which may stay: it says that nothing is known of this process alone
            (self.live.commits.dataset.folder / self.live.recording.report).unlink()
        self.live.recording.report = REPORT
        self.live.upkeep.changed()
        if self.live.following.has_begun:
            await self.live.in_thread(self.passes.take_over)
        else:  # as whoever begins by itself: what is missing, and what changed since somebody looked
            self._crawls = True
            self.live.spider.put(self.live.spider.engine.start())

    def _follow_another(self) -> None:
        if self._crawls:
            self.live.recording.stop("Another process took the lead while this one was silent: start it again.")
            return
        logger.warning("Another process leads by now: this one was silent for too long")
        self.live.recording.report = f"report.{self.live.commits.dataset.shard}.json"
        self.passes.step_down()

    def _can_help(self) -> bool:
        """Whether there is something to be kept current: what is crawled first is the lead's."""
        session, site = self.live.session, self.live.spider.site.name
        if not self.live.holds_something():
            return False
        session.state.dialect = session.state.dialect or self.live.store.progress.dialect(site)
        self.live.following.levels.learn()
        session.findings.clear()  # what did not come is asked for again, here or by the next pass of the other one
        if not self.helps:
            logger.info("Another process leads: this one receives, and asks for what deliveries are about")
        return True

    async def _settle(self, now: float) -> None:
        """Notes what became of issues, and which of them are in the store."""
        refresh = self.live.following.refresh
        if not self._settles and not refresh.results:
            return
        is_committed, self._settles = self._settles, False
        if refresh.results:  # which count when they are in the store
            self.live.commits.hurry()
        latest = await self.live.in_thread(self._note, now)
        if is_committed:
            self._arrived = self._arrived or self.live.worklist.has_more
        if latest:
            self._tell()

    def _tell(self) -> None:
        """Lets what is made of the store follow it."""
        self.live.upkeep.changed()
        for part in self.live.parts:
            part.changed()

    def _note(self, now: float) -> bool:
        live = self.live
        results, live.following.refresh.results = live.following.refresh.results, []
        live.worklist.take(results, now)
        has_ended = live.worklist.settle(int(time.time() * 1000))
        return self._has_changed() or has_ended

    def _has_changed(self) -> bool:
        """Whether anybody has committed something since this was asked last."""
        before, self._latest = self._latest, self.live.store.changes.latest()
        return self._latest != before

    def _is_idle(self) -> bool:
        """Whether nothing is under way any more, and all that came is committed; what is not is seen to."""
        engine, commits = self.live.crawler.engine, self.live.commits
        if engine.paused or not engine.spider_is_idle() or commits.compacting:
            return False
        if commits.is_busy:
            commits.hurry()
            return False
        return not self.live.following.refresh.results

    async def _idle(self) -> None:
        """Goes on with the crawl or the pass that is under way; when it is over, notes so."""
        live, passes = self.live, self.passes
        passes.drains = False
        if (self._crawls or live.following.under_way) and self._put(await live.in_thread(self._next_phase)):
            return
        if self._crawls:
            self._crawls = False
            await live.in_thread(passes.take_over)
            return
        if live.worklist.under_way:
            await live.in_thread(live.worklist.lost, time.monotonic())
        if passes.kind and not live.following.under_way:
            await live.in_thread(passes.end)

    def _next_phase(self) -> list[Task]:
        return list(self.live.spider.engine.idle())

    def _put(self, tasks: list[Task]) -> bool:
        return not self.live.recording.stopping and self.live.spider.put(tasks)

    async def _look(self, now: float) -> None:
        """Takes up deliveries; those that others have received are looked for now and then."""
        worklist = self.live.worklist
        if self.peers.are_there and (not self.follows or worklist.is_full):
            return
        if self._arrived or (self.peers.are_there and now >= self._look_due):
            self._look_due, self._arrived = now + LOOK, False
            await self.live.in_thread(worklist.look, now, int(time.time() * 1000))
            self._arrived = self._arrived or (worklist.has_more and not worklist.is_full)

    async def _go_on(self) -> None:
        """Begins one thing after the other: feeds are put in order, and passes made, while nothing else is under way.

        So of two answers about an issue the later one is the later question's, and none is committed before it is out
        of the pipelines.
        """
        live, now = self.live, time.monotonic()
        kind = self.passes.agenda.due(now) if self.passes.agenda else None
        compacts = live.upkeep.compaction_is_due(now)
        if self.passes.is_busy or not compacts:
            live.upkeep.tick(now, leads=self.passes.agenda is not None)
        if self.passes.is_busy or live.commits.compacting:
            return
        if not kind and not compacts:
            due = live.worklist.due(now, int(time.time() * 1000))
            live.spider.put(live.following.refresh.ask(id_, deleted=deleted) for id_, deleted in due)
        elif live.worklist.under_way:  # the answers that are under way come first
            return
        elif compacts:
            live.upkeep.compact(now)
        elif kind and not self._put(await live.in_thread(self.passes.begin, kind)):
            await live.in_thread(self.passes.end)

    async def _count(self, now: float) -> None:
        """Looks how far behind each stage is, and what others have committed."""
        if now < self._count_due:
            return
        live = self.live
        self._count_due = now + (LOOK if self.peers.are_there else COUNT)
        backlog = await live.in_thread(live.store.delivery_audit.backlog, live.spider.site.name)
        live.counts.behind(backlog, len(live.worklist.dirty))
        if self.peers.are_there and await live.in_thread(self._others_have_done_something):
            self._tell()

    def _others_have_done_something(self) -> bool:
        store, before = self.live.store, self._named
        self._named = store.catalogue.latest()  # they ask what fields are called as well
        is_other = self._has_changed() or self._named != before
        return is_other or bool(store.deliveries.ready(self.live.spider.site.name))
