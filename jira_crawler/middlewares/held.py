"""Nothing but the site is asked: whoever made a question, a spider, a page, a folder or a Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import Response

from jira_crawler.crawl.session import Session
from jira_crawler.exceptions import Astray
from jira_crawler.recording import session_of
from jira_crawler.scheduling import ACCOUNT, task_of
from jira_crawler.settings import secret
from jira_crawler.sites import robots_of, second_account, within

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
        hold(request, session_of(self.crawler))
        task = task_of(request)
        return None if task is None or task.asks else Response(request.url)


def hold(request: Request, session: Session) -> None:
    """Notes a question that leads away from the site as missing, and raises Astray.

    A second account asks where it is at home, and nowhere else.
    """
    url = request.url
    if request.meta.get(ACCOUNT):
        account = second_account(session.site, secret)
        if account and within(url, account.base):
            return
    elif within(url, session.site.url) or url == robots_of(session.site.url):
        return
    sentence = f"{url[:200]} is not of {session.site.url}, and is not asked"
    session.findings.add(f"{sentence}.")
    raise Astray(sentence)
