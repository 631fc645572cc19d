"""How to walk a living set completely: by keyset on `created`, which never changes; never by offset.

An issue that is edited, moved or deleted while the walk goes on cannot push another one over the edge of a page.
The lower bound of the next question is the creation time of the last issue that came, so the overlap is dropped by
id. Only inside one instant that holds more issues than a page does an offset lead on.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from jira_crawler.trackers.contract import Listed, Page, Position, Slice

MINUTE = 60_000
# A slice holds fewer than 10,000 issues, and each page leaves two marks: a longer chain never ends by itself.
LONGEST_CHAIN = 20_000
# A chain that loops before it has brought anything proves nothing; so often it is begun again.
TRIES = 3


def floor_minute(ms: int) -> int:
    """Rounds epoch milliseconds down to the minute: no tracker reads a date more coarsely than that."""
    return ms - ms % MINUTE


def halves(walk: Slice, now: int) -> tuple[Slice, Slice] | None:
    """Cuts a slice in the middle of its time, on a whole minute; None if it is a minute or less. `now` is in ms."""
    end = walk.end or floor_minute(now) + MINUTE
    middle = floor_minute((walk.start + end) // 2)
    if middle <= walk.start or middle >= end:
        return None
    return replace(walk, end=middle), replace(walk, start=middle)


def fresh(at: Position, page: Page) -> list[Listed]:
    """Picks the issues of a page that the walk has not listed yet; none where a chain came by the same page twice."""
    if page.issues and _mark(page) in at.marks:
        return []
    known = {id_ for id_, _ in at.recent}
    return [issue for issue in page.issues if not issue.id or issue.id not in known]


def passed(at: Position, issue: Listed) -> Position:
    """Goes on behind an issue that is dealt with by itself, as if a page had listed it."""
    met = _met(at, Page((issue,)))
    return replace(met, since=max(at.since, met.reached), offset=0, token="", marks=(), found=0)


def keyset(at: Position, page: Page) -> Position | None:
    """Goes on from the last creation time; by offset only where a whole page did not get past its lower bound."""
    came = len(page.issues)
    if not came or (page.total is not None and at.offset + came >= page.total):
        return None
    met = _met(at, page)
    if met.reached > at.since:
        return replace(met, since=met.reached, offset=0)
    return replace(met, offset=at.offset + came)


def chain(at: Position, page: Page) -> Position | None:
    """Goes on from the last creation time like `keyset`; by tokens only inside one instant that holds more than a page.

    A token is opaque: it may be an offset, which skips what a deletion shifts. Its end is not believed either, nor its
    progress. A chain that ends or comes by the same place twice is followed by a fresh question from the last creation
    time; the slice is over when such a question, with all that follows it, brings nothing new.
    """
    met, found, mark = _met(at, page), at.found + len(fresh(at, page)), _mark(page)
    if page.token and met.reached > at.since:
        return replace(met, since=met.reached, token="", found=0, tries=0, marks=())
    looped = (page.issues and mark in at.marks) or _short(page.token) in at.marks or len(at.marks) > LONGEST_CHAIN
    if page.token and not looped:
        return replace(met, token=page.token, found=found, marks=(*at.marks, _short(page.token), mark))
    if found or (looped and at.tries < TRIES):
        return replace(met, since=met.reached, token="", found=0, tries=0 if found else at.tries + 1, marks=())
    return None


def restart(at: Position) -> Position | None:
    """Takes up a chain whose token was refused at the last creation time; None if that is no help."""
    if not at.token or at.tries >= TRIES:
        return None
    return replace(at, since=at.reached, token="", found=0, tries=at.tries + 1, marks=())


def _met(at: Position, page: Page) -> Position:
    """Notes what a page listed, and forgets what lies a minute or more behind: no overlap reaches further back."""
    reached = max([at.reached, *(issue.created for issue in page.issues)])
    edge = floor_minute(reached)
    seen = dict(at.recent) | {issue.id: issue.created for issue in page.issues if issue.id}
    return replace(at, reached=reached, recent=tuple((i, c) for i, c in seen.items() if c >= edge))


def _mark(page: Page) -> str:
    return _short("\n".join(issue.id for issue in page.issues))


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
