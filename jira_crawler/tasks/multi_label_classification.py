"""What an issue is about, as sets of names: its components and its labels.

Versions are no such sets: which ones apply follows from the day of the report, not from its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.labels import chosen
from jira_crawler.tasks.leak import SEPARATOR, Law
from jira_crawler.tasks.prompts import REPORT_WORDS, report
from jira_crawler.text.words import has_words

LAW: Final[Law] = "set"

INSTRUCTIONS: Final = {
    "components": (
        "List the components of the project that this issue concerns, separated by commas.",
        "Which components of the project does this issue concern? List them, separated by commas.",
        "Name the components that this issue belongs to, as a list separated by commas.",
        "Route this issue to the right components. Give their names, separated by commas.",
        "Judge which parts of the project are affected, and list these components, separated by commas.",
        "Assign components to this issue, as a list separated by commas.",
    ),
    "labels": (
        "List the labels that fit this issue, separated by commas.",
        "Which labels should this issue have? List them, separated by commas.",
        "Label this issue. Give the labels as a list separated by commas.",
        "Name the labels that belong on this issue, separated by commas.",
        "Judge from this report how the issue should be labelled, and list the labels, separated by commas.",
        "Assign labels to this issue, as a list separated by commas.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """Sorted names, `a, b`, for each set that is not empty; a name that holds a comma would read as two."""
    shown = report(issue)
    if not has_words(shown, REPORT_WORDS):
        return
    for variant, names in (("components", issue.components), ("labels", issue.labels)):
        labels = chosen(names)
        if labels and not any("," in label for label in labels):
            answer, ways = SEPARATOR.join(labels), INSTRUCTIONS[variant]
            yield example(issue, "multi_label_classification", variant, ways, shown=shown, answer=answer)
