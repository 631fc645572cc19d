"""What was lost with a feed is made again from the store, before the first question of a crawl."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

import zstandard
from msgspec import structs
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.exceptions import Refused
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.issue_rows import became, decided
from jira_crawler.feeds.spans import digest
from jira_crawler.items import replace
from jira_crawler.recording import Recording
from jira_crawler.refine.chain import refine
from jira_crawler.refine.deduplicate import STAGE, contents, in_its_place
from jira_crawler.refine.outcome import Outcome, Refined, Rejected
from jira_crawler.store.rows import Row

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


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
    """Records every issue anew whose lines were lost, whichever project it is of; nothing with SCRAPE_ONLY.

    Each is read, refined and handed to the batch without a pause, so that no newer version comes between; a Ctrl-C has
    its turn after each, and the next run goes on with what is left.
    """
    if crawler.settings.getbool("SCRAPE_ONLY"):
        return
    own, made = CommitExtension.of(crawler), 0
    try:
        for stored in own.dataset.lost():
            whole = replace(stored, payload=zstandard.decompress(stored.payload))
            count(crawler, record_outcome(crawler, stored, refine(whole.raw_issue(), own.policy)))
            made += 1
            await asyncio.sleep(0)
        own.commit()
    except (SQLAlchemyError, OSError, Refused) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
        Recording.of(crawler).stop(f"The lines that were lost cannot be made again: {said}.")
    if made:
        logger.info("%d issues were made again from the store", made)


def record_outcome(crawler: Crawler, stored: Row, outcome: Outcome) -> Outcome:
    """Records what became of a stored issue, unless that is what the store says already, and gives it."""
    own = CommitExtension.of(crawler)
    return _record(crawler, stored, in_its_place(outcome, stored.precedence, own.dataset.canonical), own.record)


def record_outcomes(crawler: Crawler, rows: Sequence[Row], outcomes: Sequence[Outcome]) -> None:
    """Records what became of several stored issues, and counts it; the store is asked once who stays of duplicates.

    They are committed together: what is on its way to the store by then was not asked for.
    """
    own = CommitExtension.of(crawler)
    first = own.dataset.canonicals(contents(outcomes))
    for stored, outcome in zip(rows, outcomes, strict=True):
        settled = in_its_place(outcome, stored.precedence, first)
        count(crawler, _record(crawler, stored, settled, own.dataset.record))
    own.commit_if_large()


def _record(crawler: Crawler, stored: Row, outcome: Outcome, take: Callable[[Row, bytes], None]) -> Outcome:
    """Gives what became of an issue to who takes it.

    What the steps behind Deduplicate made of a duplicate counts for nothing by now.
    """
    if isinstance(outcome, Rejected) and outcome.stage == stored.stage == STAGE:
        outcome = structs.replace(outcome, reason=stored.reason)  # it was a duplicate already, of whichever
    new = replace(stored, **decided(outcome, stored.crawled_project, stored.key))
    lines = outcome.lines if isinstance(outcome, Refined) else b""
    if lines:
        crawler.stats.inc_value("issues/written")
        new = replace(new, lines=digest(lines))
    else:
        new = replace(new, lines="", feed=None, offset=None, length=None)
    if new != stored:
        take(new, lines)
    return outcome


def count(crawler: Crawler, outcome: Outcome) -> None:
    """Counts what the steps counted, as a crawl does."""
    for name, n in (*outcome.counts.items(), *became(outcome).items()):
        crawler.stats.inc_value(name, n)
