"""What people answered: each comment is an answer once, and what was said before it is the question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from jira_crawler.items import Change, Comment, Example, Issue
from jira_crawler.tasks.shown import conversation, thread
from jira_crawler.tasks.words import has_words

ANSWER_WORDS: Final = 3
LONGEST_ANSWER: Final = 8_000  # characters; beyond it a comment is a log, not an answer
# The comment of Jira's resolve dialog carries the time of the change; typing it by hand takes a little longer.
TOGETHER: Final = timedelta(minutes=2)

_INSTRUCTIONS: Final = {
    "first_reply": "Reply to the reporter of this issue.",
    "next_comment": "Continue the discussion of this issue with the next comment.",
    "resolving_comment": "Write the comment with which this issue is resolved.",
}


def examples(issue: Issue) -> Iterator[Example]:
    """One example for each comment of substance, told apart by the comment's id."""
    said = thread(issue)
    reply = _first_reply(issue, said)
    resolving = _resolving_comment(issue, said)
    for at, comment in enumerate(said):
        if not _is_answer(comment):
            continue
        variant = "next_comment"
        if comment is resolving:
            variant = "resolving_comment"
        elif comment is reply:
            variant = "first_reply"
        yield Example(
            task_type="question_answering",
            variant=variant,
            instruction=_INSTRUCTIONS[variant],
            input=conversation(issue, said[:at]),
            output=comment.body.source.strip(),
            suffix=comment.id,
        )


def _is_answer(comment: Comment) -> bool:
    text = comment.body.source
    return len(text) <= LONGEST_ANSWER and has_words(text, ANSWER_WORDS)


def _first_reply(issue: Issue, said: tuple[Comment, ...]) -> Comment | None:
    """The first answer by someone other than the reporter."""
    others = (c for c in said if c.author is None or c.author != issue.reporter)
    return next(filter(_is_answer, others), None)


def _resolving_comment(issue: Issue, said: tuple[Comment, ...]) -> Comment | None:
    """What the one who resolved the issue said while doing so."""
    changes = [c for c in issue.changes if c.field == "resolution" and c.after and c.created and c.author]
    if not changes:
        return None
    last = max(changes, key=lambda change: (change.created, change.id))
    return next((c for c in said if _is_answer(c) and _belong_together(c, last)), None)


def _belong_together(comment: Comment, change: Change) -> bool:
    if comment.created is None or change.created is None:
        return False
    return comment.author == change.author and abs(comment.created - change.created) <= TOGETHER
