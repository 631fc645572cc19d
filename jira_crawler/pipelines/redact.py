"""What identifies a mailbox or opens a door is replaced by typed marks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from jira_crawler.items import Body, Comment, Filed, Issue
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

    def safe_body(body: Body) -> Body:
        text = safe(body.source)
        return body if text is body.source else Body(text, body.format)

    def safe_comment(comment: Comment) -> Comment:
        body = safe_body(comment.body)
        return comment if body is comment.body else replace(comment, body=body)

    def safe_filed(filed: Filed) -> Filed:
        return replace(
            filed,
            title=safe(filed.title),
            description=filed.description and safe_body(filed.description),
            labels=tuple(map(safe, filed.labels)),
            components=tuple(map(safe, filed.components)),
        )

    redacted = replace(
        issue,
        title=safe(issue.title),
        description=issue.description and safe_body(issue.description),
        environment=issue.environment and safe_body(issue.environment),
        release_note=issue.release_note and safe_body(issue.release_note),
        filed=issue.filed and safe_filed(issue.filed),
        labels=tuple(map(safe, issue.labels)),
        components=tuple(map(safe, issue.components)),
        comments=tuple(map(safe_comment, issue.comments)),
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
