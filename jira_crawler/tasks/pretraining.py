"""The whole issue as one text, with all that people said, for a model that is to learn how such texts go on.

Nothing is asked, so nothing can be given away: instruction and input are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.thread import whole

LAW: Final[Law] = "none"
SHORTEST: Final = 200  # characters
INSTRUCTIONS: Final[dict[str, tuple[str, ...]]] = {"thread": ("",)}


def examples(issue: Issue) -> Iterator[Example]:
    """One text an issue, unless it is very short; it is not cut, however long."""
    text = whole(issue)
    if len(text) >= SHORTEST:
        yield Example(task_type="pretraining", variant="thread", instruction="", input="", output=text)
