"""What an issue is about, as sets of names: its components and its labels.

Versions are no such sets: which ones apply follows from the day of the report, not from its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.leak import SEPARATOR
from jira_crawler.tasks.shown import report
from jira_crawler.tasks.words import has_words

REPORT_WORDS: Final = 2

_INSTRUCTIONS: Final = {
    "components": "List the components of the project that this issue concerns, separated by commas.",
    "labels": "List the labels that fit this issue, separated by commas.",
}


def examples(issue: Issue) -> Iterator[Example]:
    """Sorted names, `a, b`, for each set that is not empty; a name that holds a comma would read as two."""
    shown = report(issue)
    if not has_words(shown, REPORT_WORDS):
        return
    for variant, names in (("components", issue.components), ("labels", issue.labels)):
        labels = sorted({name.strip() for name in names} - {""})
        if labels and not any("," in label for label in labels):
            yield Example(
                task_type="multi_label_classification",
                variant=variant,
                instruction=_INSTRUCTIONS[variant],
                input=shown,
                output=SEPARATOR.join(labels),
            )
