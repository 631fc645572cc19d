"""An issue becomes the lines of its project's feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.items import Issue, RawIssue
from jira_crawler.pipelines import StepPipeline
from jira_crawler.refine import write_feeds

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class WriteFeeds(StepPipeline):
    """Hands an issue's lines to the batch that commits them."""

    step = write_feeds.WriteFeeds

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.commits = CommitExtension.of(crawler)

    def process_item(self, item: RawIssue | Issue) -> Issue:
        draft = self.apply(item)
        self.commits.record_outcome(draft.issue.raw, draft.refined())
        self.stats.inc_value("issues/written")
        return draft.issue
