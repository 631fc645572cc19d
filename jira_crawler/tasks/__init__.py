"""An issue becomes training examples: one file for each family of tasks, and one law for all of them.

The law: the answer is never inside the input.
"""

from __future__ import annotations

from collections.abc import Iterator

from jira_crawler.items import Example, Issue
from jira_crawler.tasks import (
    classification,
    multi_label_classification,
    question_answering,
    status_prediction,
    summarization,
)
from jira_crawler.tasks.leak import leaks
from jira_crawler.tasks.lines import line

__all__ = ["FAMILIES", "candidates", "examples", "line"]

FAMILIES = (
    summarization,
    classification,
    status_prediction,
    multi_label_classification,
    question_answering,
)


def examples(issue: Issue) -> Iterator[Example]:
    """What `issue` teaches, in a fixed order; (task_type, variant, suffix) is unique within the issue."""
    return (example for example in candidates(issue) if not leaks(example))


def candidates(issue: Issue) -> Iterator[Example]:
    """Every example that the families make of `issue`, before the law is applied."""
    for family in FAMILIES:
        yield from family.examples(issue)
