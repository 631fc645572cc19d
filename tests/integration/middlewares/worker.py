"""A worker that only asks: Scrapy with the settings of the project, and a spider that reads nothing.

It is forked with URL REQUESTS NAME=VALUE …, and prints what it counted, as JSON, when it ends.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import Any, Self, cast

from scrapy import Request, Spider
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import Settings

from jira_crawler import settings, sites
from jira_crawler.crawl.session import CrawlState, CrawlStore, Session
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.spiders.site_settings import adopt_pace

PLAIN = {
    "SPIDER_MIDDLEWARES": {},
    "SCHEDULER": "scrapy.core.scheduler.Scheduler",
    "ITEM_PROCESSOR": "scrapy.pipelines.ItemPipelineManager",
    "ITEM_PIPELINES": {},
    "EXTENSIONS": {},
    "ADDONS": {},
    "LOG_LEVEL": "INFO",
}


class Asker(Spider):
    """Asks the same thing again and again, and takes a refusal for the end."""

    name = "asker"
    times = 0

    def __init__(self, site: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.site = sites.find(site)
        self.session = Session(self.site, CrawlState(run=1), cast(CrawlStore, None))  # which is not asked here

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = cls(*args, **kwargs)
        spider._set_crawler(crawler)
        adopt_pace(crawler.settings, spider.site)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for _ in range(self.times):
            yield Request(f"{self.site.url}/rest/api/2/serverInfo", dont_filter=True)

    def parse(self, response: Response) -> None:
        if isinstance(response, FailureResponse):
            print(response.reason, file=sys.stderr)
            raise CloseSpider("refused")


def main(url: str, times: str, *pairs: str) -> None:
    chosen = Settings()
    chosen.setmodule(settings, priority="project")
    chosen.setdict(PLAIN, priority="project")
    chosen.setdict(dict(pair.split("=", 1) for pair in pairs), priority="cmdline")
    Asker.times = int(times)
    process = CrawlerProcess(chosen)
    crawler = process.create_crawler(Asker)
    process.crawl(crawler, site=url)
    process.start()
    counted = {name: value for name, value in crawler.stats.get_stats().items() if name.startswith("pace/")}
    print(json.dumps(counted))


def run(_: str, __: int, arguments: list[str]) -> None:
    main(*arguments)
