"""What takes long to count of a dataset is counted now and then, in a thread, while somebody looks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.crawl.session import Certificate
from jira_crawler.serve.status import Project
from jira_crawler.store import tally
from jira_crawler.store.catalogue import accounts

if TYPE_CHECKING:
    from jira_crawler.extensions.live_context import LiveContext
    from jira_crawler.tables.survey import Survey, Surveyor

logger = logging.getLogger(__name__)
LEAST: Final = 15.0  # seconds between two counts …
SHARE: Final = 20  # … and so many times as long as one takes: it takes a twentieth of one core at most
PATIENCE: Final = 1.0  # seconds that whoever looks first waits for it


@dataclass(frozen=True, slots=True)
class Counts:
    """What there was at a time (epoch seconds), None where nothing was counted yet.

    `fates` are the counts of `store.tally` by project, `feeds` bytes by the name of the file, `listed` is until when
    (seconds) all that changed in a project is known, `levels` when each account saw the service levels last.
    """

    survey: Survey
    at: float | None = None
    fates: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    feeds: Mapping[str, int] = field(default_factory=dict)
    listed: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)

    def projects(self, followed: Iterable[str], proofs: Mapping[str, Certificate]) -> tuple[Project, ...]:
        """Puts together what is known of each project: of those that are followed, then of others in the store."""
        names = dict.fromkeys((*followed, *self.fates))
        return tuple(self._project(name, proofs.get(name, Certificate())) for name in names)

    def _project(self, name: str, proof: Certificate) -> Project:
        fate, (quality, scored) = self.fates.get(name, {}), self.survey.qualities.get(name, (0.0, 0))
        return Project(
            name=name,
            in_feed=fate.get("in_feed", 0),
            rejected=fate.get("rejected", 0),
            examples=fate.get("examples", 0),
            bytes=sum(length for feed, length in self.feeds.items() if feed.partition(".")[0] == name),
            quality=quality / scored if scored else None,
            counted=proof.counted,
            held=proof.held,
            verified=proof.verified,
            listed=self.listed.get(name),
        )


class LiveCounts:
    """Counts no more often than it is worth; one count at a time."""

    def __init__(self, live: LiveContext):
        self.live = live
        self.census: float | None = None  # when every id was compared last, as the store knows it
        self._last: Counts | None = None
        self._due = 0.0
        self._counting: asyncio.Task[None] | None = None

    @cached_property
    def _surveyor(self) -> Surveyor:
        from jira_crawler.tables.run import TABLES
        from jira_crawler.tables.survey import Surveyor  # which brings Arrow: not before somebody looks

        return Surveyor(Path(self.live.crawler.settings["OUTPUT_DIR"]) / TABLES)

    async def current(self) -> Counts:
        """Gives what was counted last, and has it counted anew if that is long ago."""
        from jira_crawler.tables.survey import Survey

        if self._counting is None and time.monotonic() >= self._due:
            self._counting = asyncio.create_task(self._count())
        if self._last is None and self._counting:
            await asyncio.wait([self._counting], timeout=PATIENCE)
        return self._last or Counts(Survey())

    async def close(self) -> None:
        if self._counting:
            await asyncio.wait([self._counting])

    async def _count(self) -> None:
        began = time.monotonic()
        try:
            self._last = await asyncio.to_thread(self._ask)
        except (SQLAlchemyError, OSError) as error:
            logger.debug("What the feeds hold cannot be counted: %s", error)  # the health of the crawl says why
        finally:
            took = time.monotonic() - began
            self._due = time.monotonic() + max(LEAST, SHARE * took)
            self._counting = None

    def _ask(self) -> Counts:
        store, site = self.live.store, self.live.spider.site.name
        if self.census is None and (last := store.progress.last_census(site)):
            self.census = last / 1000
        listed = {}
        for project in self.live.session.scope.projects:
            known = store.progress.of(site, project)
            if known and known.finished:
                listed[project] = known.finished / 1000
        return Counts(
            survey=self._surveyor.look(),
            at=time.time(),
            fates=tally.by_project(store.engine),
            feeds={name: length for name, (length, _) in store.feed_index.all().items()},
            listed=listed,
            levels={
                account: at / 1000
                for entry in store.catalogue.service_levels(site)
                for account, at in accounts(entry).items()
            },
        )
