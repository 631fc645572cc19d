"""A short text for a long one, both by people: the title, and the summary that some descriptions hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.answers import is_answer
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import cut, description, original
from jira_crawler.tasks.thread import discussion, said
from jira_crawler.text.words import has_words

LAW: Final[Law] = "text"
TITLE_WORDS: Final = 2
TEXT_WORDS: Final = 5
SUMMARY_WORDS: Final = 6
LONGEST_SUMMARY: Final = 800  # characters
SUMMARISED_WORDS: Final = 30

INSTRUCTIONS: Final = {
    "title_from_description": (
        "Write a one-line title for this issue from its description.",
        "Give this issue a one-line title that says what its description is about.",
        "Sum up this issue description in a single line that can stand as its title.",
        "What would be a good one-line title for an issue with this description?",
        "Read this issue description and write the title line for it.",
        "This issue has lost its title. Write a new one, in one line, from the description.",
    ),
    "title_from_discussion": (
        "Write a one-line title for the issue that is discussed in these comments.",
        "From these comments alone, write a one-line title for the issue.",
        "These are the comments on an issue. Give the issue a one-line title.",
        "What issue are these people talking about? Answer with a one-line title for it.",
        "Sum up in one line, as a title, the issue behind this discussion.",
        "Read this discussion and write the title line of the issue that it belongs to.",
    ),
    "summary": (
        "Write a short summary of this issue description.",
        "Sum up this issue description in a few sentences at most.",
        "Give the TL;DR of this issue description.",
        "What does this issue description say, in short? Write a brief summary.",
        "Someone has no time to read this issue description. Write a short summary for them.",
        "Condense this issue description into a brief summary.",
    ),
}

# `TL;DR: text`, `**Summary:** text`, or a heading with text below it; the text ends with its paragraph.
_NAME: Final = r"tl[;:,]?[ ]?dr|(?:short |brief |executive |issue )?summary|abstract|in short"
_MAY: Final = ("summary", "dr", "abstract", "in short")
_PLAIN_LINE: Final = r"[^\s#|>`~*+-][^\n]*"
_SUMMARY: Final = re.compile(
    rf"^(?:#{{1,6}}[ ]+)?(?:\*\*|__)?(?:{_NAME})(?P<mark>[ ]*(?::|\*\*|__|[ ][-–—]){{0,2}}[ ]*)(?P<break>\n*)"
    rf"(?P<text>{_PLAIN_LINE}(?:\n{_PLAIN_LINE})*)",
    re.IGNORECASE | re.MULTILINE,
)


def examples(issue: Issue) -> Iterator[Example]:
    """The title as filed for the description as filed, the title as it is now for the discussion, and the summary."""
    text = description(issue)
    if has_words(original(issue).title, TITLE_WORDS) and has_words(text, TEXT_WORDS):
        yield _example(issue, "title_from_description", cut(text), original(issue).title)
    talk = said(issue) if has_words(issue.title, TITLE_WORDS) else ()
    if any(is_answer(comment.body.source) for comment in talk):
        yield _example(issue, "title_from_discussion", discussion(talk), issue.title)
    if parted := without_summary(text):
        yield _example(issue, "summary", cut(parted[0]), parted[1])


def without_summary(text: str) -> tuple[str, str] | None:
    """A description without the summary that it holds, and that summary; None if it holds none that is worth it."""
    lower = text.lower()
    found = _SUMMARY.search(text) if any(name in lower for name in _MAY) else None
    if not found or not (found["break"] or found["mark"].strip()) or not _is_summary(found["text"]):
        return None
    rest = "\n\n".join(filter(None, (text[: found.start()].strip(), text[found.end() :].strip())))
    return (rest, found["text"]) if has_words(rest, SUMMARISED_WORDS) else None


def _is_summary(text: str) -> bool:
    """False for what only announces a list or goes on for long."""
    return (
        len(text) <= LONGEST_SUMMARY and has_words(text, SUMMARY_WORDS) and not text.rstrip().endswith((":", "..", "…"))
    )


def _example(issue: Issue, variant: str, shown: str, answer: str) -> Example:
    ways = INSTRUCTIONS[variant]
    return example(issue, "summarization", variant, ways, shown=shown, answer=answer.strip())
