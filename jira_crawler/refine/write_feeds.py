"""An issue becomes the lines of its project's feed."""

from __future__ import annotations

from collections import Counter

import msgspec
import orjson

from jira_crawler import tasks
from jira_crawler.items import Issue
from jira_crawler.refine.outcome import Refined, Summary
from jira_crawler.refine.step import Draft, DropIssue


def lines(issue: Issue) -> tuple[bytes, Counter[str], Counter[str]]:
    """Makes the JSON lines of an issue's examples, and counts by task: those made, and those that gave an answer away.

    Raises DropIssue where there are none.
    """
    examples, dropped = tasks.made(issue)
    if not examples:
        raise DropIssue("WriteFeeds", "nothing to learn from", issue)
    text = b"".join(orjson.dumps(line) + b"\n" for line in tasks.lines(issue, examples))
    return text, Counter(example.task_type for example in examples), dropped


class WriteFeeds:
    """The step that makes the lines; counts what was left out because it gave its answer away, as `leaks/…`."""

    def apply(self, draft: Draft) -> Draft:
        text, made, dropped = lines(draft.issue)
        written = Refined(Summary.of(draft.issue), text, dict(made))
        counts = {f"leaks/{task}": n for task, n in dropped.items()}
        return msgspec.structs.replace(draft.having(draft.issue, counts), written=written)
