"""A crawl of issue pages, put together."""

from __future__ import annotations

from collections.abc import Iterator

from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.html_issues import HtmlIssues
from jira_crawler.crawl.key_search import KeySearch
from jira_crawler.crawl.keys import HtmlScope, Keys
from jira_crawler.crawl.proof import Proof
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.task import Task


def html_engine(session: Session, scope: HtmlScope) -> CrawlEngine:
    """Puts together a crawl of issue pages.

    which keys: from the search, else one after the other → a page → its panels → a browser, where nothing else helps →
    what of the keys led to no issue.
    """
    keys = Keys(session, scope)
    search, issues = KeySearch(session, scope, keys), HtmlIssues(session, scope, keys)

    def first() -> Iterator[Task]:
        yield from issues.begin()
        if scope.projects:
            yield search.probe()

    proof = Proof(session, list, keys.account)
    return CrawlEngine(session, {**search.handlers(), **issues.handlers()}, first, proof)
