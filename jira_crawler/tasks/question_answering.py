"""What people answered: to the reporter at first, and at the end, when they resolved the issue."""

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
    "first_reply": (
        "Reply to the reporter of this issue.",
        "Write the first reply to this issue.",
        "Someone has reported this issue. Answer them.",
        "How would you reply to this issue as someone who works on the project? Write the reply.",
        "Write a comment that answers the reporter of this issue.",
        "Respond to this issue report with a comment.",
    ),
    "resolving_comment": (
        "Write the comment with which this issue is resolved.",
        "This issue is about to be resolved. Write the comment that closes it.",
        "Conclude this issue: write the comment that goes with its resolution.",
        "You are resolving this issue. Write the comment that tells what came of it.",
        "Write the closing comment for this issue and its discussion.",
        "How does this issue end? Write the comment with which it is resolved.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """At most one example of each, told apart from later ones by the comment's id; shown is what was said before."""
    for role, at, thread in answers(issue):
        if role != "next_comment":
            yield example(
                issue,
                "question_answering",
                role,
                INSTRUCTIONS[role],
                shown=conversation(issue, before(thread, at)),
                answer=thread[at].body.source.strip(),
                suffix=thread[at].id,
            )
