"""How long a pull request was open before it was merged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.buckets import Buckets
from jira_crawler.tasks.changes import begun_with, messages
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import REPORT_WORDS, report
from jira_crawler.text.words import has_words

LAW: Final[Law] = "label"

BUCKETS: Final = Buckets(
    (
        (timedelta(hours=1), "within an hour"),
        (timedelta(days=1), "within a day"),
        (timedelta(days=7), "within a week"),
        (timedelta(days=30), "within a month"),
        (timedelta(days=91), "within three months"),
    ),
    "more than three months",
)
_ALL: Final = BUCKETS.choice()

INSTRUCTIONS: Final = {
    "bucket": (
        f"Predict how long it took until this pull request was merged. {_ALL}",
        f"How soon is this pull request merged? {_ALL}",
        f"Estimate from its description how long this pull request is open before it is merged. {_ALL}",
        f"Judge from this description when the change was merged, counted from its opening. {_ALL}",
        f"Given this pull request as it was opened, say how much time passes until it is merged. {_ALL}",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """For one that was merged, as it was when it was opened; what a script landed was not merged, as far as it says."""
    pull, shown = issue.pull, report(issue)
    if pull is None or pull.merged is None or pull.merged < issue.created or not has_words(shown, REPORT_WORDS):
        return
    commits = messages(begun_with(issue, pull))
    shown = f"{shown}\n\n## Commits\n\n{commits}" if commits else shown
    answer, ways = BUCKETS.name(pull.merged - issue.created), INSTRUCTIONS["bucket"]
    yield example(issue, "time_to_merge", "bucket", ways, shown=shown, answer=answer)
