"""Issues with comments as lines of a feed, made by the families themselves."""

from __future__ import annotations

from typing import Any

import orjson

from jira_crawler import tasks
from jira_crawler.exports.source import Entry, Span
from jira_crawler.exports.source import entry as read
from jira_crawler.items import Issue
from tests.unit.tasks.conftest import _make

REPORT = "After a restart nothing is served for ten minutes, although every other node has seen it come up again. " * 2
ANSWER = "The lease is kept because the session has not expired by then, so the broker must wait for it."
QUESTION = "Which kernel do you boot those nodes with, and which firmware do their controllers have?"
OTHER = "Lowering the heartbeat interval helped our staging hosts considerably last autumn."
THANKS = "Thanks, works now."


def issue(*comments: tuple[str, str], **fields: Any) -> Issue:
    """An issue that user_0 reported at noon; each comment is a text and who says it, an hour after the one before."""
    return _make(**{"description": REPORT, "comments": comments} | fields)


def lines(made: Issue) -> list[dict[str, Any]]:
    return list(tasks.lines(made, tasks.examples(made)))


def entry(made: Issue) -> Entry:
    """The issue as an export reads it."""
    written = b"".join(orjson.dumps(line) + b"\n" for line in lines(made))
    return read(Span("ABC.jsonl", made.site, made.id, int(made.id), 0, len(written)), written)
