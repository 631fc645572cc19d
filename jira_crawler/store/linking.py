"""Follows the store: what changed is read again, and then all that is known is judged together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import zstandard

from jira_crawler.exceptions import Malformed
from jira_crawler.items import UNREADABLE, Commit, Issue
from jira_crawler.links.facts import Read
from jira_crawler.links.judging import Judged, judge
from jira_crawler.links.reading import commit_id, read_commit, read_issue
from jira_crawler.store.changes import Identity
from jira_crawler.store.rows import REMOVED, Row
from jira_crawler.store.store import Store
from jira_crawler.trackers import reader

CONSUMER: Final = "links"
_SOME: Final = 500
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class History:
    """The commits of a repository's default branch; `place` is `host/owner/name`, `project` as GitHub spells it.

    `is_whole`: what is not among them is not on the branch any more.
    """

    site: str
    place: str
    project: str
    commits: Iterable[Commit]
    is_whole: bool = True


@dataclass(slots=True)
class Linked:
    """What a run came to: how much was `read` anew, what is known of each kind, and what was judged."""

    read: int = 0
    known: dict[str, int] = field(default_factory=dict)
    judged: Judged = field(default_factory=lambda: Judged([], [], []))


def link(
    store: Store,
    histories: Iterable[History] = (),
    *,
    code: bool = False,
    anew: bool = False,
    former: Mapping[str, str] | None = None,
    progress: Progress = lambda _: None,
) -> Linked:
    """Brings links, pairs and landings up to the last change of a store, and to the commits that are given.

    One run gives the same as many; one that is killed is begun again by the next. `anew`: everything is read again.
    `former` are names that repositories had once, with those of today, beside those that crawls have found.
    """
    result = Linked()
    if anew:
        store.consumers.forget(CONSUMER)
    position = store.consumers.position(CONSUMER)
    if not position:
        store.consumers.advance(CONSUMER, 0)  # what changes from now on is kept for us
    through = store.changes.latest()
    if position:
        for identities in _changed(store, position, through):
            result.read += _read(store, list(store.rows(identities).values()), identities, code=code)
            progress(len(identities))
    else:
        store.links.clear()
        for rows in store.chunks(_SOME):
            result.read += _read(store, rows, (), code=code)
            progress(len(rows))
    store.links.forget_former()
    for history in histories:
        result.read += _read_commits(store, history, anew=anew)
    result.judged = judge(
        store.links.objects(), store.links.former_names() | dict(former or {}), store.links.default_branches()
    )
    result.known = store.links.counts()
    changed = store.links.publish(result.judged)
    # The changes that this run itself has made, where nobody else made any, need not be read again.
    is_ours = store.changes.latest() == through + changed
    store.consumers.advance(CONSUMER, through + changed if is_ours else through)
    return result


def _changed(store: Store, position: int, through: int) -> Iterator[list[Identity]]:
    while changed := [each for each in store.changes(position, _SOME) if each.seq <= through]:
        yield [(each.site, each.id) for each in changed]
        position = changed[-1].seq


def read_row(row: Row) -> Issue | None:
    """Decodes an issue of the store, None for one that cannot be read."""
    raw = replace(row, payload=zstandard.decompress(row.payload)).raw_issue()
    try:
        return reader(raw.dialect, raw.base_url).read_issue(raw)
    except (Malformed, RecursionError, KeyError):  # KeyError: a dialect that nobody speaks
        return None


def _read(store: Store, rows: Collection[Row], identities: Collection[Identity], *, code: bool) -> int:
    """Reads some issues; what is gone, or cannot be read, says nothing. Gives how many were read."""
    remote = store.attached.links([row.identity for row in rows])
    read: list[Read] = []
    for row in rows:
        if row.stage == REMOVED or row.id.startswith(UNREADABLE) or not row.payload:
            continue
        if issue := read_row(row):
            read.append(read_issue(issue, remote.get(row.identity, b"[]"), code=code))
    known = {(each.facts.site, each.facts.id) for each in read}
    asked = set(identities) or {row.identity for row in rows}
    store.links.read(read, asked - known)
    return len(read)


def _read_commits(store: Store, history: History, *, anew: bool) -> int:
    """Reads the commits of a repository that are new, and forgets those that are not on its branch any more."""
    known = store.links.commits(history.site, history.place.partition("/")[2])
    there: set[str] = set()
    count = 0
    waiting: list[Read] = []
    for commit in history.commits:
        id_ = commit_id(history.place, commit.sha)
        there.add(id_)
        if id_ in known and not anew:
            continue
        read = read_commit(commit, history.site, history.place, history.project)
        waiting.append(read)
        count += 1
        if len(waiting) == _SOME:
            store.links.read(waiting)
            waiting = []
    gone = known - there if history.is_whole else ()
    store.links.read(waiting, [(history.site, id_) for id_ in gone])
    return count
