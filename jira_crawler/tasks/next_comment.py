"""What someone said next in a thread: each comment of substance that answers no other question is an answer here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.answers import answers
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.thread import conversation
from jira_crawler.tasks.timeline import before

LAW: Final[Law] = "text"

INSTRUCTIONS: Final = {
    "reply": (
        "Continue the discussion of this issue with the next comment.",
        "Write the next comment in this thread.",
        "What does the next person say about this issue? Write the comment.",
        "Carry on this discussion: write the comment that comes next.",
        "Read this thread and write the comment that follows.",
        "Add the next comment to this issue.",
    ),
    "by_reporter": (
        "Continue the discussion of this issue with the next comment of its reporter.",
        "Write what the reporter of this issue says next in this thread.",
        "You reported this issue. Write your next comment.",
        "Carry on this discussion: write the reporter's next comment.",
        "Read this thread and write the comment that follows from the reporter.",
        "Add the reporter's next comment to this issue.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """One example for each such comment, told apart by its id; shown is what was said before it."""
    for role, at, thread in answers(issue):
        comment = thread[at]
        if role == "next_comment":
            variant = "by_reporter" if comment.author and comment.author == issue.reporter else "reply"
            yield example(
                issue,
                "next_comment",
                variant,
                INSTRUCTIONS[variant],
                shown=conversation(issue, before(thread, at)),
                answer=comment.body.source.strip(),
                suffix=comment.id,
            )
