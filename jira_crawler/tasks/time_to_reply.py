"""How long a reporter waited until somebody else said a word that is not routine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.answers import is_own
from jira_crawler.tasks.buckets import Buckets
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import REPORT_WORDS, report
from jira_crawler.tasks.thread import said
from jira_crawler.text.words import has_words

LAW: Final[Law] = "label"

BUCKETS: Final = Buckets(
    (
        (timedelta(hours=1), "within an hour"),
        (timedelta(days=1), "within a day"),
        (timedelta(days=7), "within a week"),
        (timedelta(days=30), "within a month"),
    ),
    "more than a month",
)

_ALL: Final = BUCKETS.choice()
INSTRUCTIONS: Final = {
    "bucket": (
        f"Predict how long the reporter of this issue waited for the first reply. {_ALL}",
        f"How soon does somebody reply to this report? {_ALL}",
        f"Estimate from this report the time until somebody else comments on it. {_ALL}",
        f"Judge from this report how long it took until the first reply. {_ALL}",
        f"Given this report, say how much time passes before somebody answers it. {_ALL}",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """One example where somebody else commented, at a moment that is known and lies behind the report.

    `Issue resolved by pull request 1234` is no reply: nobody who reports waits for that.
    """
    others = (comment for comment in said(issue) if comment.author and comment.author != issue.reporter)
    reply, shown = next((comment for comment in others if is_own(comment.body.source)), None), report(issue)
    if reply is None or reply.created is None or reply.created < issue.created or not has_words(shown, REPORT_WORDS):
        return
    answer, ways = BUCKETS.name(reply.created - issue.created), INSTRUCTIONS["bucket"]
    yield example(issue, "time_to_reply", "bucket", ways, shown=shown, answer=answer)
