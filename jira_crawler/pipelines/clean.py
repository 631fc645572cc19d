"""Bodies in any markup become tidy Markdown."""

from __future__ import annotations

from dataclasses import replace

from jira_crawler.converters import to_markdown
from jira_crawler.items import Body, Issue
from jira_crawler.text.tidy import tidy


def clean(issue: Issue) -> Issue:
    """Converts every body of an issue to Markdown; the title is plain text and only tidied."""
    return replace(
        issue,
        title=" ".join(tidy(issue.title).split()),
        description=issue.description and _markdown(issue.description),
        environment=issue.environment and _markdown(issue.environment),
        comments=tuple(replace(comment, body=_markdown(comment.body)) for comment in issue.comments),
    )


def _markdown(body: Body) -> Body:
    return Body(tidy(to_markdown(body.source, body.format)), "markdown")


class Clean:
    def process_item(self, item: Issue) -> Issue:
        return clean(item)
