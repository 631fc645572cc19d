"""What a pull request is called, and how it is described: from its commits, or the one from the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.changes import begun_with, messages
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import description, original
from jira_crawler.text.words import has_words

LAW: Final[Law] = "text"
TITLE_WORDS: Final = 2
TEXT_WORDS: Final = 8

INSTRUCTIONS: Final = {
    "title_from_description": (
        "Write the title of this pull request from its description.",
        "Give this pull request a title of one line that says what its description is about.",
        "What would be a good title for a pull request with this description?",
        "Read this description of a pull request and write the line that stands above it.",
        "Sum up this description of a change in one line that can stand as the title of its pull request.",
    ),
    "title_from_commits": (
        "Write the title of the pull request that is made of these commits.",
        "These commits go into one pull request. Give it a title of one line.",
        "What would be a good title for a pull request with these commits?",
        "Read these commit messages and write the title of the pull request that brings them.",
        "Sum up these commits in one line that can stand as the title of their pull request.",
    ),
    "description": (
        "Describe this pull request for its reviewers.",
        "Write the description of this pull request from its title and its commits.",
        "Reviewers see this title and these commits. Write what the author tells them about the change.",
        "From the title and the commits, write the text that opens this pull request.",
        "Explain the change that this pull request brings, as its author would.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """The title as it was first, and the description; commits count only if they were there when it was opened."""
    if issue.pull is None:
        return
    title, text = original(issue).title.strip(), description(issue)
    commits = messages(begun_with(issue, issue.pull))
    asked = {
        "title_from_description": (text, title),
        "title_from_commits": (commits, title),
        "description": (f"# {title}\n\n{commits}" if commits else "", text),
    }
    for variant, (shown, answer) in asked.items():
        least = TEXT_WORDS if variant == "description" else TITLE_WORDS
        if has_words(shown, TITLE_WORDS) and has_words(answer, least):
            ways = INSTRUCTIONS[variant]
            yield example(issue, "pull_request_text", variant, ways, shown=shown, answer=answer)
