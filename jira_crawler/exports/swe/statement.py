"""What was known of an issue at a moment: its report and what had been said below it, as a model may see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jira_crawler.items import Issue, replace
from jira_crawler.refine.clean import clean
from jira_crawler.refine.redact import redact_issue
from jira_crawler.tasks.prompts import without_title
from jira_crawler.tasks.timeline import known
from jira_crawler.trackers.jira.original import original

# What would lead to the change itself, or holds it: addresses of changes, and patches that hang on an issue.
_ADDRESS: Final = re.compile(
    r"https?://[\w.-]{3,200}/[\w.-]{1,100}/[\w.-]{1,100}/(?:pull|commit|compare)/[^\s)\]>|]{1,500}", re.IGNORECASE
)
_PATCH: Final = re.compile(r"(?<![\w/])[\w.-]{1,100}\.(?:patch|diff)(?![\w])", re.IGNORECASE)
LEFT_OUT: Final = "[left out]"


@dataclass(frozen=True, slots=True)
class Statement:
    """A report, and the comments below it, the oldest first; both are Markdown, without names and secrets."""

    problem: str
    hints: str


class Unknown(Exception):
    """What an issue said at that moment is not known; its text is the reason."""


def statement(issue: Issue, moment: datetime) -> Statement:
    """Reads an issue as it stood before a moment; raises Unknown where that cannot be told.

    What was edited since is undone by the tracker's history. A comment that was edited since is left out.
    """
    if issue.created >= moment:
        raise Unknown("filed after its first commit")
    later = tuple(change for change in issue.changes if change.created is None or change.created >= moment)
    # GitHub tells that a text was edited, and not what it was before.
    if any(each.field == "description" and not (each.before or each.after) for each in later):
        raise Unknown("edited after its first commit")
    then = original(replace(issue, changes=later))
    before = tuple(comment for comment in known(issue.comments, moment) if comment.body.source.strip())
    # Who changed something is still known, so that no name of theirs stays in a text.
    past = replace(
        issue, title=then.title, description=then.description, comments=before, original=None, release_note=None
    )
    safe, _ = redact_issue(clean(past))
    text = safe.description.source if safe.description else ""
    report = "\n\n".join(filter(None, (safe.title, without_title(safe.title, text))))
    if not report.strip():
        raise Unknown("without a text")
    hints = "\n\n".join(each.body.source for each in safe.comments)
    return Statement(_without_leads(report), _without_leads(hints))


def _without_leads(text: str) -> str:
    return _PATCH.sub(LEFT_OUT, _ADDRESS.sub(LEFT_OUT, text))
