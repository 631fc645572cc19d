"""What became of an issue: from its report alone, and knowing what people had said before it was so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from jira_crawler.items import Comment, Example, Issue
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.labels import is_choice
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import REPORT_WORDS, report
from jira_crawler.tasks.thread import conversation, said
from jira_crawler.tasks.timeline import TOGETHER, known, resolved_at, status_set_at
from jira_crawler.text.words import has_words

LAW: Final[Law] = "label"
_DONE: Final = "done"
# Who says so does so: a comment that announces the act gives the label away in another form of the word.
_MAY: Final = ("clos", "resolv", "open", "mark")
_ANNOUNCES: Final = re.compile(
    r"\bre-?opening\b|(?:^|[.!?,;:*]\s*|\n\s*|\band |\bso )(?:closing|resolving)\b"
    r"|\b(?:closing|resolving) (?:this|it|as|out|now|(?:the )?(?:ticket|issue|bug|defect|jira))\b"
    r"|\bmark(?:ing|ed)? (?:it |this )?as\b"
    r"|\b(?:can be|will|be|i'?ll|we(?:'ll| can| should)?|let'?s|should|please) (?:be )?(?:close|resolve|reopen)d?\b"
)

INSTRUCTIONS: Final = {
    "status": (
        "Predict the current status of this issue from its report.",
        "From the report alone, predict which status this issue has now. Name the status.",
        "What has become of this issue? Predict its current status from its report and name it.",
        "Judge from this report which status the issue has today. Answer with the status only.",
        "Given this report, name the status that the issue has most likely reached.",
        "Read this report and predict the issue's present status. Give its name and nothing else.",
    ),
    "resolution": (
        "Predict how this issue was resolved from its report.",
        "From the report alone, predict the resolution of this issue. Name the resolution.",
        "This issue has been resolved. Predict from its report with which resolution, and name it.",
        "Judge from this report how the issue ended. Answer with the resolution only.",
        "Given this report, name the resolution that the issue most likely received.",
        "Read this report and predict the issue's resolution. Give its name and nothing else.",
    ),
    "status_after_discussion": (
        "Predict the status that this issue came to have from its report and its comments.",
        "From the report and the discussion so far, predict which status this issue ends up with. Name the status.",
        "Given this report and these comments, name the status that the issue has most likely reached.",
        "Judge from the report and its comments which status comes out of it. Answer with the status only.",
        "Read this issue with its discussion and predict its status. Give its name and nothing else.",
        "What becomes of this issue after this discussion? Predict its status and name it.",
    ),
    "resolution_after_discussion": (
        "Predict how this issue was resolved from its report and its comments.",
        "From the report and the discussion so far, predict the resolution of this issue. Name the resolution.",
        "Given this report and these comments, name the resolution that the issue most likely received.",
        "Judge from the report and its comments how the issue ended. Answer with the resolution only.",
        "Read this issue with its discussion and predict its resolution. Give its name and nothing else.",
        "With which resolution does this issue end after this discussion? Predict it and name it.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """Status and resolution, each shown the report and, where people had commented by then, the conversation."""
    shown = report(issue)
    if not has_words(shown, REPORT_WORDS):
        return
    talk = {"status": _before_status(issue), "resolution": _before_resolution(issue)}
    labels = {"status": issue.status, "resolution": issue.resolution}
    for variant, label in labels.items():
        if is_choice(label):
            yield _example(issue, variant, shown, label)
            if talk[variant]:
                yield _example(issue, f"{variant}_after_discussion", conversation(issue, talk[variant]), label)


def _before_resolution(issue: Issue) -> list[Comment]:
    """What was said before the resolution, and not while giving it."""
    moment = resolved_at(issue)
    return _silent(known(said(issue), moment - TOGETHER)) if moment else []


def _before_status(issue: Issue) -> list[Comment]:
    """What was said before the last change of status; all of it where there was none, unless it must have been."""
    if moment := status_set_at(issue):
        return _silent(known(said(issue), moment - TOGETHER))
    return [] if issue.status_category == _DONE else _silent(said(issue))


def _silent(comments: Iterable[Comment]) -> list[Comment]:
    """The comments that do not announce an end."""
    return [comment for comment in comments if not _announces(comment.body.source)]


@lru_cache(maxsize=64)  # asked for the status and for the resolution
def _announces(text: str) -> bool:
    lower = text.lower()
    return any(map(lower.__contains__, _MAY)) and _ANNOUNCES.search(lower) is not None


def _example(issue: Issue, variant: str, shown: str, label: str) -> Example:
    ways = INSTRUCTIONS[variant]
    return example(issue, "status_prediction", variant, ways, shown=shown, answer=label.strip())
