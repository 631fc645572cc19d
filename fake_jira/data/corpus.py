"""All issues of one sandbox: found by id or key, and in order of creation, change and key for each set of projects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import RLock

from fake_jira.data.catalogue import Vocabulary
from fake_jira.data.stored import PRESENT, Stored
from fake_jira.data.timeline import Timeline


class Corpus:
    """`vocabulary` is complete once the issues have been taken; it may know projects that hold none.

    Whoever reads more than one thing, or changes anything, holds the `lock`: a test may change issues from its own
    thread while a page is being put together in another.

    While `stale_searches` is not 0, search does not learn of a change before it was asked so often (`math.inf`: before
    it is told to catch up): it goes on telling of the issue as it was, or as if it were not there, or still were.
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
        self.stale_searches: float = 0
        self._held: dict[int, tuple[Stored | None, float]] = {}

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
            seen = (issue for issue in self._indexed() if issue.project in projects and issue.state == PRESENT)
            found = self._timelines[projects, order] = Timeline.of(order, seen)
        return found

    def put(self, issue: Stored) -> None:
        """A new issue, or the new state of one; the key that it leaves behind is remembered."""
        before = self.by_id.get(issue.id)
        if before is not None:
            self._forget(before)
            if before.key != issue.key:
                self.moved[before.key] = issue.id
        self.by_id[issue.id] = self.by_key[issue.key] = issue
        self._index(issue.id, before, issue)

    def remove(self, issue: Stored) -> None:
        self._forget(issue)
        self._index(issue.id, issue, None)

    def indexed(self, id_: int) -> Stored | None:
        """An issue as search knows it."""
        return self._held[id_][0] if id_ in self._held else self.by_id.get(id_)

    def searched(self) -> None:
        """One more question to the index: it learns of what it was late with for long enough."""
        for id_, (held, left) in list(self._held.items()):
            if left <= 0:
                self.catch_up((id_,))
            else:
                self._held[id_] = (held, left - 1)

    def catch_up(self, ids: Iterable[int] | None = None) -> None:
        """Search learns of all changes, or of those to some issues."""
        for id_ in list(self._held if ids is None else self._held.keys() & set(ids)):
            held, _ = self._held.pop(id_)
            self._swap(held, self.by_id.get(id_))

    def _indexed(self) -> Iterator[Stored]:
        yield from (issue for id_, issue in self.by_id.items() if id_ not in self._held)
        yield from (held for held, _ in self._held.values() if held)

    def _forget(self, issue: Stored) -> None:
        del self.by_id[issue.id]
        # Recordings are not to be trusted: two of them may claim one key.
        if self.by_key[issue.key].id == issue.id:
            del self.by_key[issue.key]

    def _index(self, id_: int, before: Stored | None, after: Stored | None) -> None:
        if self.stale_searches:
            self._held.setdefault(id_, (before, self.stale_searches))
        else:
            self._swap(self._held.pop(id_, (before, 0))[0], after)

    def _swap(self, before: Stored | None, after: Stored | None) -> None:
        if before:
            for timeline in self._around(before):
                timeline.drop(before)
        if after:
            for timeline in self._around(after):
                timeline.add(after)

    def _around(self, issue: Stored) -> list[Timeline]:
        """The timelines that an issue stands in."""
        if issue.state != PRESENT:
            return []
        return [timeline for (projects, _), timeline in self._timelines.items() if issue.project in projects]
