"""A title for what was written: for the description, and for what people said after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.shown import cut, description, discussion, thread
from jira_crawler.tasks.words import has_words

TITLE_WORDS: Final = 2
TEXT_WORDS: Final = 5
DISCUSSION_WORDS: Final = 20

_INSTRUCTIONS: Final = {
    "title_from_description": "Write a one-line title for this issue from its description.",
    "title_from_discussion": "Write a one-line title for the issue that is discussed in these comments.",
}


def examples(issue: Issue) -> Iterator[Example]:
    """The title as the answer; an issue whose title is a single word gives none."""
    if not has_words(issue.title, TITLE_WORDS):
        return
    text = cut(description(issue))
    if has_words(text, TEXT_WORDS):
        yield _example("title_from_description", text, issue.title)
    said = cut(discussion(thread(issue)))
    if has_words(said, DISCUSSION_WORDS):
        yield _example("title_from_discussion", said, issue.title)


def _example(variant: str, text: str, title: str) -> Example:
    return Example(
        task_type="summarization",
        variant=variant,
        instruction=_INSTRUCTIONS[variant],
        input=text,
        output=title.strip(),
    )
