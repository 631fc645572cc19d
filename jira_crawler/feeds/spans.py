"""The lines of an issue as they lie in a file, believed only if they are those that the store knows."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import IO

from jira_crawler.store.snapshot import FeedEntry


def lines_of(file: IO[bytes], issue: FeedEntry) -> bytes | None:
    """Reads the lines of an issue, None if what is there is not them.

    The hash is that of the lines as they were made, which name the issue's own cluster, call nothing canned and number
    nobody whom only others know.
    """
    from jira_crawler.feeds.clusters import as_made  # which loads the tasks, of which a crawl has no use

    span = issue.span
    file.seek(span.offset)
    lines = file.read(span.length)
    try:
        made = as_made(lines, span)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return lines if digest(made) == issue.lines else None


def holds(path: Path, issue: FeedEntry) -> bool:
    """Whether a file is the one that the store knows an issue's lines to be in."""
    with path.open("rb") as file:
        return lines_of(file, issue) is not None


def digest(lines: bytes) -> str:
    """Gives the hash by which the store knows lines again."""
    return blake2b(lines, digest_size=16).hexdigest()
