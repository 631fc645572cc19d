"""The steps of `refine/` as Scrapy has them, in the order of settings.py: each hands its item to its step.

What a step drops is dropped for Scrapy, and what it counts goes to the crawl's stats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from scrapy.exceptions import DropItem

from jira_crawler.items import Issue, RawIssue
from jira_crawler.policy import Policy
from jira_crawler.refine.step import Draft, DropIssue, Step

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Rejected(DropIssue, DropItem):
    """An issue that gives no example, for Scrapy: what a pipeline of somebody else raises, too."""


class StepPipeline:
    """Brings a step to Scrapy. `step` is its class, made by `from_policy` if it has that."""

    step: ClassVar[type[Step]]

    def __init__(self, crawler: Crawler):
        make = getattr(self.step, "from_policy", None)
        self.own: Step = make(Policy.of(crawler.settings)) if make else self.step()
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: RawIssue | Issue) -> RawIssue | Issue:
        return self.apply(item).item

    def apply(self, item: RawIssue | Issue) -> Draft:
        """Lets the step make of an item what it does, and counts what it counts."""
        try:
            draft = self.own.apply(Draft(item))
        except DropIssue as drop:
            raise Rejected(drop.stage, drop.reason, drop.issue) from drop
        for name, n in draft.counts.items():
            self.stats.inc_value(name, n)
        return draft
