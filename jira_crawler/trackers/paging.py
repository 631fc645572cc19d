"""How to page through a living set completely: by keyset on `created`, which never changes; never by offset.

An issue that is edited, moved or deleted while the listing goes on cannot push another one over the edge of a page.
The lower bound of the next question is the creation time of the last issue that came, so the overlap is dropped by
id. Only inside one instant that holds more issues than a page does an offset lead on, and there pages overlap: what
begins with an issue that nobody knows has skipped some, as others before them went.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

from jira_crawler.trackers.contract import Cursor, IssueStub, Page, Window

SECOND, MINUTE = 1_000, 60_000
# So often a question is asked at most because of what its answers said; that it did not come at all is apart.
TRIES = 3
# What moves or is deleted meanwhile shifts an offset by as many issues; more than that is no accident.
SHIFTED = 10
_OVERLAPS = "overlaps"  # marks a question by offset whose first issue was the last one of the page before


def floor_minute(ms: int) -> int:
    """Rounds epoch milliseconds down to the minute: no tracker reads a date more coarsely than that."""
    return ms - ms % MINUTE


def halves(window: Window, now: int) -> tuple[Window, Window] | None:
    """Cuts a slice in the middle of its time, on a whole minute; None if it is a minute or less. `now` is in ms."""
    end = window.end or floor_minute(now) + MINUTE
    middle = floor_minute((window.start + end) // 2)
    if middle <= window.start or middle >= end:
        return None
    return replace(window, end=middle), replace(window, start=middle)


def fresh(at: Cursor, page: Page) -> list[IssueStub]:
    """Picks the issues of a page that were not listed yet.

    There are none where a chain came by the same page twice, nor where a page has skipped some, and so comes again.
    """
    if (page.issues and _mark(page) in at.marks) or _skips(at, page):
        return []
    known = {name for name, _ in at.recent}
    return [issue for name, issue in _distinct(page).items() if name not in known]


def how_many(page: Page) -> int:
    """Counts the issues of a page, one that it names twice once; of those without an id nobody knows."""
    ids = {issue.id for issue in page.issues if issue.id}
    return len(ids) + sum(not issue.id for issue in page.issues)


def _distinct(page: Page) -> dict[str, IssueStub]:
    """Gives the issues of a page, each once, by id; what has none is known by what it is."""
    named: dict[str, IssueStub] = {}
    for issue in page.issues:
        named.setdefault(issue.id or f"?{blake2b(issue.payload, digest_size=8).hexdigest()}", issue)
    return named


def beside(issues: Sequence[IssueStub], *, all_there: bool) -> tuple[tuple[IssueStub, ...], int]:
    """Picks of a list what was created in the minute of its first issue, and gives when what comes next may begin.

    So what comes next does not meet these again, though bounds are read to the minute. Where the list breaks off within
    that minute, the instant of the first issue takes its place; where it breaks off even in that, only the first is
    given, and 0: nobody knows what else there is.
    """
    first = issues[0].created
    for end in (floor_minute(first) + MINUTE, first + 1):
        if first and (all_there or any(issue.created >= end for issue in issues)):
            return tuple(issue for issue in issues if issue.created < end), end
    return tuple(issues[:1]), 0


def passed(at: Cursor, issues: tuple[IssueStub, ...], end: int) -> Cursor:
    """Goes on behind issues that are dealt with by themselves, as if a page had listed them, or at `end`."""
    met = _met(at, Page(issues))
    since = max(at.since, met.reached, end)
    return replace(met, since=since, offset=0, token="", marks=(), found=0, tries=0, idle=0)


def windows(minutes: Iterable[int]) -> list[tuple[int, int]]:
    """Joins minutes (each the ms in which it begins) that follow each other into stretches from … to, in order."""
    joined: list[tuple[int, int]] = []
    for minute in sorted(set(minutes)):
        if joined and joined[-1][1] == minute:
            joined[-1] = joined[-1][0], minute + MINUTE
        else:
            joined.append((minute, minute + MINUTE))
    return joined


def around(window: Window, dark: Iterable[tuple[int, int]]) -> list[Window]:
    """Cuts a slice into what lies before, between and behind stretches of time, which are left out."""
    parts, start = [], window.start
    for begin, end in dark:
        if end <= start or (window.end and begin >= window.end):
            continue
        if begin > start:
            parts.append(replace(window, start=start, end=begin))
        start = end
    return parts if window.end and start >= window.end else [*parts, replace(window, start=start)]


def keyset(at: Cursor, page: Page) -> Cursor | None:
    """Goes on from the last creation time; by offset only where a whole page did not get past its lower bound.

    A page that brings nothing new though more is counted is asked for again, as `tries` says; so is one that has
    skipped some, from farther and farther back.
    """
    came, met = how_many(page), _met(at, page)
    if _skips(at, page):
        return replace(at, offset=max(0, at.offset - (SHIFTED << 2 * at.tries)), tries=at.tries + 1)
    if page.total is not None and at.offset + came >= page.total:
        return None
    if not came:
        return replace(at, tries=at.tries + 1) if page.total else None
    if met.reached > at.since:
        return replace(met, since=met.reached, offset=0, marks=(), tries=0)
    if _repeats(at, page):
        return replace(at, tries=at.tries + 1)
    # A page of one has no room for it, and what has no id may be anything.
    overlap = 1 if came > 1 and all(issue.id for issue in page.issues) else 0
    tries = 0 if fresh(at, page) else at.tries
    return replace(met, offset=at.offset + came - overlap, marks=(_OVERLAPS,) * overlap, tries=tries)


def chain(at: Cursor, page: Page) -> Cursor | None:
    """Goes on from the last creation time like `keyset`; by tokens only inside one instant that holds more than a page.

    A token is opaque: it may be an offset, which skips what a deletion shifts. Its end is not believed either, nor its
    progress. A chain that ends or comes by the same place twice is followed by a fresh question from the last creation
    time, as `tries` says; the slice is over when such a question, with all that follows it, brings nothing new.
    """
    met, found, mark = _met(at, page), at.found + len(fresh(at, page)), _mark(page)
    begin = replace(met, since=met.reached, offset=0, token="", found=0, marks=(), idle=0)
    if met.reached > at.since and (page.token or found):
        return replace(begin, tries=0)
    idle = 0 if page.issues else at.idle + 1
    looped = (page.issues and mark in at.marks) or _short(page.token) in at.marks or _repeats(at, page) or idle >= TRIES
    if page.token and not looped:
        shown, marks = at.offset + len(page.issues), (*at.marks, _short(page.token), mark)
        return replace(met, offset=shown, token=page.token, found=found, marks=marks, idle=idle)
    return replace(begin, tries=at.tries + 1) if found or (page.token and looped) else None


def restart(at: Cursor) -> Cursor | None:
    """Takes up a chain whose token was refused at the last creation time; None if that is no help."""
    if not at.token or at.tries + 1 >= TRIES:
        return None
    return replace(at, since=at.reached, offset=0, token="", found=0, tries=at.tries + 1, marks=(), idle=0)


def _skips(at: Cursor, page: Page) -> bool:
    """Tells whether issues may stand before those of a page that nobody has seen: those before them have gone."""
    if _OVERLAPS not in at.marks or not at.offset or page.total == 0:
        return False
    known = {name for name, _ in at.recent}
    return not page.issues or next(iter(_distinct(page))) not in known


def _repeats(at: Cursor, page: Page) -> bool:
    """Tells whether a page shows only what is known though more was shown from here on than there is of that."""
    return bool(page.issues) and not fresh(at, page) and at.offset + len(page.issues) > len(at.recent) + SHIFTED


def _met(at: Cursor, page: Page) -> Cursor:
    """Notes what a page listed, and forgets what lies a minute or more behind: no overlap reaches further back."""
    reached = max([at.reached, *(issue.created for issue in page.issues)])
    edge = floor_minute(reached)
    seen = dict(at.recent) | {name: issue.created or reached for name, issue in _distinct(page).items()}
    recent = tuple((name, created) for name, created in seen.items() if created >= edge or not reached)
    return replace(at, reached=reached, recent=recent, listed=at.listed + len(fresh(at, page)))


def _mark(page: Page) -> str:
    return _short("\n".join(_distinct(page)))


def _short(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
