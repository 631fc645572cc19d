"""A crawl of issue pages, put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jira_crawler.crawl.engine import CrawlEngine, Handler
from jira_crawler.crawl.html_issues import HtmlIssues
from jira_crawler.crawl.html_tasks import CountKeys, FetchHtmlIssue, FetchHtmlPanel
from jira_crawler.crawl.key_search import KeySearch
from jira_crawler.crawl.keys import HtmlScope, Keys
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import ListIds, Probe


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

    handlers: dict[type[Task], Handler[Any]] = dict.fromkeys((Probe, ListIds, CountKeys), search)
    handlers |= dict.fromkeys((FetchHtmlIssue, FetchHtmlPanel), issues)
    return CrawlEngine(session, handlers, start, idle)
