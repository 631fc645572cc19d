"""Bodies in any markup become tidy Markdown, what programs wrote goes; what only advertises or insults stops."""

from __future__ import annotations

from typing import Self

from jira_crawler.converters import to_markdown
from jira_crawler.items import Body, Comment, Issue, Original, replace
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.refine.pull_requests import cleaned
from jira_crawler.refine.step import Draft, DropIssue
from jira_crawler.text.boilerplate import strip_boilerplate, without_boilerplate
from jira_crawler.text.bots import is_bot
from jira_crawler.text.code_language import retagged
from jira_crawler.text.logs import shorten
from jira_crawler.text.normalise import normalise
from jira_crawler.text.spam import unwanted


def clean(issue: Issue, policy: Policy = DEFAULTS) -> Issue:
    """Makes every body tidy Markdown without boilerplate and endless logs, and leaves out what programs commented.

    Titles are only tidied. Where BOT_COMMENTS wants them, what programs wrote stays as it is.
    """

    def body(text: str) -> Body:
        return Body(shorten(text, policy.log_lines), "markdown")

    def report(source: Body) -> Body:
        return body(without_boilerplate(_markdown(source)))

    def said(comment: Comment) -> Comment | None:
        by_name = is_bot(comment.author)
        if by_name and not policy.bot_comments:
            return None
        text = _markdown(comment.body)
        own = "" if by_name else strip_boilerplate(text)
        if text and not own and not policy.bot_comments:
            return None
        return Comment(
            id=comment.id,
            body=body(own or text),
            author=comment.author,
            created=comment.created,
            updated=comment.updated,
        )

    def as_filed(original: Original) -> Original:
        same = original.description == issue.description
        description = now if same else original.description and report(original.description)
        return replace(original, title=_line(original.title), description=description)

    now = issue.description and report(issue.description)
    return replace(
        issue,
        title=_line(issue.title),
        description=now,
        environment=issue.environment and report(issue.environment),
        release_note=issue.release_note and report(issue.release_note),
        original=issue.original and as_filed(issue.original),
        comments=tuple(filter(None, map(said, issue.comments))),
        pull=issue.pull and cleaned(issue.pull, report),
    )


def _markdown(source: Body) -> str:
    text = normalise(to_markdown(source.source, source.format))
    return text if source.format == "markdown" else retagged(text)  # who writes a fence by hand names its language


def _line(title: str) -> str:
    return " ".join(normalise(title).split())


class Clean:
    """The step that makes Markdown of bodies, and drops reports that are none."""

    def __init__(self, policy: Policy):
        self.policy = policy

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        return cls(policy)

    def apply(self, draft: Draft) -> Draft:
        issue = clean(draft.issue, self.policy)
        if reason := unwanted(issue):
            raise DropIssue("Clean", reason, issue)
        return draft.having(issue)
