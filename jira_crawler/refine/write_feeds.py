"""An issue becomes the lines of its project's feed."""

from __future__ import annotations

from collections import Counter

import msgspec
import orjson

from jira_crawler import tasks
from jira_crawler.items import Issue
from jira_crawler.refine.outcome import Refined, Summary
from jira_crawler.refine.step import Draft, DropIssue
from jira_crawler.tasks.canned import openings


def lines(issue: Issue) -> tuple[bytes, Counter[str], Counter[str], bytes]:
    """Makes the JSON lines of an issue's examples, and counts by task: those made, and those that gave an answer away.

    Last comes how the comments open that are answers.

    Raises DropIssue where there are none.
    """
    examples, dropped = tasks.made(issue)
    if not examples:
        raise DropIssue("WriteFeeds", "nothing to learn from", issue)
    text = b"".join([orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in tasks.lines(issue, examples)])
    return text, Counter(example.task_type for example in examples), dropped, openings(examples)


class WriteFeeds:
    """The step that makes the lines; counts what was left out because it gave its answer away, as `leaks/…`."""

    def apply(self, draft: Draft) -> Draft:
        text, made, dropped, opened = lines(draft.issue)
        written = Refined(msgspec.structs.replace(Summary.of(draft.issue), openings=opened), text, dict(made))
        counts = {f"leaks/{task}": n for task, n in dropped.items()}
        return msgspec.structs.replace(draft.having(draft.issue, counts), written=written)
