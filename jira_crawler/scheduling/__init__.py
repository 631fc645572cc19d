"""Scrapy's seams to a frontier: the scheduler that asks what waits there, and what counts the way of each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.crawl.task import Task

if TYPE_CHECKING:
    from scrapy import Request

# Sent by whoever makes items durable: when it begins with all that there are so far, and as soon as those are.
committing, committed = object(), object()
# Sent when a crawl is told to stop, before anything of it ends, and in any case before its store is closed.
stopping = object()
# Sent by the scheduler when tasks have left the frontier, with `watermarks`: how far each project is listed.
acknowledged = object()

# Keys of a request's meta.
TASK = "task"  # what is asked
LEASE = "lease"  # by what the frontier knows it
ACCOUNT = "account"  # which account asks, where it is not the crawl's own
ASKED = "asked"  # the number of a question in this process
GAVE_UP = "gave_up"  # the sentence with which its task came to nothing: kept, and tried again by the next run
FILE = "file"  # what became of a file that was asked for


def task_of(request: Request) -> Task | None:
    """Gives what a request asks; None for one that is no question of the spider's, such as for robots.txt."""
    found = request.meta.get(TASK)
    return found if isinstance(found, Task) else None
