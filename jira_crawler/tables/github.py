"""Facts of an issue or a pull request of a GitHub."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jira_crawler.items import Closing, Issue, Person, PullRequest, Review, ReviewComment, ordinal
from jira_crawler.tables import page
from jira_crawler.tables.facts import Facts, Row
from jira_crawler.tables.page import BodyText, body_text
from jira_crawler.tables.reading import micros
from jira_crawler.text.bots import is_bot
from jira_crawler.trackers.github.names import parted


def facts(issue: Issue, to_text: BodyText = body_text) -> Facts:
    """Takes what is in an issue or a pull request that was read already."""
    found = page.facts(issue, to_text)
    reporter = found.issue["reporter_id"], found.issue["reporter"]
    found.issue |= {
        "kind": "pull_request" if issue.pull else "issue",
        "milestone": issue.milestone or None,
        "project_id": str(parted(issue.id)[0]),
        "project_name": issue.project,
        "creator_id": reporter[0],
        "creator": reporter[1],
        "url": issue.url,
    }
    found.children["closings"] = [_closing(each) for each in issue.closings]
    if issue.pull:
        found.children["pull_requests"] = [_pull(issue, issue.pull)]
        found.children["reviews"] = [_review(each, to_text) for each in issue.pull.reviews]
        found.children["review_comments"] = [_comment(each, to_text) for each in issue.pull.review_comments]
    return found


def _time(when: datetime | None) -> int | None:
    return micros(when) if when else None


def _by(column: str, person: Person | None) -> dict[str, Any]:
    """Who somebody is: the login in the column, and as the id beside it, which redaction goes by."""
    return {column: (person.id or person.name) or None, f"{column}_id": person.id or None} if person else {}


def _pull(issue: Issue, pull: PullRequest) -> Row:
    return {
        "number": parted(issue.id)[1],
        "draft": pull.draft,
        "merged_at": _time(pull.merged),
        "closed_at": _time(issue.resolved),
        **_by("merged_by", pull.merged_by),
        "base_ref": pull.base or None,
        "head_ref": pull.head or None,
        "head_repository": pull.head_repository or None,
        "base_commit": pull.base_commit or None,
        "head_commit": pull.head_commit or None,
        "merge_commit": pull.merge_commit or None,
        "additions": pull.additions,
        "deletions": pull.deletions,
        "changed_files": pull.changed_files,
        "files": list(pull.files),
        "n_commits": len(pull.commits) if pull.additions is not None else None,
        "n_reviews": len(pull.reviews) if pull.additions is not None else None,
        "n_review_comments": len(pull.review_comments),
    }


def _review(each: Review, to_text: BodyText) -> Row:
    return {
        "review_id": each.id,
        "state": each.state or None,
        **_by("author", each.author),
        "submitted": _time(each.submitted),
        "body": to_text(each.body),
        "commit": each.commit or None,
        "is_bot": is_bot(each.author),
    }


def _comment(each: ReviewComment, to_text: BodyText) -> Row:
    return {
        "comment_id": each.id,
        "path": each.path or None,
        "line": each.line,
        "hunk": each.hunk or None,
        "commit": each.commit or None,
        "reply_to": each.reply_to or None,
        "review_id": each.review or None,
        **_by("author", each.author),
        "created": _time(each.created),
        "updated": _time(each.updated),
        "body": to_text(each.body),
        "is_bot": is_bot(each.author),
    }


def _closing(each: Closing) -> Row:
    return {
        "kind": each.kind,
        "other_key": each.other or None,
        "other_id": ordinal(each.other_id) or None,
        "commit": each.commit or None,
        **_by("actor", each.actor),
        "at": _time(each.at),
    }
