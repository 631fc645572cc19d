"""Facts of an issue that a REST API sent, in either dialect.

Everything but texts is read from what lasts: what differs from one look to the next makes no new version of an issue,
and so must not make another row.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any, Final

import msgspec

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Person
from jira_crawler.tables import reading as read
from jira_crawler.tables.facts import Facts, Row
from jira_crawler.tables.pull_requests import pull_request
from jira_crawler.tables.texts import ToText, markdown, shown_in
from jira_crawler.text.bots import is_bot
from jira_crawler.text.fingerprint import lasting

TEXTS: Final = ("description", "environment")  # the columns of `issues` that are converted


def facts(payload: bytes) -> Facts:
    """Reads a payload, but for parts that are not what they should be; raises Malformed for what is no JSON at all.

    Texts are as they were sent, until `worded` has made Markdown of them: to compare versions nobody needs that.
    """
    try:
        sent = msgspec.json.decode(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
    if not isinstance(sent, dict):
        raise Malformed("no JSON object")
    whole, raw = lasting(sent), read.mapping(sent.get("fields"))
    fields = read.mapping(whole.get("fields"))
    found = Facts(sources=_sources(raw))
    found.children = {
        "comments": _comments(fields, found.sources),
        "changelog": _changelog(read.mapping(whole.get("changelog"))),
        "attachments": _attachments(fields, found.sources),
        "issuelinks": [row for each in read.mappings(fields.get("issuelinks")) for row in _links(each)],
        "remote_links": remote_links(whole.get("remotelinks")),
        "worklogs": _worklogs(fields, _texts(raw, "worklog", "worklogs", "comment")),
    }
    found.custom = {name: value for name, value in fields.items() if name.startswith("customfield_")}
    found.issue = _issue(fields, found) | {"organization_ids": _organizations(raw)}
    return found


def worded(found: Facts, without: Container[str] = (), to_text: ToText = markdown) -> Facts:
    """Makes Markdown of texts; those of tables and of columns of `issues` that are to be `without` are left out."""
    issue = found.issue | {name: None if name in without else to_text(found.issue[name]) for name in TEXTS}
    children = dict(found.children)
    for table, column in (("comments", "body"), ("worklogs", "comment")):
        if table not in without:
            children[table] = [row | {column: to_text(row[column])} for row in found.rows(table)]
    return replace(found, issue=issue, children=children)


def _texts(raw: read.Json, part: str, entries: str, name: str) -> dict[str, Any]:
    """Gives the texts of a list by the ids of its entries, as they were sent."""
    listed = read.mappings(read.mapping(raw.get(part)).get(entries))
    return {id_: each[name] for each in listed if (id_ := read.text(each.get("id"))) and each.get(name)}


def _sources(raw: read.Json) -> dict[str, Any]:
    texts = {name: raw[name] for name in ("description", "environment") if raw.get(name)}
    return texts | _texts(raw, "comment", "comments", "body")


def _issue(fields: read.Json, found: Facts) -> Row:
    kind, status = read.mapping(fields.get("issuetype")), read.mapping(fields.get("status"))
    project, parent = read.mapping(fields.get("project")), read.mapping(fields.get("parent"))
    creator, reporter, assignee = (read.person(fields.get(role)) for role in ("creator", "reporter", "assignee"))
    tracking = read.mapping(fields.get("timetracking"))
    request: read.Json = next((value for value in found.custom.values() if _is_request(value)), {})
    return {
        "project_id": read.text(project.get("id")),
        "project_name": read.text(project.get("name")),
        "type": read.name(kind),
        "is_subtask": read.flag(kind.get("subtask")),
        "parent_id": read.whole(parent.get("id")),
        "parent_key": read.text(parent.get("key")),
        "status_id": read.text(status.get("id")),
        "status": read.name(status),
        "status_category": read.text(read.mapping(status.get("statusCategory")).get("key")),
        "priority": read.name(fields.get("priority")),
        "resolution": read.name(fields.get("resolution")),
        "summary": read.text(fields.get("summary")),
        "description": found.sources.get("description"),
        "environment": found.sources.get("environment"),
        "creator_id": creator[0],
        "creator": creator[1],
        "reporter_id": reporter[0],
        "reporter": reporter[1],
        "assignee_id": assignee[0],
        "assignee": assignee[1],
        "created": read.time(fields.get("created")),
        "updated": read.time(fields.get("updated")),
        "resolved": read.time(fields.get("resolutiondate")),
        "due": read.day(fields.get("duedate")),
        "labels": read.names(fields.get("labels")),
        "components": read.names(fields.get("components")),
        "affects": read.names(fields.get("versions")),
        "fixes": read.names(fields.get("fixVersions")),
        "votes": read.whole(read.mapping(fields.get("votes")).get("votes")),
        "watches": read.whole(read.mapping(fields.get("watches")).get("watchCount")),
        "estimate_s": read.whole(fields.get("timeoriginalestimate", tracking.get("originalEstimateSeconds"))),
        "remaining_s": read.whole(fields.get("timeestimate", tracking.get("remainingEstimateSeconds"))),
        "spent_s": read.whole(fields.get("timespent", tracking.get("timeSpentSeconds"))),
        "n_comments": _total(fields.get("comment"), found.rows("comments")),
        "n_attachments": len(found.rows("attachments")),
        "n_links": len(found.rows("issuelinks")),
        "n_worklogs": _total(fields.get("worklog"), found.rows("worklogs")),
        "n_subtasks": len(read.mappings(fields.get("subtasks"))),
        "n_changes": len({row["history_id"] for row in found.rows("changelog")}),
        "security": read.name(fields.get("security")),
        "request_type": read.name(read.mapping(request.get("requestType"))),
        "archived": read.time(fields.get("archiveddate")),
    }


def _is_request(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("requestType"), dict)


def _organizations(raw: read.Json) -> list[str]:
    """Finds the customers' organizations, which a field holds that has another id on every site.

    Only their addresses tell what they are, which are not of what lasts.
    """
    for value in (raw[name] for name in sorted(raw) if name.startswith("customfield_")):
        if isinstance(value, list) and value and all(isinstance(each, dict) and _is_one(each) for each in value):
            ids = [id_ for each in value if (id_ := read.text(each.get("id")))]
            return sorted(ids, key=lambda id_: (len(id_), id_))
    return []


def _is_one(value: read.Json) -> bool:
    return "id" in value and "name" in value and "organization" in str(value.get("_links", "")).lower()


def _total(embedded: Any, rows: list[Row]) -> int:
    return max(read.whole(read.mapping(embedded).get("total")) or 0, len(rows))


def _in_time(entries: list[read.Json], when: str = "created") -> list[read.Json]:
    """Orders entries by time and then by id, however they were sent."""
    return sorted(
        entries, key=lambda each: (read.time(each.get(when)) or 0, len(str(each.get("id"))), str(each.get("id")))
    )


def _comments(fields: read.Json, sources: read.Json) -> list[Row]:
    entries = _in_time(read.mappings(read.mapping(fields.get("comment")).get("comments")))
    return [_comment(at, each, sources) for at, each in enumerate(entries, 1) if read.text(each.get("id"))]


def _comment(position: int, each: read.Json, sources: read.Json) -> Row:
    author, updater = read.person(each.get("author")), read.person(each.get("updateAuthor"))
    seen_by = read.mapping(each.get("visibility"))
    group = read.text(seen_by.get("value"))
    return {
        "comment_id": read.text(each.get("id")),
        "position": position,
        "author_id": author[0],
        "author": author[1],
        "update_author_id": updater[0],
        "update_author": updater[1],
        "body": sources.get(str(each.get("id"))),
        "created": read.time(each.get("created")),
        "updated": read.time(each.get("updated")),
        "public": read.flag(each.get("jsdPublic")),
        "visibility": f"{read.text(seen_by.get('type')) or 'group'}:{group}" if group else None,
        "is_bot": _bot(author),
    }


def _bot(author: tuple[str | None, str | None]) -> bool:
    return is_bot(Person(author[0] or "", author[1] or ""))


def _changelog(log: read.Json) -> list[Row]:
    rows = []
    for entry in _in_time(read.mappings(log.get("histories"))):
        author = read.person(entry.get("author"))
        for at, item in enumerate(read.mappings(entry.get("items"))):
            row = {
                "history_id": read.text(entry.get("id")),
                "item": at,
                "changed_at": read.time(entry.get("created")),
                "author_id": author[0],
                "author": author[1],
                "field_id": read.text(item.get("fieldId")),
                "field": read.text(item.get("field")),
                "field_type": read.text(item.get("fieldtype")),
                "from_id": read.text(item.get("from")),
                "from_value": read.text(item.get("fromString")),
                "to_id": read.text(item.get("to")),
                "to_value": read.text(item.get("toString")),
            }
            rows.append(row)
    return rows


def _attachments(fields: read.Json, sources: read.Json) -> list[Row]:
    entries = [each for each in read.mappings(fields.get("attachment")) if read.text(each.get("id"))]
    if not entries:
        return []
    inline = shown_in(sources, {str(each["id"]): read.text(each.get("filename")) or "" for each in entries})
    rows = []
    for each in entries:
        author = read.person(each.get("author"))
        row = {
            "attachment_id": str(each["id"]),
            "filename": read.text(each.get("filename")),
            "mime": read.text(each.get("mimeType")),
            "size": read.whole(each.get("size")),
            "state": "not_asked",
            "author_id": author[0],
            "author": author[1],
            "created": read.time(each.get("created")),
            "inline_in": inline.get(str(each["id"]), []),
        }
        rows.append(row)
    return rows


def _links(each: read.Json) -> list[Row]:
    kind = read.mapping(each.get("type"))
    return [
        {
            "link_id": read.text(each.get("id")),
            "type": read.name(kind),
            "relation": read.text(kind.get(f"{direction}ward")),
            "direction": f"{direction}ward",
            "other_id": read.whole(other.get("id")),
            "other_key": read.text(other.get("key")),
            "other_status": read.name(read.mapping(other.get("fields")).get("status")),
        }
        for direction in ("in", "out")
        if (other := read.mapping(each.get(f"{direction}wardIssue")))
    ]


def remote_links(listed: Any) -> list[Row]:
    """Gives a row for each link to elsewhere."""
    return [_remote_link(each) for each in read.mappings(listed)]


def _remote_link(each: read.Json) -> Row:
    what = read.mapping(each.get("object"))
    url = read.text(what.get("url"))
    repository, number = pull_request(url or "")
    return {
        "link_id": read.text(each.get("id")),
        "global_id": read.text(each.get("globalId")),
        "url": url,
        "title": read.text(what.get("title")),
        "application": read.name(each.get("application")),
        "relationship": read.text(each.get("relationship")),
        "pr_repo": repository,
        "pr_number": number,
    }


def _worklogs(fields: read.Json, texts: read.Json) -> list[Row]:
    rows = []
    for each in _in_time(read.mappings(read.mapping(fields.get("worklog")).get("worklogs")), "started"):
        author = read.person(each.get("author"))
        row = {
            "worklog_id": read.text(each.get("id")),
            "author_id": author[0],
            "author": author[1],
            "started": read.time(each.get("started")),
            "created": read.time(each.get("created")),
            "updated": read.time(each.get("updated")),
            "seconds": read.whole(each.get("timeSpentSeconds")),
            "comment": texts.get(str(each.get("id"))),
            "is_bot": _bot(author),
        }
        rows.append(row)
    return rows
