"""Gathers how a live crawl is out of its parts, for whoever looks at it; nobody's looking costs nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec import structs
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.extensions.watched.asking import asking, memory
from jira_crawler.extensions.watched.counts import Counts, LiveCounts
from jira_crawler.sentences import masked
from jira_crawler.serve.health import Health
from jira_crawler.serve.status import (
    LATELY,
    Came,
    Pass,
    Phase,
    Status,
    Step,
    Tables,
    Unannounced,
    came,
    levels,
    minutes,
    shortened,
    steps,
    unannounced,
)
from jira_crawler.store import lately
from jira_crawler.store.deliveries import State

if TYPE_CHECKING:
    from jira_crawler.extensions.live_context import LiveContext
    from jira_crawler.extensions.passes import Passes
    from jira_crawler.extensions.turns import Turns

FRESH: Final = 0.9  # seconds for which everybody is told the same
CHECKED: Final = 5.0  # seconds between two times that the store is tried: that writes to it
DAY: Final = 86_400_000  # ms
_LAST: Final = 100  # deliveries by which it is judged how long they take
_SHOWN: Final = 12
_FEW: Final = 5
_ON_THE_WAY: Final[tuple[State, ...]] = ("received", "fetched", "stored")
_FAILED: Final[tuple[State, ...]] = ("failed",)
_NONE: Final = lately.Troubles(0, 0)


@dataclass(frozen=True, slots=True)
class _Store:
    """What the store says that changes from second to second."""

    delivered: float | None = None
    steps: tuple[Step, ...] = ()
    minutes: tuple[int, ...] = ()
    came: tuple[Came, ...] = ()
    failed: tuple[Came, ...] = ()
    missed: tuple[Unannounced, ...] = ()
    troubles: lately.Troubles = _NONE


class LiveStatus:
    """Reads what was noted, and asks all else when somebody looks, `health` seldom, as it tries the store."""

    def __init__(self, live: LiveContext, passes: Passes, turns: Turns, health: Callable[[], Awaitable[Health]]):
        self.live, self.passes, self.turns, self._ask_health = live, passes, turns, health
        self.counts = LiveCounts(live)
        self._last: Status | None = None
        self._looked = 0.0  # when, by a clock that never goes back
        self._looking: asyncio.Future[Status] | None = None
        self._store = _Store()
        self._health: Health | None = None
        self._checked = 0.0

    async def look(self) -> Status:
        """Says how it is; who asks while it is being gathered is told the same."""
        if self._last is not None and time.monotonic() - self._looked < FRESH:
            return self._last
        if self._looking is None:
            self._looking = asyncio.ensure_future(self._gather())
        return await asyncio.shield(self._looking)

    async def close(self) -> None:
        """Waits for what is asked of the store, which is about to be closed."""
        if self._looking:
            await asyncio.wait([self._looking])
        await self.counts.close()

    async def _gather(self) -> Status:
        try:
            health = await self._check()
            with suppress(SQLAlchemyError):  # the health says so; what was known before is shown
                if not health.trouble:
                    self._store = await asyncio.to_thread(self._ask)
            counts = await self.counts.current()
            self._last = self._put_together(health, self._store, counts)
            self._looked = time.monotonic()
            return self._last
        finally:
            self._looking = None

    async def _check(self) -> Health:
        if self._health is None or time.monotonic() - self._checked >= CHECKED:
            self._health = await self._ask_health()
            self._checked = time.monotonic()
        return self._health

    def _ask(self) -> _Store:
        store, site, now = self.live.store, self.live.spider.site.name, time.time()
        audit, today = store.delivery_audit, int(now * 1000) - DAY
        backlog = audit.backlog(site)
        entries = audit.entries(site=site, limit=_LAST)
        failed = audit.entries(since=today, states=_FAILED, site=site, limit=_FEW)
        nameless = {id_ for each in (*entries[:_SHOWN], *failed) for id_, key in each.issues[:_SHOWN] if not key}
        keys = lately.keys(store.engine, site, nameless)
        last = [came(each, keys) for each in entries]
        waiting = lately.by_state(store.engine, site, _ON_THE_WAY)
        return _Store(
            delivered=backlog.last and backlog.last / 1000,
            steps=steps(last, waiting, (backlog.fetch, backlog.store, backlog.tables)),
            minutes=minutes(lately.by_minute(store.engine, site, int(now * 1000) - LATELY * lately.MINUTE), now),
            came=tuple(last[:_SHOWN]),
            failed=tuple(came(each, keys) for each in failed),
            missed=tuple(map(unannounced, audit.missed(since=today, site=site, limit=_FEW))),
            troubles=lately.troubles(store.engine, site, today),
        )

    def _put_together(self, health: Health, store: _Store, counts: Counts) -> Status:
        live, now = self.live, time.time()
        return Status(
            now=now,
            began=live.began,
            site=live.spider.site.name,
            url=masked(live.spider.site.url),
            phase=self._phase(),
            followed=tuple(live.session.scope.projects),
            listed=live.recording.state.listed,
            to_list=sum(live.recording.counted.values()),
            problems=self._problems(health),
            receiving=health.receiving,
            credentials=health.credentials,
            delivered=store.delivered,
            steps=store.steps,
            passes=self._passes(now),
            poll=self.passes.every,
            minutes=store.minutes,
            came=store.came,
            failed=store.failed,
            failed_today=store.troubles.failed,
            missed=store.missed,
            missed_today=store.troubles.missed,
            findings=self.live.notes.findings,
            projects=counts.projects(live.session.scope.projects, self.live.notes.proofs),
            counted_at=counts.at,
            tables=self._tables(counts),
            levels=levels(
                counts.survey.cycles.run_out,
                counts.survey.cycles.paused,
                counts.survey.cycles.missed,
                counts.levels,
                now,
            ),
            asking=asking(live.crawler, len(live.worklist.dirty)),
            memory=memory(),
        )

    def _phase(self) -> Phase:
        if self.live.recording.stopping:
            return "stopping"
        return "following" if self.turns.follows else "crawling"

    def _problems(self, health: Health) -> tuple[str, ...]:
        """Says what is wrong as health does, and in the words of the system, which not everybody may see."""
        said = (health.trouble and f"{health.trouble.rstrip('.')}.",)
        return (*health.problems, *shortened(filter(None, said)))

    def _passes(self, now: float) -> tuple[Pass, ...]:
        agenda, noted, under_way = self.passes.agenda, self.live.notes.passes, self.live.following.under_way
        if agenda is None:
            return ()
        return tuple(
            structs.replace(
                noted.get(kind, Pass(name=kind, ended=self.counts.census if kind == "census" else None)),
                next=now + agenda.next(kind) - time.monotonic(),
                is_under_way=under_way == kind,
            )
            for kind in agenda.kinds
        )

    def _tables(self, counts: Counts) -> Tables:
        survey, upkeep = counts.survey, self.live.upkeep
        return structs.replace(
            self.live.notes.tables,
            is_on=upkeep.tables,
            written=survey.written,
            months=survey.months,
            issues=survey.issues,
            files=survey.files,
            bytes=survey.bytes,
            trouble=upkeep.trouble,
        )
