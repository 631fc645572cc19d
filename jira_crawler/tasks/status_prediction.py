"""What became of an issue: from its report alone, and knowing what people said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.shown import conversation, report, thread
from jira_crawler.tasks.words import has_words

REPORT_WORDS: Final = 2

_INSTRUCTIONS: Final = {
    "status": "Predict the current status of this issue from its report.",
    "resolution": "Predict how this issue was resolved from its report.",
    "status_after_discussion": "Predict the current status of this issue from its report and its comments.",
    "resolution_after_discussion": "Predict how this issue was resolved from its report and its comments.",
}


def examples(issue: Issue) -> Iterator[Example]:
    """Status and resolution, each shown the report and, where people commented, the whole conversation."""
    shown = report(issue)
    if not has_words(shown, REPORT_WORDS):
        return
    yield from _examples(issue, shown, "")
    if said := thread(issue):
        yield from _examples(issue, conversation(issue, said), "_after_discussion")


def _examples(issue: Issue, shown: str, ending: str) -> Iterator[Example]:
    for field, label in (("status", issue.status), ("resolution", issue.resolution)):
        if label.strip():
            yield Example(
                task_type="status_prediction",
                variant=field + ending,
                instruction=_INSTRUCTIONS[field + ending],
                input=shown,
                output=label.strip(),
            )
