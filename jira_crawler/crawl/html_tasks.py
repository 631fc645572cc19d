"""The questions of a crawl of issue pages, beyond those that it shares with one through the search (Probe, ListIds).

An issue is the same question under its key, once without a browser and once in one; a half page is asked for again as
a question of its own, so that a run that is taken up goes on counting.
"""

from __future__ import annotations

from hashlib import blake2b

from jira_crawler.crawl.task import FIRST, Task
from jira_crawler.trackers.jira_html.page import Shown


class CountKeys(Task, frozen=True, tag=True, kw_only=True):
    """How many issues older than this run has a project, whose search has named `listed`?"""

    dialect: str
    listed: int


class FetchHtmlIssue(Task, frozen=True, tag=True, kw_only=True):
    """The page of an issue, opened in a `browser` or not.

    `tried`: nobody has said that there is such an issue; `hops` counts the keys that have led to this one; `begun`: it
    was read without a browser, which was not enough.
    """

    key: str
    tried: bool = False
    hops: int = 0
    browser: bool = False
    begun: bool = False

    @property
    def priority(self) -> int:
        return (FIRST if self.begun else 0) - self.attempt

    @property
    def identity(self) -> str:
        return _attempt_identity(f"{'browser' if self.browser else 'page'} {self.key}", self.attempt)


class FetchHtmlPanel(Task, frozen=True, tag=True, kw_only=True):
    """A panel of an issue, `which` its page `shown` so far does not show by itself."""

    shown: Shown
    which: str
    browser: bool = False

    @property
    def priority(self) -> int:
        return FIRST - self.attempt

    @property
    def identity(self) -> str:
        """The same panel is asked for again where a browser has opened the page, or the page has changed."""
        mark = blake2b(self.shown.payload, digest_size=8).hexdigest()
        return _attempt_identity(f"panel {self.which} {self.shown.key} {self.browser} {mark}", self.attempt)


def _attempt_identity(question: str, attempt: int) -> str:
    return f"{question} again {attempt}" if attempt else question
