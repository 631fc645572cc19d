"""Of all issues with the same content, in this run and in earlier ones, the one with the lowest id stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.extensions.settle import Settle
from jira_crawler.items import Issue
from jira_crawler.pipelines import Rejected

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Deduplicate:
    """Drops an issue whose content is held by a lower id.

    An issue that meets a higher holder goes on: the store takes the holder out of its feed in the same transaction
    that brings this one in, so the order of arrival does not show.
    """

    def __init__(self, crawler: Crawler):
        self.dataset = Settle.of(crawler).dataset

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Deduplicate:
        return cls(crawler)

    def process_item(self, item: Issue) -> Issue:
        holder = self.dataset.holder(item.content)
        if holder and (holder.number, holder.site) < (int(item.id), item.site):
            raise Rejected("Deduplicate", f"duplicate of {holder.key}", item)
        return item
