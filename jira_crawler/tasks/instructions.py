"""A question put in one of several ways that mean the same; which one hangs on the example's identity alone."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from jira_crawler.items import Example, Issue

FEWEST: Final = 5  # ways to ask, for every variant that is asked for in words


def example(
    issue: Issue, task_type: str, variant: str, ways: tuple[str, ...], *, shown: str, answer: str, suffix: str = ""
) -> Example:
    """An example of `issue` with one of the `ways` as its instruction."""
    return Example(
        task_type=task_type,
        variant=variant,
        instruction=ways[lot(issue, task_type, variant, suffix) % len(ways)],
        input=shown,
        output=answer,
        suffix=suffix,
    )


def lot(issue: Issue, *what: str) -> int:
    """A number that hangs on the issue's id and on `what` alone, evenly spread over 64 bits.

    Not on the site: the same tracker under another address asks the same.
    """
    identity = "\x1f".join((issue.id, *what))
    return int.from_bytes(blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest())
