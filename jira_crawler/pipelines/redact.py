"""What identifies a mailbox or opens a door is replaced by typed marks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from jira_crawler.items import Body, Issue
from jira_crawler.text.redact import redact

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def redact_issue(issue: Issue) -> tuple[Issue, Counter[str]]:
    """Redacts every text of an issue that can reach an example, and counts the marks by type."""
    counts: Counter[str] = Counter()

    def safe(text: str) -> str:
        text, found = redact(text)
        counts.update(found)
        return text

    def safe_body(body: Body | None) -> Body | None:
        return body and replace(body, source=safe(body.source))

    redacted = replace(
        issue,
        title=safe(issue.title),
        description=safe_body(issue.description),
        environment=safe_body(issue.environment),
        labels=tuple(map(safe, issue.labels)),
        components=tuple(map(safe, issue.components)),
        comments=tuple(
            replace(comment, body=replace(comment.body, source=safe(comment.body.source))) for comment in issue.comments
        ),
    )
    return redacted, counts


class Redact:
    def __init__(self, crawler: Crawler):
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Redact:
        return cls(crawler)

    def process_item(self, item: Issue) -> Issue:
        issue, counts = redact_issue(item)
        for kind, n in counts.items():
            self.stats.inc_value(f"redacted/{kind}", n)
        return issue
