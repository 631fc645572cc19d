"""A tracker that moves while it is crawled: issues come, change, move and go, between requests or when told to."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import NamedTuple

from fake_jira.data.changes import Json
from fake_jira.data.part_changes import PartChanges
from fake_jira.data.shelving import shelve, unshelve
from fake_jira.data.stored import ARCHIVED, HIDDEN, PRESENT, Stored
from fake_jira.faults.ledger import Ledger
from fake_jira.kinds import KINDS
from fake_jira.options import Options
from fake_jira.server.jira import Jira
from fake_server import BadOption

Doer = Callable[[Stored, str], Stored | None]
Watcher = Callable[[Stored | None, Stored | None], None]


class Mutation(NamedTuple):
    """What happened to which issue. `before` and `after` are its keys: None before it came and after it went."""

    kind: str
    id: str
    before: str | None
    after: str | None


class Mutations:
    """May be changed while the sandbox runs: `rate` mutations a request on average, of the `kinds`, `most` in all.

    The same seed does the same things to the same issues for the same number of requests, whatever the clock says.
    `watchers` are told of each issue before and after: None before it came and after it went.
    """

    def __init__(self, jira: Jira, options: Options) -> None:
        self.jira, self.corpus = jira, jira.corpus
        self.rate, self.kinds, self.index_lag = options.mutate, options.mutate_kinds, options.index_lag
        self.most = options.mutate_most or max(1, len(jira.corpus) // 2)
        self.log: list[Mutation] = []
        self.chance = Random(options.seed)  # noqa: S311 - repeatable on purpose
        api = f"{jira.profile.base}/rest/api/{jira.embedding.api}"
        self.changes = PartChanges(api, jira.corpus.vocabulary, self.chance)
        self.watchers: list[Watcher] = []
        self.ledger = Ledger(jira.corpus, self.chance)
        self._drawn = 0
        self._waiting: deque[tuple[float, int, int]] = deque()
        self.doers: dict[str, Doer] = {
            "edit": self._edit,
            "comment": self._comment,
            "delete": self._delete,
            "move": self._move,
            "hide": self._hide,
            "archive": self._archive,
        }

    def apply(self, kind: str, issue_id: int | str | None = None, *, project: str = "") -> Mutation:
        """One mutation, now: of an issue named by id or key, else of any that stands; `project` is where to.

        An issue is created in the likeness of the one that is named. Raises BadOption for what cannot be done.
        """
        with self.corpus.lock:
            issue = self.ledger.anyone() if issue_id is None else self.corpus.find(str(issue_id))
            if kind == "create" and (issue or issue_id is None):
                made = self._create(issue, project)
                done = Mutation(kind, str(made.id), None, made.key)
            elif kind in self.doers and issue:
                after = self.doers[kind](issue, project)
                done = Mutation(kind, str(issue.id), issue.key, after.key if after else None)
            else:
                raise BadOption(f"There is no way to {kind} {issue_id or 'any issue'} in this sandbox.")
            self.log.append(done)
            return done

    def between_requests(self) -> None:
        """As many as the rate asks for: its whole part, and its fraction by chance."""
        if not self.rate or self._drawn >= self.most:
            return
        with self.corpus.lock:
            count = int(self.rate) + (self.chance.random() < self.rate % 1)
            for _ in range(min(count, self.most - self._drawn)):
                self._drawn += 1
                if kinds := self._possible():
                    self.apply(kinds[int(self.chance.random() * len(kinds))])

    def update_index(self) -> None:
        """The search index learns of the changes that are older than its lag."""
        with self.corpus.lock:
            while self._waiting and self._waiting[0][0] <= self.jira.profile.clock():
                _, id_, updated = self._waiting.popleft()
                if issue := self.corpus.by_id.get(id_):
                    self.corpus.put(replace(issue, updated=max(updated, issue.updated)))

    def _possible(self) -> list[str]:
        able = {"create"} if self.ledger.projects else set()
        if self.ledger.anyone():
            able.update(self.doers if len(self.ledger.projects) > 1 else self.doers.keys() - {"move"})
        return [kind for kind in KINDS if kind in self.kinds and kind in able]

    def now(self) -> int:
        """Rounded up to the second, so that what happens after a moment is also dated after it."""
        return math.ceil(self.jira.profile.clock()) * 1000

    def _create(self, like: Stored | None, project: str) -> Stored:
        project = project or (like.project if like else next(iter(self.ledger.projects), ""))
        issue = unshelve(like) if like else {"fields": {}}
        issue |= {"key": self.ledger.new_key(project), "id": str(self.ledger.new_id())}
        others = self.corpus.timeline(frozenset({project}), "created").times
        self.changes.fresh(issue, project, max(self.now(), others[-1] if others else 0))
        return self._put(issue)

    def _edit(self, issue: Stored, project: str) -> Stored:
        return self.changed(issue, self.changes.edit)

    def _comment(self, issue: Stored, project: str) -> Stored:
        return self.changed(issue, self.changes.comment)

    def _move(self, issue: Stored, project: str) -> Stored:
        key = self.ledger.new_key(project or self.ledger.elsewhere(issue.project))
        return self.changed(issue, lambda whole, now: self.changes.move(whole, now, key))

    def _delete(self, issue: Stored, project: str) -> None:
        self.corpus.remove(issue)
        for watch in self.watchers:
            watch(issue, None)

    def _hide(self, issue: Stored, project: str) -> Stored:
        return self.changed(issue, lambda whole, now: None, HIDDEN)

    def _archive(self, issue: Stored, project: str) -> Stored:
        return self.changed(issue, self.changes.archive, ARCHIVED)

    def changed(
        self, issue: Stored, change: Callable[[Json, int], None], state: str = "", watched: bool = True
    ) -> Stored:
        """An issue after a change to all of it; the caller holds the lock. Nobody is told where it is not `watched`."""
        whole = unshelve(issue)
        change(whole, self.now())
        return self._put(whole, issue, state or issue.state, watched)

    def _put(self, whole: Json, before: Stored | None = None, state: str = PRESENT, watched: bool = True) -> Stored:
        issue = replace(shelve(whole, self.jira.profile.base, self.jira.embedding), state=state)
        if self.index_lag and before:
            self._waiting.append((self.jira.profile.clock() + self.index_lag, issue.id, issue.updated))
            issue.updated = before.updated
        self.corpus.put(issue)
        for watch in self.watchers if watched else ():
            watch(before, issue)
        return issue
