"""An issue learns what it is worth, and what its text amounts to; one that is worth too little goes no further."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from jira_crawler.items import Issue
from jira_crawler.pipelines import Rejected
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.text.fingerprint import content_hash
from jira_crawler.text.quality import quality

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def score(issue: Issue, policy: Policy = DEFAULTS) -> Issue:
    """Gives an issue its quality in [0, 1] and the hash of its content; raises Rejected below MIN_QUALITY."""
    issue = replace(issue, quality=quality(issue), content=content_hash(issue))
    if issue.quality < policy.min_quality:
        raise Rejected("Score", f"quality below {policy.min_quality:g}", issue)
    return issue


class Score:
    def __init__(self, policy: Policy):
        self.policy = policy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Policy.of(crawler.settings))

    def process_item(self, item: Issue) -> Issue:
        return score(item, self.policy)
