"""What was lost with a feed is made again from the store, before the first question of a crawl."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import zstandard
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.extensions.settle import Settle
from jira_crawler.feeds.spans import digest
from jira_crawler.pipelines.deduplicate import stand_in
from jira_crawler.policy import Policy
from jira_crawler.recording import Recording
from jira_crawler.spiders.refining import refine
from jira_crawler.store.rows import Row

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
# What refining decides. The rest of a row is about the crawl that brought it, which stays as it was.
REFINED = (
    *("project", "key", "created", "updated", "version", "content", "sketch"),
    *("stage", "reason", "examples", "tasks"),
)


class Remaking:
    """Goes through `start` of every spider that asks; a replay does it at its end."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Remaking:
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        await remake(self.crawler)
        async for each in start:
            yield each


async def remake(crawler: Crawler) -> None:
    """Settles every issue anew whose lines were lost, whichever project it is of; nothing with SCRAPE_ONLY.

    Each is read, refined and handed to the batch without a pause, so that no newer version comes between; a Ctrl-C has
    its turn after each, and the next run goes on with what is left.
    """
    if crawler.settings.getbool("SCRAPE_ONLY"):
        return
    policy, counts, made = Policy.of(crawler.settings), Counter[str](), 0
    try:
        for row in Settle.of(crawler).dataset.lost():
            payload = zstandard.decompress(row.payload)
            settle(crawler, row, *refine(replace(row, payload=payload), policy, counts))
            made += 1
            await asyncio.sleep(0)
        Settle.of(crawler).commit()
    except (SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        Recording.of(crawler).stop(f"The lines that were lost cannot be made again: {said}.")
    for name, n in counts.items():
        crawler.stats.inc_value(name, n)
    if made:
        logger.info("%d issues were made again from the store", made)


def settle(crawler: Crawler, stored: Row, refined: Row, lines: bytes) -> None:
    """Records what became of a stored issue, unless that is what the store says already."""
    own = Settle.of(crawler)
    new = {name: getattr(refined, name) for name in REFINED}
    if refined.content and (holder := stand_in(own.dataset, refined.content, stored.rank)):
        reason = stored.reason if stored.stage == "Deduplicate" else f"duplicate of {holder.key}"
        lines, new = b"", new | {"stage": "Deduplicate", "reason": reason, "examples": 0, "tasks": ""}
    if lines:
        crawler.stats.inc_value("issues/written")
        row = replace(stored, **new, lines=digest(lines))
    else:
        row = replace(stored, **new, lines="", feed=None, offset=None, length=None)
    if row != stored:
        own.record(row, lines)
