"""Steps that somebody adds to ITEM_PIPELINES, each as docs/adding-a-part.md has it."""

from __future__ import annotations

import json
import time
from pathlib import Path

from scrapy.exceptions import DropItem

from jira_crawler.items import Issue, RawIssue, replace
from jira_crawler.policy import Policy

MARK = "as somebody marked it"


class Marked:
    """Changes what is learnt from an issue."""

    def process_item(self, item: Issue) -> Issue:
        original = item.original and replace(item.original, title=f"{item.original.title} {MARK}")
        return replace(item, title=f"{item.title} {MARK}", original=original)


class NotEveryFifth:
    """Drops an issue as any pipeline of Scrapy does."""

    def process_item(self, item: Issue) -> Issue:
        if int(item.id) % 5 == 0:
            raise DropItem("every fifth")
        return item


class Late:
    """Drops what came through Deduplicate."""

    def process_item(self, item: Issue) -> Issue:
        if int(item.id) % 7 == 0:
            raise DropItem("too late")
        return item


class Unmakeable:
    """Wants a setting that is not there."""

    @classmethod
    def from_policy(cls, policy: Policy) -> Unmakeable:
        raise KeyError("WANTED")

    def process_item(self, item: Issue) -> Issue:
        return item


class Tally:
    """Needs a crawl around it."""

    @classmethod
    def from_crawler(cls, crawler: object) -> Tally:
        return cls()

    def process_item(self, item: Issue) -> Issue:
        return item


class Held:
    """Goes on when a file is there: the setting HOLD says which. Every issue leaves its mark beside it."""

    def __init__(self, path: Path):
        self.path = path

    @classmethod
    def from_policy(cls, policy: Policy) -> Held:
        return cls(Path(str(policy.setting("HOLD"))))

    def process_item(self, item: Issue) -> Issue:
        self.path.with_name(f"held-{item.id}").touch()
        while not self.path.exists():
            time.sleep(0.02)
        return item


class Stripped:
    """Takes the description out of an issue before anybody reads it."""

    def process_item(self, item: RawIssue) -> RawIssue:
        whole = json.loads(item.payload or b"{}")
        whole.get("fields", {}).pop("description", None)
        return replace(item, payload=json.dumps(whole).encode())
