"""What a model is shown of a pull request: its report, the commits that it began with, and threads at its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from jira_crawler.items import Commit, Issue, PullRequest, ReviewComment
from jira_crawler.tasks.prompts import cut
from jira_crawler.tasks.thread import speaker
from jira_crawler.text.bots import is_bot

LONGEST_HUNK: Final = 6_000  # characters
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def begun_with(issue: Issue, pull: PullRequest) -> tuple[Commit, ...]:
    """The commits that were there when it was opened, as far as their dates tell."""
    return tuple(each for each in pull.commits if each.authored and each.authored <= issue.created)


def messages(commits: Iterable[Commit]) -> str:
    """Commit messages as a list, each one's first line alone."""
    return "\n".join(f"- {first}" for each in commits if (first := subject(each)))


def subject(commit: Commit) -> str:
    """The first line of a message."""
    return next((line.strip() for line in commit.message.splitlines() if line.strip()), "")


def threads(pull: PullRequest) -> Iterator[list[ReviewComment]]:
    """The comments of people at lines by thread, each in the order in which they were made."""
    found: dict[str, list[ReviewComment]] = {}
    for each in sorted(pull.review_comments, key=when):
        if each.created and each.body.source.strip() and not is_bot(each.author):
            found.setdefault(each.reply_to or each.id, []).append(each)
    yield from found.values()


def when(comment: ReviewComment) -> tuple[datetime, int, str]:
    """By the time that they were made, and then by id."""
    return comment.created or _LONG_AGO, len(comment.id), comment.id


def place(comment: ReviewComment) -> str:
    """Where a comment stands: the file, and the hunk as a diff."""
    hunk = comment.hunk.strip("\n")
    return f"## {comment.path}\n\n```diff\n{cut(hunk, LONGEST_HUNK)}\n```" if hunk else f"## {comment.path}"


def spoken(comment: ReviewComment) -> str:
    """What somebody said in a thread."""
    return f"### {speaker(comment.author)}\n\n{cut(comment.body.source.strip(), LONGEST_HUNK)}"
