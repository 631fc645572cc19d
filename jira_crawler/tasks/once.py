"""What many families ask of the same issue is answered once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from jira_crawler.items import Issue

Answer = TypeVar("Answer")


def once(ask: Callable[[Issue], Answer]) -> Callable[[Issue], Answer]:
    """Remembers what was said of an issue until another one is asked about.

    An issue is known by identity: items never change, and to compare two would cost more than most questions. The
    answer is shared, so it must be one that nobody changes.
    """
    last: list[tuple[Issue, Answer]] = []

    @wraps(ask)
    def asked(issue: Issue) -> Answer:
        for known, answer in last:  # none or one
            if known is issue:
                return answer
        answer = ask(issue)
        last[:] = [(issue, answer)]  # in one step, for other threads ask, too
        return answer

    return asked
