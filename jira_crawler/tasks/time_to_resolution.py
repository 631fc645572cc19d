"""How long an issue took from its report to its resolution."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.buckets import Buckets
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import REPORT_WORDS, report
from jira_crawler.tasks.thread import conversation, said
from jira_crawler.tasks.timeline import known, resolved_at
from jira_crawler.text.words import has_words

LAW: Final[Law] = "label"
LATER: Final = timedelta(days=7)  # when it is asked again, knowing the first discussion

BUCKETS: Final = Buckets(
    (
        (timedelta(days=1), "within a day"),
        (timedelta(days=7), "within a week"),
        (timedelta(days=30), "within a month"),
        (timedelta(days=91), "within three months"),
        (timedelta(days=365), "within a year"),
    ),
    "more than a year",
)

_ALL: Final = BUCKETS.choice()
_LEFT: Final = BUCKETS.choice(above=LATER)
INSTRUCTIONS: Final = {
    "bucket": (
        f"Predict how long it took to resolve this issue. {_ALL}",
        f"How long does an issue like this one take from report to resolution? {_ALL}",
        f"Estimate from this report the time until its resolution. {_ALL}",
        f"Judge from this report how long after it the issue was resolved. {_ALL}",
        f"How soon will this issue be resolved? {_ALL}",
        f"Given this report, say how much time passes before the issue is resolved. {_ALL}",
    ),
    "bucket_after_a_week": (
        f"This issue is a week old. Predict the whole time from its report to its resolution. {_LEFT}",
        f"After a week of discussion this issue is open. How long after its report is it resolved? {_LEFT}",
        f"Given this report and what was said in its first week, estimate the whole time to its resolution. {_LEFT}",
        f"A week has passed. Judge from this discussion how long after its report the issue is resolved. {_LEFT}",
        f"From the first week of this issue, predict its time from report to resolution. {_LEFT}",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """For a resolved issue, asked on the day of the report, and after a week if people talked and it was open still."""
    moment, shown = resolved_at(issue), report(issue)
    if moment is None or moment < issue.created or not has_words(shown, REPORT_WORDS):
        return
    took = moment - issue.created
    yield _example(issue, "bucket", shown, took)
    talk = known(said(issue), issue.created + LATER) if took > LATER else ()
    if talk:
        yield _example(issue, "bucket_after_a_week", conversation(issue, talk), took)


def _example(issue: Issue, variant: str, shown: str, took: timedelta) -> Example:
    ways = INSTRUCTIONS[variant]
    return example(issue, "time_to_resolution", variant, ways, shown=shown, answer=BUCKETS.name(took))
