"""A crawl of issue pages, put together."""

from __future__ import annotations

from collections.abc import Iterator

from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.html_issues import HtmlIssues
from jira_crawler.crawl.key_search import KeySearch
from jira_crawler.crawl.keys import HtmlScope, Keys
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.task import Task


def html_engine(session: Session, scope: HtmlScope) -> CrawlEngine:
    """Puts together: which keys there are, from the search or else one after the other → their pages."""
    keys = Keys(session, scope)
    search, issues = KeySearch(session, scope, keys), HtmlIssues(session, scope, keys)

    def start() -> Iterator[Task]:
        yield from issues.begin()
        if scope.projects:
            yield search.begin()

    def idle() -> list[Task]:
        keys.account()
        return []

    return CrawlEngine(session, {**search.handlers(), **issues.handlers()}, start, idle)
