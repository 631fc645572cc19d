"""The JQL we ask with.

Dates are unquoted epoch milliseconds: a quoted date is read in the time zone of the account's profile, or of the
server for a visitor, and only to the minute.
"""

from __future__ import annotations

import re

from jira_crawler.exceptions import BadArgument
from jira_crawler.trackers.contract import Window

_ORDER_BY = re.compile(r"\border\s+by\b", re.IGNORECASE)
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")


def where(window: Window, since: int = 0) -> str:
    """Writes the restriction to a slice, from `since` (ms) on; always bounded by its project, as Cloud demands."""
    start = max(window.start, since)
    clauses = [f'project = "{window.project}"', *([f"({window.filter})"] if window.filter else [])]
    clauses += [f"created >= {start}"] if start else []
    clauses += [f"created < {window.end}"] if window.end else []
    return " AND ".join(clauses)


def ordered(window: Window, since: int, *, backwards: bool = False) -> str:
    """Writes the question for the part of a slice from `since` on, in an order that no edit disturbs."""
    way = "DESC" if backwards else "ASC"
    return f"{where(window, since)} ORDER BY created {way}, key {way}"


def restriction(text: str) -> str:
    """Checks a user's JQL that is to narrow the crawl, and gives it back trimmed.

    Raises BadArgument for an ORDER BY, which would break the paging, and for brackets or quotes that do not pair,
    which could reach out of the brackets we put around it.
    """
    bare = _QUOTED.sub('""', text)
    if _ORDER_BY.search(bare):
        raise BadArgument("jql= must not hold ORDER BY: the crawl walks in an order of its own.")
    depth = 0
    for mark in re.findall(r"[()]|(?<!\")['\"](?!\")", bare.replace('""', " ")):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth < 0 or mark in "'\"":
            break
    else:
        if depth == 0:
            return text.strip()
    raise BadArgument(f"jql= has brackets or quotes that do not pair: {text}")
