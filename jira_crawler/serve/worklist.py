"""What deliveries want done, issue by issue, and what has become of it: between the store that keeps them and a crawl.

A delivery is done when all of its issues are. Whatever is not done when a process dies is done by the next one, because
the store still says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from jira_crawler.crawl.dirty import AGAIN, AT_ONCE, MOST, DirtyIssues
from jira_crawler.crawl.refresh import Refreshed
from jira_crawler.sentences import quoted
from jira_crawler.store.deliveries import Work
from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)
_SOME: Final = 500  # deliveries that are looked at at a time
_SHARED: Final = 2 * AT_ONCE  # deliveries that one of several processes holds; the rest is for the others
AWAY: Final = (5.0, 15.0, 60.0, 300.0)  # seconds that a tracker which does not answer is left alone


class Claims(Protocol):
    """Which deliveries are ours, where several processes work them off: see frontier.claims."""

    def take(self, numbers: Iterable[int]) -> set[int]:
        """Claims deliveries; gives those that are ours by now."""

    def drop(self, numbers: Iterable[int]) -> None:
        """Lets go of deliveries."""


@dataclass(slots=True)
class _Wanted:
    """An issue that deliveries wait for: their numbers, and what one of them hints at."""

    numbers: set[int] = field(default_factory=set)
    deleted: bool = False


@dataclass(slots=True)
class _Asked:
    """An issue that is asked for since `at` (ms), and whether it `came`."""

    at: int
    wanted: _Wanted
    came: bool = False


class Worklist:
    """The deliveries of a site, as issues to be asked for. `now` is a clock's that never goes back, `at` epoch ms.

    `projects` are those that are followed. `small` is called where a delivery says that versions, projects or fields
    are others by now. With `claims` there are others at work, and each takes only a few deliveries at a time.
    """

    def __init__(
        self,
        site: str,
        store: Store,
        projects: Collection[str],
        small: Callable[[], None] = lambda: None,
        claims: Claims | None = None,
    ):
        self.site, self.store, self.projects, self._small = site, store, frozenset(projects), small
        self.claims = claims
        self.dirty = DirtyIssues()
        self._wanted: dict[str, _Wanted] = {}
        self._left: dict[int, int] = {}  # how many issues of a delivery are not done
        self._asked: dict[str, _Asked] = {}
        self._tries: dict[str, int] = {}
        self._read = 0  # the number of the last delivery that was looked at
        self._ready: list[int] = []  # deliveries that are done, and not noted as such
        self.has_more = False  # whether deliveries wait that were not looked at
        self._not_before, self._silences = 0.0, 0

    @property
    def under_way(self) -> int:
        """How many issues are asked for and not in the store yet."""
        return len(self._asked)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for further deliveries; they wait in the store."""
        return self.dirty.is_full or len(self._left) >= (MOST if self.claims is None else _SHARED)

    # --- in

    def look(self, now: float, at: int) -> None:
        """Takes up some deliveries that came since the last time, as far as there is room for them."""
        self.has_more = True
        if self.is_full:
            return
        some = _SOME if self.claims is None else _SHARED
        found = self.store.deliveries.pending(self.site, self._read, some)
        strange: list[int] = []
        small: list[int] = []
        for work in self._ours(found):
            if work.refresh:
                self._small()
            if not self._take(work, now):
                (small if work.refresh else strange).append(work.number)
        if strange:
            self.store.deliveries.ignored(strange, "it is of no project that is followed")
        if small:
            self.store.deliveries.stored(small, at)
        self._let_go([*strange, *small])
        if found:
            self._read = found[-1].number
        self.has_more = len(found) == some
        if self.claims is not None and not self.has_more:
            self._read = 0  # what others hold may be ours the next time

    def _ours(self, found: Sequence[Work]) -> list[Work]:
        """Claims what others may work off as well; what somebody has done since it was read is left out."""
        if self.claims is None:
            return list(found)
        new = [work for work in found if work.number not in self._left and work.number not in self._ready]
        taken = self.claims.take(work.number for work in new) if new else set()
        undone = self.store.deliveries.undone(taken) if taken else set()
        self._let_go(taken - undone)
        return [work for work in new if work.number in undone]

    def _let_go(self, numbers: Collection[int]) -> None:
        """Lets go of deliveries of which the store knows by now what became of them."""
        if self.claims is not None and numbers:
            self.claims.drop(numbers)

    def leave(self) -> None:
        """Lets others have what is not done here."""
        self._let_go([*self._left, *self._ready])

    def _take(self, work: Work, now: float) -> bool:
        """Takes up one delivery; tells whether it concerns anything here."""
        ids = [id_ for id_, key in work.issues if self._concerns(id_, key)]
        if not ids:
            return False
        self._left[work.number] = len(ids)
        for id_ in ids:
            wanted = self._wanted.setdefault(id_, _Wanted())
            wanted.numbers.add(work.number)
            wanted.deleted |= work.deleted
        self.dirty.add(ids, now)
        return True

    def _concerns(self, id_: str, key: str) -> bool:
        """Whether an issue is of a project that is followed, or may be, or was when we saw it last."""
        if not key or key.rpartition("-")[0].upper() in self.projects:
            return True
        return self.store.progress.project_of(self.site, id_) is not None

    def add(self, ids: Iterable[str], now: float) -> None:
        """Takes up issues of which somebody else than a delivery says that they changed."""
        self.dirty.add(ids, now)

    # --- out

    def due(self, now: float, at: int) -> list[tuple[str, bool]]:
        """Takes out the issues that are to be asked for now, each with whether it was said to be deleted.

        A tracker that did not answer is asked for one of them first.
        """
        if now < self._not_before or (self._silences and self._asked):
            return []
        for id_ in (ids := self.dirty.due(now, 1 if self._silences else AT_ONCE)):
            self._asked[id_] = _Asked(at, self._wanted.pop(id_, _Wanted()))  # what is said from now on is another word
        return [(id_, self._asked[id_].wanted.deleted) for id_ in ids]

    # --- back

    def take(self, results: Iterable[Refreshed], now: float) -> None:
        """Notes what became of issues that were asked for; one that came is done when it is in the store."""
        fetched: dict[int, int] = {}
        for each in results:
            if (asked := self._asked.get(each.id)) is None:
                continue
            if each.outcome in ("away", "failed"):
                self._not_come(each, now)
                continue
            self._silences, self._not_before = 0, 0.0
            fetched |= dict.fromkeys(asked.wanted.numbers, each.at)
            if each.outcome == "came":
                asked.came = True
            else:
                self._done(each.id)
        if fetched:
            self.store.deliveries.fetched(fetched, max(fetched.values()))

    def settle(self, at: int) -> bool:
        """Notes which of the issues that came are in the store; tells whether that ended any delivery."""
        came = {id_: asked.at for id_, asked in self._asked.items() if asked.came}
        known = self.store.progress.fetched(self.site, sorted(came)) if came else {}
        for id_, asked_at in came.items():
            if known.get(id_, 0) >= asked_at:
                self._done(id_)
        ready, self._ready = self._ready, []
        if ready:
            self.store.deliveries.stored(ready, at)
            self._let_go(ready)
        return bool(ready)

    def lost(self, now: float) -> None:
        """Asks again for what was asked for and is not in the store, now that nothing is under way any more."""
        for id_ in list(self._asked):
            self._not_come(Refreshed(id_, "failed", 0, "nothing came of the question"), now)

    def _not_come(self, result: Refreshed, now: float) -> None:
        id_ = result.id
        asked = self._asked.pop(id_).wanted
        if result.outcome == "away":
            if now >= self._not_before:
                logger.warning("The tracker does not answer, and what changed waits: %s", result.reason)
                self._not_before = now + AWAY[min(self._silences, len(AWAY) - 1)]
                self._silences += 1
            self.dirty.done(id_)
            self.dirty.add([id_], now)
        elif self._tries.get(id_, 0) < len(AGAIN):
            self._tries[id_] = self._tries.get(id_, 0) + 1
            self.dirty.failed(id_, now)
        else:
            self._give_up(id_, asked, result.reason)
            return
        wanted = self._wanted.setdefault(id_, _Wanted())
        wanted.numbers |= asked.numbers
        wanted.deleted |= asked.deleted

    def _give_up(self, id_: str, asked: _Wanted, reason: str) -> None:
        """Leaves an issue that never comes to the passes over what changed."""
        logger.warning("The issue with the id %s does not come: %s", id_, quoted(reason))
        self._tries.pop(id_, None)
        self.dirty.done(id_)
        self.store.deliveries.failed(asked.numbers, reason)
        for number in asked.numbers:
            self._left.pop(number, None)
        self._let_go(asked.numbers)

    def _done(self, id_: str) -> None:
        numbers = self._asked.pop(id_).wanted.numbers
        self._tries.pop(id_, None)
        self.dirty.done(id_)
        for number in numbers:
            left = self._left.get(number, 0) - 1
            if left > 0:
                self._left[number] = left
            elif self._left.pop(number, None):
                self._ready.append(number)
