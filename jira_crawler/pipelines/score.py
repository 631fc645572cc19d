"""An issue learns what it is worth, and what its text amounts to."""

from __future__ import annotations

from dataclasses import replace

from jira_crawler.items import Issue
from jira_crawler.text.fingerprint import content_hash
from jira_crawler.text.quality import quality


def score(issue: Issue) -> Issue:
    """Gives an issue its quality in [0, 1] and the hash of its content."""
    return replace(issue, quality=quality(issue), content=content_hash(issue))


class Score:
    def process_item(self, item: Issue) -> Issue:
        return score(item)
