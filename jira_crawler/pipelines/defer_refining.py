"""With SCRAPE_ONLY an issue is stored as it came, and refined another time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from jira_crawler.extensions.commit import CommitExtension, Unchanged, row
from jira_crawler.items import Issue
from jira_crawler.pipelines import Rejected
from jira_crawler.recording import Recording
from jira_crawler.refine import outcome
from jira_crawler.store.rows import KEPT

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

NOT_YET = "not refined yet"


class DeferRefining:
    """The last step of a crawl that only scrapes.

    An issue that was refined earlier and has not changed since keeps what became of it, its lines in the feed
    included; its row says that it was listed again. Any other waits in the store, without a version, so that no
    crawl takes it for done.
    """

    step = None  # whoever refines another time is past this

    def __init__(self, crawler: Crawler):
        self.spider = Recording.of(crawler)
        self.commits = CommitExtension.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DeferRefining:
        if not crawler.settings.getbool("SCRAPE_ONLY"):
            raise NotConfigured
        return cls(crawler)

    def process_item(self, item: Issue) -> Issue:
        fresh = row(item.raw, self.spider.run, outcome.Rejected(KEPT, NOT_YET, outcome.Summary.of(item)))
        with self.commits.reading():
            known = self.commits.dataset.store.row(fresh.site, fresh.id)
        if known is None or known.version != fresh.version:
            raise Rejected(KEPT, NOT_YET, replace(item, version=""))
        names = ("walk", "base_url", "dialect", "fetched_at", "run", "cut", "payload")
        self.commits.record(replace(known, **{name: getattr(fresh, name) for name in names}), b"")
        raise Unchanged("refined already")
