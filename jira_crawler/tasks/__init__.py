"""An issue becomes training examples: one file for each family of tasks, and one law for all of them.

The law: the answer is never inside the input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from jira_crawler.items import Example, Issue
from jira_crawler.tasks import (
    classification,
    duplicate_detection,
    multi_label_classification,
    next_comment,
    next_commit,
    pretraining,
    pull_request_text,
    question_answering,
    release_notes,
    review_comment,
    root_cause,
    status_prediction,
    summarization,
    time_to_merge,
    time_to_reply,
    time_to_resolution,
)
from jira_crawler.tasks.leak import Law, leaks
from jira_crawler.tasks.lines import line, lines
from jira_crawler.tasks.thread import turns

__all__ = ["EVERY", "FAMILIES", "OF_PULL_REQUESTS", "candidates", "examples", "line", "lines", "made", "turns"]

FAMILIES = (
    summarization,
    classification,
    multi_label_classification,
    status_prediction,
    time_to_resolution,
    time_to_reply,
    question_answering,
    next_comment,
    duplicate_detection,
    release_notes,
    root_cause,
    pretraining,
)

# What a pull request is asked about. How it ended is not: one that a script landed says that it was closed.
OF_PULL_REQUESTS = (
    pull_request_text,
    multi_label_classification,
    time_to_merge,
    time_to_reply,
    review_comment,
    next_commit,
    next_comment,
    pretraining,
)
EVERY = (*FAMILIES, *(family for family in OF_PULL_REQUESTS if family not in FAMILIES))


def made(issue: Issue) -> tuple[list[Example], Counter[str]]:
    """What `issue` teaches, in a fixed order, and how many examples of each task the law has dropped.

    (task_type, variant, suffix) is unique within the issue.
    """
    kept: list[Example] = []
    dropped: Counter[str] = Counter()
    for example, law in candidates(issue):
        if leaks(example, law):
            dropped[example.task_type] += 1
        else:
            kept.append(example)
    return kept, dropped


def examples(issue: Issue) -> list[Example]:
    """What `issue` teaches."""
    return made(issue)[0]


def candidates(issue: Issue) -> Iterator[tuple[Example, Law]]:
    """Every example that the families make of `issue`, before the law is applied, with the law of its family."""
    for family in OF_PULL_REQUESTS if issue.pull else FAMILIES:
        for example in family.examples(issue):
            yield example, family.LAW
