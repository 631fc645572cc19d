"""Facts of an issue that was read from the page that people see: what no page shows stays empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jira_crawler.items import Attachment, Body, Comment, Issue, Person, Worklog
from jira_crawler.tables.facts import Facts, Row
from jira_crawler.tables.reading import micros
from jira_crawler.tables.texts import markdown
from jira_crawler.text.bots import is_bot

BodyText = Callable[[Body | None], str | None]


def body_text(body: Body | None) -> str | None:
    return markdown(body.source, body.format) if body else None


def facts(issue: Issue, to_text: BodyText = body_text) -> Facts:
    """Takes what is in an issue that was read already."""
    found = Facts()
    found.children = {
        "comments": [_comment(at, each, to_text) for at, each in enumerate(issue.comments, 1)],
        "changelog": _changelog(issue),
        "attachments": [_attachment(each) for each in issue.attachments],
        "issuelinks": [
            {
                "type": link.type or None,
                "relation": link.relation,
                "direction": _direction(link.outward),
                "other_key": link.key,
            }
            for link in issue.links
        ],
        "worklogs": [_worklog(each, to_text) for each in issue.worklogs],
    }
    reporter, assignee = _person(issue.reporter), _person(issue.assignee)
    found.issue = {
        "type": issue.issue_type or None,
        "parent_key": issue.parent or None,
        "status": issue.status or None,
        "status_category": issue.status_category or None,
        "priority": issue.priority or None,
        "resolution": issue.resolution or None,
        "summary": issue.title or None,
        "description": to_text(issue.description),
        "environment": to_text(issue.environment),
        "reporter_id": reporter[0],
        "reporter": reporter[1],
        "assignee_id": assignee[0],
        "assignee": assignee[1],
        "created": _time(issue.created),
        "updated": _time(issue.updated),
        "resolved": _time(issue.resolved),
        "labels": list(issue.labels),
        "components": list(issue.components),
        "affects": list(issue.versions),
        "fixes": list(issue.fix_versions),
        "organization_ids": [],
        "n_comments": len(issue.comments),
        "n_attachments": len(issue.attachments),
        "n_links": len(issue.links),
        "n_worklogs": len(issue.worklogs),
        "n_subtasks": len(issue.subtasks),
        "n_changes": len({change.id for change in issue.changes}),
    }
    return found


def _direction(outward: bool) -> str:
    return "outward" if outward else "inward"


def _time(when: datetime | None) -> int | None:
    return micros(when) if when else None


def _person(person: Person | None) -> tuple[str | None, str | None]:
    return (person.id or None, person.name or None) if person else (None, None)


def _comment(position: int, each: Comment, to_text: BodyText) -> Row:
    author = _person(each.author)
    return {
        "comment_id": each.id,
        "position": position,
        "author_id": author[0],
        "author": author[1],
        "body": to_text(each.body),
        "created": _time(each.created),
        "updated": _time(each.updated),
        "is_bot": is_bot(each.author),
    }


def _changelog(issue: Issue) -> list[Row]:
    rows: list[Row] = []
    for change in issue.changes:
        author = _person(change.author)
        item = rows[-1]["item"] + 1 if rows and rows[-1]["history_id"] == change.id else 0
        row = {
            "history_id": change.id,
            "item": item,
            "changed_at": _time(change.created),
            "author_id": author[0],
            "author": author[1],
            "field": change.field,
            "from_value": change.before or None,
            "to_value": change.after or None,
        }
        rows.append(row)
    return rows


def _attachment(each: Attachment) -> Row:
    return {
        "attachment_id": each.id,
        "filename": each.name,
        "mime": each.media_type or None,
        "size": each.size or None,
        "state": "not_asked",
        "created": _time(each.created),
        "inline_in": [],
    }


def _worklog(each: Worklog, to_text: BodyText) -> Row:
    author = _person(each.author)
    return {
        "worklog_id": each.id,
        "author_id": author[0],
        "author": author[1],
        "started": _time(each.started),
        "seconds": each.seconds,
        "comment": to_text(each.body),
        "is_bot": is_bot(each.author),
    }
