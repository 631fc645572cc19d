"""What kind of issue this is, how pressing and whose, as someone at the tracker judged it in the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.labels import is_choice, is_kind
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import REPORT_WORDS, report
from jira_crawler.text.words import has_words

LAW: Final[Law] = "label"

INSTRUCTIONS: Final = {
    "priority": (
        "Classify the priority of this issue.",
        "What priority should this issue have? Answer with the name of the priority only.",
        "Judge how pressing this issue is, and name its priority.",
        "Assign a priority to this issue. Give its name and nothing else.",
        "Triage this issue: which priority does it get?",
        "Name the priority that fits this issue.",
    ),
    "issue_type": (
        "Classify the type of this issue.",
        "What type of issue is this? Answer with the name of the type only.",
        "Judge what kind of issue this is, and name its type.",
        "Assign an issue type to this report. Give its name and nothing else.",
        "Triage this issue: which issue type does it get?",
        "Name the issue type that fits this report.",
    ),
    "project": (
        "Name the project that this issue belongs to, by its key.",
        "Which project does this issue belong to? Answer with the project key only.",
        "Give the key of the project that this issue was filed for.",
        "Route this issue to its project. Answer with the project's key and nothing else.",
        "Judge from this report which project it is about, and name the project's key.",
        "To which project should this issue go? Name its key.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """One example for each of the three that was chosen; the project always is, so a bare title teaches something."""
    shown = report(issue)
    if not has_words(shown, REPORT_WORDS):
        return
    labels = {
        "priority": issue.priority if is_choice(issue.priority) else "",
        "issue_type": issue.issue_type if is_kind(issue.issue_type) else "",
        "project": issue.project,
    }
    for variant, label in labels.items():
        if label.strip():
            ways = INSTRUCTIONS[variant]
            yield example(issue, "classification", variant, ways, shown=shown, answer=label.strip())
