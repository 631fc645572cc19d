"""An example becomes a line of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

from jira_crawler.items import Example, Issue, cluster_name
from jira_crawler.tasks.benchmark_keys import benchmarks_of_issue
from jira_crawler.tasks.duplicate_detection import others
from jira_crawler.tasks.leak import SEPARATOR
from jira_crawler.tasks.speakers import Speakers, date
from jira_crawler.tasks.value import value

_SAME: Final = re.compile(r"duplic|clone", re.IGNORECASE)


def line(issue: Issue, example: Example) -> dict[str, Any]:
    """The line of one example."""
    return next(lines(issue, [example]))


def lines(issue: Issue, examples: Iterable[Example]) -> Iterator[dict[str, Any]]:
    """The lines as JSON objects; ids are the same on every run, dates RFC 3339 in UTC with milliseconds.

    Nothing is null and labels are one text, `a, b`: `datasets` takes the types from the first ten megabytes, and
    cannot read on when a column that was null, or a list that was empty, then holds text. Every issue is its own
    cluster of near-duplicates until it is seen beside the others.
    """
    about, speakers = _about(issue), Speakers(issue)
    for example in examples:
        spoken, worth = speakers.of(example), value(example)
        yield {
            "id": _identity(issue, example),
            "task_type": example.task_type,
            "instruction": example.instruction,
            "input": example.input,
            "output": example.output,
            "metadata": about
            | {
                "example_type": example.variant,
                "speaker": spoken.speaker,
                "said": spoken.said,
                "role": spoken.role,
                "value": worth.score,
                "value_reasons": told(worth.reasons),
            },
        }


def _about(issue: Issue) -> dict[str, Any]:
    return {
        "issue_key": issue.key,
        "issue_id": issue.id,
        "project": issue.project,
        "site": issue.site,
        "url": issue.url,
        "issue_type": issue.issue_type,
        "status": issue.status,
        "priority": issue.priority,
        "resolution": issue.resolution,
        "created": date(issue.created),
        "updated": date(issue.updated),
        "example_type": "",
        "speaker": "",
        "said": "",
        "role": "",
        "quality": float(issue.quality),
        "quality_reasons": told(issue.reasons),
        "language": issue.language,
        "labels": SEPARATOR.join(issue.labels),
        "components": SEPARATOR.join(issue.components),
        "reporter": issue.reporter.name if issue.reporter else "",
        "assignee": issue.assignee.name if issue.assignee else "",
        "related": SEPARATOR.join(related(issue)),
        "benchmark": SEPARATOR.join(benchmarks_of_issue(issue)),
        "cluster": cluster_name(issue.site, issue.id),
        "representative": True,
    }


@lru_cache(maxsize=64)
def told(reasons: tuple[tuple[str, float], ...]) -> str:
    """Reasons as one text: `length 0.43, code 1`."""
    return SEPARATOR.join([_reason(name, found) for name, found in reasons])


@lru_cache(maxsize=4096)  # they are rounded
def _reason(name: str, found: float) -> str:
    return f"{name} {found:.3g}"


def related(issue: Issue) -> list[str]:
    """The keys of issues that tell the same story, or whose titles its examples show, sorted.

    Parent, sub-tasks, duplicates and clones, those that duplicate_detection asks about, and on GitHub the pull request
    that closed an issue, as well as the issue.
    """
    fixes = {closing.other for closing in issue.closings}
    same = {link.key for link in issue.links if _SAME.search(f"{link.type} {link.relation}")}
    return sorted((same | fixes | {issue.parent, *issue.subtasks, *others(issue)}) - {"", issue.key})


def _identity(issue: Issue, example: Example) -> str:
    parts = (issue.site, issue.id, example.task_type, example.variant, example.suffix)
    return "-".join(filter(None, parts))
