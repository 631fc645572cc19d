"""What kind of issue this is, how pressing and whose, as someone at the tracker judged it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.shown import report
from jira_crawler.tasks.words import has_words

REPORT_WORDS: Final = 2

_INSTRUCTIONS: Final = {
    "priority": "Classify the priority of this issue.",
    "issue_type": "Classify the type of this issue.",
    "project": "Name the project that this issue belongs to, by its key.",
}


def examples(issue: Issue) -> Iterator[Example]:
    """One example for each of the three that is set; the project always is, so that a bare title teaches something."""
    shown = report(issue)
    if not has_words(shown, REPORT_WORDS):
        return
    labels = {"priority": issue.priority, "issue_type": issue.issue_type, "project": issue.project}
    for variant, label in labels.items():
        if label.strip():
            yield Example(
                task_type="classification",
                variant=variant,
                instruction=_INSTRUCTIONS[variant],
                input=shown,
                output=label.strip(),
            )
