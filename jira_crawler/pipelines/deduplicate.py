"""Of all issues with the same content, in this run and in earlier ones, the one with the lowest id stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.extensions.settle import Settle
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.items import Issue
from jira_crawler.pipelines import Rejected
from jira_crawler.store.rows import Holder

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def stand_in(dataset: Dataset, content: str, rank: tuple[int, str]) -> Holder | None:
    """Finds the issue that stays in place of one with this content and rank, if there is another that ranks lower."""
    holder = dataset.holder(content)
    return holder if holder and (holder.number, holder.site) < rank else None


class Deduplicate:
    """Drops an issue whose content is held by a lower id.

    An issue that meets a higher holder goes on: the store takes the holder out of its feed in the same transaction
    that brings this one in, so the order of arrival does not show.
    """

    def __init__(self, crawler: Crawler):
        self.settle = Settle.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Deduplicate:
        return cls(crawler)

    def process_item(self, item: Issue) -> Issue:
        with self.settle.reading():
            holder = stand_in(self.settle.dataset, item.content, (int(item.id), item.site))
        if holder:
            raise Rejected("Deduplicate", f"duplicate of {holder.key}", item)
        return item
