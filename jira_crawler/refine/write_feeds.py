"""An issue becomes the lines of its project's feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec
import orjson

from jira_crawler import tasks
from jira_crawler.items import Example, Issue
from jira_crawler.refine.outcome import Refined, Summary
from jira_crawler.refine.step import Draft, DropIssue
from jira_crawler.tasks.canned import openings


def lines(issue: Issue) -> tuple[bytes, Counter[str], Counter[str], bytes]:
    """Makes the JSON lines of an issue's examples, and counts by task: those made, and those that gave an answer away.

    Last comes how the comments open that are answers.

    Raises DropIssue where there are none.
    """
    examples, dropped = _made(issue)
    return _encoded(issue, examples), _by_task(examples), dropped, openings(examples)


def _made(issue: Issue) -> tuple[list[Example], Counter[str]]:
    examples, dropped = tasks.made(issue)
    if not examples:
        raise DropIssue("WriteFeeds", "nothing to learn from", issue)
    return examples, dropped


def _encoded(issue: Issue, examples: Iterable[Example]) -> bytes:
    return b"".join([orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in tasks.lines(issue, examples)])


def _by_task(examples: Iterable[Example]) -> Counter[str]:
    return Counter(example.task_type for example in examples)


class MakeExamples:
    """The first part: what an issue teaches; counts what was left out because it gave its answer away, as `leaks/…`."""

    def apply(self, draft: Draft) -> Draft:
        examples, dropped = _made(draft.issue)
        counted = draft.having(draft.issue, {f"leaks/{task}": n for task, n in dropped.items()})
        return msgspec.structs.replace(counted, examples=tuple(examples))


class WriteLines:
    """The second part: the lines, and how the comments open that are answers."""

    def apply(self, draft: Draft) -> Draft:
        issue, examples = draft.issue, draft.examples
        summary = msgspec.structs.replace(Summary.of(issue), openings=openings(examples))
        written = Refined(summary, _encoded(issue, examples), dict(_by_task(examples)))
        return msgspec.structs.replace(draft, examples=(), written=written)


class WriteFeeds:
    """The step that makes the lines."""

    parts = (MakeExamples(), WriteLines())

    def apply(self, draft: Draft) -> Draft:
        for part in self.parts:
            draft = part.apply(draft)
        return draft
