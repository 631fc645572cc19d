"""What a reviewer says at a line of a change, and what somebody answers in the thread below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.changes import place, spoken, threads
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import original
from jira_crawler.text.words import has_words

LAW: Final[Law] = "text"
WORDS: Final = 4  # of a comment that says something
MOST: Final = 60  # comments of a pull request, so that one endless review is not the half of a feed

INSTRUCTIONS: Final = {
    "remark": (
        "Review this part of a change: write the comment that a reviewer makes at its last line.",
        "You review this pull request. Write your comment on the last line of this diff.",
        "What does a reviewer say about this part of the diff? Write the comment.",
        "Read this hunk and write the review comment that stands at its end.",
        "Comment on this change as its reviewer.",
    ),
    "reply": (
        "Continue this review thread with the next comment.",
        "Write the next comment in this thread at a line of a change.",
        "What is answered in this review thread? Write the comment.",
        "Carry on this discussion of a part of a change: write what is said next.",
        "Read this hunk with what was said about it, and write the reply.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """One example a comment: shown are the hunk, and of its thread what stood there before and reads as it did."""
    if issue.pull is None:
        return
    title, made = f"# {original(issue).title.strip()}", 0
    for thread in threads(issue.pull):
        for at, comment in enumerate(thread):
            if made == MOST:
                return
            if not has_words(comment.body.source, WORDS):
                continue
            moment = comment.created
            before = [each for each in thread[:at] if moment and (each.updated or each.created or moment) <= moment]
            if at and not before:
                continue  # what it answers was edited since
            shown = "\n\n".join((title, place(thread[0]), *map(spoken, before)))
            variant = "reply" if at else "remark"
            answer, ways = comment.body.source.strip(), INSTRUCTIONS[variant]
            if at == 0 and comment.author == issue.reporter:
                continue  # the author's own notes are no review
            yield example(issue, "review_comment", variant, ways, shown=shown, answer=answer, suffix=comment.id)
            made += 1
