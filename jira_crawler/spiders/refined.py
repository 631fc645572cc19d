"""What becomes of each stored issue, in the store's order: refined by processes of this one, or by an engine."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jira_crawler.engines import sources
from jira_crawler.engines.choice import opened
from jira_crawler.engines.engine import Where
from jira_crawler.engines.refining import Refining, planned
from jira_crawler.engines.shards import Shards, address
from jira_crawler.policy import Policy
from jira_crawler.refine.outcome import Outcome
from jira_crawler.refine.pool import RefinePool, processes
from jira_crawler.refine.source import StoredIssue
from jira_crawler.store.rows import Row

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)
CHUNK = 100  # issues a process gets at once …
AHEAD = 4  # … and how many chunks a process has, or has done before it is their turn
Stop = Callable[[], None]
Refined = AsyncIterator[tuple[list[Row], list[Outcome]]]


async def in_pool(chunks: Iterable[list[Row]], side_by_side: int, policy: Policy) -> Refined:
    """Refines chunks side by side and gives each with what became of it, in their order: feeds are the same then."""
    pool = RefinePool(side_by_side, policy)
    ready = deque[tuple[list[Row], asyncio.Task[list[Outcome]]]]()
    try:
        for rows in chunks:
            ready.append((rows, asyncio.ensure_future(pool.refine([row.raw_issue() for row in rows]))))
            if len(ready) >= AHEAD * side_by_side:
                yield ready[0][0], await ready[0][1]
                ready.popleft()
        while ready:
            yield ready[0][0], await ready[0][1]
            ready.popleft()
    finally:
        for _, task in ready:
            task.cancel()
        pool.close()


async def by_engine(
    settings: BaseSettings, store: Store, projects: tuple[str, ...], policy: Policy, origin: str, stops: list[Stop]
) -> Refined:
    """Has an engine refine a source, and gives the chunks of a store with what became of each issue.

    `origin` is the address of the source, empty for the store itself. What the engine has refined of another version
    of an issue, or not at all, is refined here. Into `stops` goes what gives it up: nobody closes what a spider that is
    closed was waiting for.
    """
    output, name, wanted = (
        Path(settings["OUTPUT_DIR"]),
        settings["ENGINE"] or "local",
        settings.getint("REFINE_PROCESSES"),
    )
    shards = await asyncio.to_thread(Shards, address(settings["ENGINE_FOLDER"], output, store.identity))
    if not origin:
        sources.share(settings["STORE_URL"])
    source = await asyncio.to_thread(
        sources.opened, origin or sources.address_of(output, settings["STORE_URL"]), projects
    )
    try:
        jobs = await asyncio.to_thread(planned, source, projects, policy, shards, settings.getint("ENGINE_ISSUES"))
    finally:
        source.close()
    where = Where.from_settings(settings, processes(wanted))
    refining = Refining(jobs, shards, lambda: opened(name, where), name)
    stops.append(refining.stop)
    running = asyncio.ensure_future(refining.run())
    pool = RefinePool(where.processes, policy)
    try:
        for rows in store.chunks(CHUNK, projects):
            found = [await refining.outcome(StoredIssue(row.id, row.raw_issue())) for row in rows]
            left = [row.raw_issue() for row, outcome in zip(rows, found, strict=True) if outcome is None]
            made = iter(await pool.refine(left) if left else ())
            yield rows, [next(made) if outcome is None else outcome for outcome in found]
            await asyncio.sleep(0)  # an interrupt gets its turn
        if refining.elsewhere:
            logger.info("%d issues were refined here: they are not those that %s was given", refining.elsewhere, name)
        if not projects:
            await asyncio.to_thread(shards.sweep, [job.name for job in jobs])
    finally:
        refining.stop()
        running.cancel()
        pool.close()
