"""Nothing but the site is asked: whoever made a question, a spider, a page, a folder or a Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import Response

from jira_crawler.exceptions import Astray
from jira_crawler.frontier import OURS
from jira_crawler.sites import robots_of, within
from jira_crawler.spiders.asking import Asking

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class Held:
    """Lets no question out that leads elsewhere, and answers by itself what only asks for what we hold."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Held:
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        hold(request.url, Asking.of(self.crawler))
        return Response(request.url) if request.meta.get(OURS) else None


def hold(url: str, spider: Asking) -> None:
    """Notes a question that leads away from the site as missing, and raises Astray."""
    if within(url, spider.site.url) or url == robots_of(spider.site.url):
        return
    sentence = f"{url[:200]} is not of {spider.site.url}, and is not asked"
    spider.fault(f"{sentence}.")
    raise Astray(sentence)
