"""All issues of one sandbox: found by id or key, and in order of creation and of change for each set of projects."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

from jira_crawler.sandbox.catalogue import Vocabulary
from jira_crawler.sandbox.stored import Stored


class Timeline(NamedTuple):
    """Issues in the order of one date; `times[n]` is that date of `issues[n]`."""

    times: array[int]
    issues: list[Stored]

    def between(self, first: float, last: float) -> tuple[int, int]:
        return bisect_left(self.times, first), bisect_right(self.times, last)


class Corpus:
    """`vocabulary` is complete once the issues have been taken; it may know projects that hold none."""

    def __init__(self, issues: Iterable[Stored], vocabulary: Vocabulary, moved: dict[str, int] | None = None) -> None:
        self.vocabulary = vocabulary
        self.by_id = {issue.id: issue for issue in issues}
        self.by_key = {issue.key: issue for issue in self.by_id.values()}
        self.moved = moved or {}
        self.hidden: frozenset[str] = frozenset()
        self.archived: frozenset[str] = frozenset()
        self.projects = tuple(sorted({*vocabulary.project_names, *(issue.project for issue in self.by_id.values())}))
        self._timelines: dict[tuple[frozenset[str], str], Timeline] = {}

    def __len__(self) -> int:
        return len(self.by_id)

    def find(self, name: str) -> Stored | None:
        """By numeric id, by key, or by the key that an issue had before it moved."""
        if name.isdigit():
            return self.by_id.get(int(name))
        key = name.upper()
        return self.by_key.get(key) or self.by_id.get(self.moved.get(key, -1))

    def timeline(self, projects: frozenset[str], date: str) -> Timeline:
        """Issues that search can see, by `created` or `updated`, then by key; sorted once, then remembered."""
        found = self._timelines.get((projects, date))
        if found is None:
            issues = [
                issue for issue in self.by_id.values() if issue.project in projects and issue.key not in self.archived
            ]
            issues.sort(key=lambda issue: (getattr(issue, date), issue.project, issue.number))
            found = Timeline(array("q", (getattr(issue, date) for issue in issues)), issues)
            self._timelines[projects, date] = found
        return found

    def manifest(self) -> dict[str, Any]:
        """The truth that a crawl is measured against."""
        projects: dict[str, Any] = {
            project: {"visible": project not in self.hidden, "issues": []} for project in self.projects
        }
        for issue in sorted(self.by_id.values(), key=lambda issue: issue.id):
            projects[issue.project]["issues"].append(
                {
                    "id": str(issue.id),
                    "key": issue.key,
                    "comments": [str(id_) for id_ in issue.comment_ids],
                    "worklogs": issue.worklogs,
                    "changes": issue.changes,
                    "archived": issue.key in self.archived,
                    "copy_of": str(issue.copy_of) if issue.copy_of else None,
                }
            )
        return {"projects": projects, "moved": {key: str(id_) for key, id_ in self.moved.items()}}
