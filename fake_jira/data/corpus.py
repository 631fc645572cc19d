"""All issues of one sandbox: found by id or key, and in order of creation, change and key for each set of projects."""

from __future__ import annotations

from collections.abc import Iterable
from threading import RLock

from fake_jira.data.catalogue import Vocabulary
from fake_jira.data.stored import PRESENT, Stored
from fake_jira.data.timeline import Timeline


class Corpus:
    """`vocabulary` is complete once the issues have been taken; it may know projects that hold none.

    Whoever reads more than one thing, or changes anything, holds the `lock`: a test may change issues from its own
    thread while a page is being put together in another.
    """

    def __init__(self, issues: Iterable[Stored], vocabulary: Vocabulary, moved: dict[str, int] | None = None) -> None:
        self.lock = RLock()
        self.vocabulary = vocabulary
        self.by_id = {issue.id: issue for issue in issues}
        self.by_key = {issue.key: issue for issue in self.by_id.values()}
        self.moved = moved or {}
        self.hidden: frozenset[str] = frozenset()
        self.projects = tuple(sorted({*vocabulary.project_names, *(issue.project for issue in self.by_id.values())}))
        self._timelines: dict[tuple[frozenset[str], str], Timeline] = {}

    def __len__(self) -> int:
        return len(self.by_id)

    def find(self, name: str) -> Stored | None:
        """By numeric id, by key, or by a key that an issue had before it moved."""
        if name.isdigit():
            return self.by_id.get(int(name))
        key = name.upper()
        return self.by_key.get(key) or self.by_id.get(self.moved.get(key, -1))

    def timeline(self, projects: frozenset[str], order: str) -> Timeline:
        """Issues that search can see, by `created`, `updated` or `key`; sorted once, then kept in order."""
        found = self._timelines.get((projects, order))
        if found is None:
            seen = (issue for issue in self.by_id.values() if issue.project in projects and issue.state == PRESENT)
            found = self._timelines[projects, order] = Timeline.of(order, seen)
        return found

    def put(self, issue: Stored) -> None:
        """A new issue, or the new state of one; the key that it leaves behind is remembered."""
        before = self.by_id.get(issue.id)
        if before is not None:
            self.remove(before)
            if before.key != issue.key:
                self.moved[before.key] = issue.id
        self.by_id[issue.id] = self.by_key[issue.key] = issue
        for timeline in self._around(issue):
            timeline.add(issue)

    def remove(self, issue: Stored) -> None:
        del self.by_id[issue.id]
        # Recordings are not to be trusted: two of them may claim one key.
        if self.by_key[issue.key].id == issue.id:
            del self.by_key[issue.key]
        for timeline in self._around(issue):
            timeline.drop(issue)

    def _around(self, issue: Stored) -> list[Timeline]:
        """The timelines that an issue stands in."""
        if issue.state != PRESENT:
            return []
        return [timeline for (projects, _), timeline in self._timelines.items() if issue.project in projects]
