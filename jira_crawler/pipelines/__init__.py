"""What becomes of an issue, one module a step, in the order of settings.py.

Each step is a function from an issue to an issue, which may raise `Rejected`, and a class that hands it to Scrapy.
"""

from __future__ import annotations

from scrapy.exceptions import DropItem

from jira_crawler.items import Issue


class Unchanged(DropItem):
    """An issue that goes no further because its row already says what became of it; it is no reject."""


class Rejected(DropItem):
    """An issue that gives no example: the `stage` that said so, the reason, and the issue as far as it was read."""

    def __init__(self, stage: str, reason: str, issue: Issue | None = None):
        super().__init__(f"{stage}: {reason}")
        self.stage, self.reason, self.issue = stage, reason, issue
