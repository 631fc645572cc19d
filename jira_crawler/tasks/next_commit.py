"""What an author does about a review: the message of the next commit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.changes import place, spoken, subject, when
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import cut, original
from jira_crawler.text.bots import is_bot
from jira_crawler.text.words import has_words

LAW: Final[Law] = "text"
WORDS: Final = 2
_MERGED: Final = re.compile(r"merge (?:branch|remote|pull|commit|[\w/.-]+ into)\b|revert\b", re.IGNORECASE)

INSTRUCTIONS: Final = {
    "message": (
        "Write the message of the commit that answers this review.",
        "The author pushes a commit because of these comments. Write its message, in one line.",
        "Given these review comments, say in one line what the next commit does.",
        "What does the author change after this review? Answer with the commit's message.",
        "Read these remarks on a change and write the first line of the commit that follows.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """One example for each commit of the pull request behind remarks that nothing had followed so far."""
    pull = issue.pull
    if pull is None:
        return
    people = [each for each in pull.review_comments if each.created and not is_bot(each.author)]
    remarks = sorted((each for each in people if each.author != issue.reporter), key=when)
    since = issue.created
    for commit in sorted((each for each in pull.commits if each.authored), key=lambda each: str(each.authored)):
        at = commit.authored
        if at is None or at <= issue.created:
            continue
        asked = [each for each in remarks if each.created and since < each.created < at]
        asked = [each for each in asked if (each.updated or each.created or at) < at]
        since, message = at, subject(commit)
        if not asked or _MERGED.match(message) or not has_words(message, WORDS):
            continue
        said = "\n\n".join(f"{place(each)}\n\n{spoken(each)}" for each in asked)
        shown, ways = cut(f"# {original(issue).title.strip()}\n\n{said}"), INSTRUCTIONS["message"]
        yield example(issue, "next_commit", "message", ways, shown=shown, answer=message, suffix=commit.sha[:12])
