"""Bodies in any markup become tidy Markdown, and what programs wrote goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from jira_crawler.converters import to_markdown
from jira_crawler.items import Body, Comment, Filed, Issue
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.text.bots import is_bot
from jira_crawler.text.tidy import tidy

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def clean(issue: Issue, policy: Policy = DEFAULTS) -> Issue:
    """Converts every body of an issue to Markdown, and leaves out what programs commented; titles are only tidied."""

    def markdown(body: Body) -> Body:
        return Body(tidy(to_markdown(body.source, body.format)), "markdown")

    def cleaned(comment: Comment) -> Comment:
        return replace(comment, body=markdown(comment.body))

    def as_filed(filed: Filed) -> Filed:
        same = filed.description == issue.description
        description = now if same else filed.description and markdown(filed.description)
        return replace(filed, title=_line(filed.title), description=description)

    now = issue.description and markdown(issue.description)
    return replace(
        issue,
        title=_line(issue.title),
        description=now,
        environment=issue.environment and markdown(issue.environment),
        release_note=issue.release_note and markdown(issue.release_note),
        filed=issue.filed and as_filed(issue.filed),
        comments=tuple(cleaned(c) for c in issue.comments if policy.bot_comments or not is_bot(c.author)),
    )


def _line(title: str) -> str:
    return " ".join(tidy(title).split())


class Clean:
    def __init__(self, policy: Policy):
        self.policy = policy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Policy.of(crawler.settings))

    def process_item(self, item: Issue) -> Issue:
        return clean(item, self.policy)
