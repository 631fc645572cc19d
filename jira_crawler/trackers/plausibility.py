"""Whether a page of issues answers the question that was asked: the one place that decides it, for every listing.

A tracker that ignores the question can send the same page, or ever new ones, for ever. What an honest one does stays
fine: bounds that it reads to the minute, issues that move, come or go meanwhile, an index that lags behind, totals
that change, tokens that loop or end early, pages shorter than asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import paging
from jira_crawler.trackers.contract import Cursor, IssueStub, Page, Tracker, Window

MOST = 10_000_000  # issues; more than any project has
FEW = 3  # issues of other projects in a listing, or on a page projects that they are of
_SHARE = 10  # … or one in so many issues
_GROWN = 2  # a project does not double while it is listed
_YOUNG = 100  # … unless it has just begun


@dataclass(frozen=True, slots=True)
class Step:
    """What a page comes to: the issues that are new to the listing, and where it goes on; None where it does not.

    `wrong` says in a few words why it asks the same again, or gives up; it is "" at the proven end.
    """

    fresh: tuple[IssueStub, ...]
    onward: Cursor | None
    wrong: str = ""


def checked_count(total: int) -> int:
    """Gives a number of issues back; raises Unreadable for one that no project has."""
    if not 0 <= total <= MOST:
        raise Unreadable("it counts as many issues as no project has")
    return total


def step(speaks: Tracker, asked: Window, at: Cursor, page: Page, counted: int | None = None) -> Step:
    """Takes from a page what answers the question, and says where the listing goes on.

    `counted` is how many issues the project was said to have. A question whose answer does not fit is asked again,
    and the listing ends here when it was asked `TRIES` times.
    """
    if why := implausible(asked, at, page, counted):
        tries = at.tries + 1
        return Step((), replace(at, tries=tries) if tries < paging.TRIES else None, why)
    fresh, onward = tuple(paging.fresh(at, page)), speaks.next_cursor(at, page)
    if onward and at.tries < onward.tries >= paging.TRIES:
        return Step(fresh, None, "it promises more again and again, and does not bring it")
    return Step(fresh, onward and replace(onward, strange=at.strange + len(_strangers(asked, fresh))))


def implausible(asked: Window, at: Cursor, page: Page, counted: int | None = None) -> str:
    """Names what of a page cannot be an answer to the question; "" if it may be one."""
    if page.total is not None and not 0 <= page.total <= MOST:
        return "it counts as many issues as no project has"
    if page.total is not None and page.issues and at.offset + paging.how_many(page) > page.total:
        return f"it brings more issues than the {page.total} that it counts"
    return _out_of_bounds(asked, at, page) or _strange(asked, at, page) or _too_many(at, page, counted)


def _out_of_bounds(asked: Window, at: Cursor, page: Page) -> str:
    """A bound is read to the minute by some; what has no creation time that can be read is dealt with by itself."""
    first = paging.floor_minute(max(asked.start, at.since))
    end = asked.end and paging.floor_minute(asked.end - 1) + paging.MINUTE
    before = dict(at.recent)
    for issue in page.issues:
        if issue.created and ((first and issue.created < first) or (end and issue.created >= end)):
            return f"it brings {_name(issue)}, which was not created in the time that was asked for"
        if issue.created and before.get(issue.id, issue.created) != issue.created:
            return f"it gives {_name(issue)} another creation time than before"
    return ""


def _strange(asked: Window, at: Cursor, page: Page) -> str:
    """An issue may be moved while an index still has it here; where there are many of them, this is another list."""
    fresh = paging.fresh(at, page)
    here = _strangers(asked, fresh)
    strange, listed = at.strange + len(here), at.listed + len(fresh)
    if not here or strange <= FEW or (strange * _SHARE <= listed and len(set(here)) <= FEW):
        return ""
    return f"{strange} of {listed} issues are of other projects, such as {here[0][:40]}"


def _strangers(asked: Window, issues: Iterable[IssueStub]) -> list[str]:
    """Names the projects of issues that are not of the one that was asked for."""
    named = [issue.key.rpartition("-")[0].upper() for issue in issues if issue.key]
    return [project for project in named if project != asked.project.upper()]


def _too_many(at: Cursor, page: Page, counted: int | None) -> str:
    if counted is None or at.listed + len(paging.fresh(at, page)) <= counted * _GROWN + _YOUNG:
        return ""
    return f"it lists ever more issues, though it counted {counted}"


def _name(issue: IssueStub) -> str:
    return (issue.key or issue.id or "an issue")[:40]
