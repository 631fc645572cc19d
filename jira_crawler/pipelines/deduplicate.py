"""Of all issues with the same content one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.items import Issue, RawIssue, ordinal
from jira_crawler.pipelines import Rejected, StepPipeline
from jira_crawler.refine import deduplicate
from jira_crawler.refine.deduplicate import STAGE, Precedence, duplicate_of, find_canonical

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Deduplicate(StepPipeline):
    """Drops an issue in whose place a lower one stays: here the store can be asked at once.

    An issue that meets a higher one goes on: the store takes that one out of its feed in the same transaction that
    brings this one in, so the order of arrival does not show.
    """

    step = deduplicate.Deduplicate

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.commits = CommitExtension.of(crawler)

    def process_item(self, item: RawIssue | Issue) -> Issue:
        issue = self.apply(item).issue
        with self.commits.reading():
            own = Precedence(ordinal(issue.id), issue.site)
            canonical = find_canonical(issue.content, own, self.commits.dataset.canonical)
        if canonical:
            raise Rejected(STAGE, duplicate_of(canonical.key), issue)
        return issue
