"""The tracker that the fuzzer spoils: a dozen issues, the lists that a search cuts short, and the pages of people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from tests.servers.hostile import Answer, Asked, Hostile, as_json, created, issue, stamp

PROJECT = "ACME"
REST = ("serverInfo", "count", "page", "ids", "issue", "comment", "worklog", "changelog")
LISTINGS = ("page", "ids")
PEOPLES = ("browse", "panel")
PAGES = ("robots", "ids", "browse", "panel")
LISTS = {"comment": "comments", "worklog": "worklogs", "changelog": "values"}
SHOWN = 2  # comments that a page shows before it hides the older ones
_TABS = ("comment", "worklog", "changehistory")
_HTML = {"Content-Type": "text/html;charset=UTF-8"}


def made(count: int, dialect: str) -> list[dict[str, Any]]:
    """Makes up issues; of some a search shows a part of the comments or worklogs, on Cloud of the history too."""
    issues = [issue(number, PROJECT) for number in range(1, count + 1)]
    for number, each in enumerate(issues, 1):
        fields = each["fields"]
        comments, worklogs = [_entry(number, i, "body") for i in range(number % 3 * 3)], _worklogs(number)
        fields["comment"] = _embedded("comments", comments, comments[-SHOWN:])
        fields["worklog"] = _embedded("worklogs", worklogs, worklogs[:3])
        histories = [_change(number, i) for i in range(number % 4)]
        shown = histories[-2:] if dialect == "cloud" else histories
        each["changelog"] = _embedded("histories", histories, shown)
        each["lists"] = {"comment": comments, "worklog": worklogs, "changelog": histories}
    return issues


def mark(each: dict[str, Any]) -> str:
    """Gives words by which an issue is known wherever its id and its key went."""
    return " ".join(each["fields"]["summary"].split()[:3])


def place(asked: Asked) -> str:
    """Names the endpoint that is asked."""
    path, _, tail = asked.path.rpartition("/")
    if tail in (*LISTS, "serverInfo"):
        return tail
    if asked.path == "/robots.txt":
        return "robots"
    if path.endswith("/browse"):
        return "panel" if "page" in asked.params else "browse"
    if "/issue" in path:
        return "issue"
    return "count" if asked.is_count else "page" if asked.is_page else "ids" if asked.is_listing else "other"


def honest(jira: Hostile, asked: Asked) -> Answer:
    """Answers as a good Jira does, pages of people included."""
    where = place(asked)
    if where == "robots":
        return Answer(b"User-agent: *\nDisallow: /secure/\n", headers={"Content-Type": "text/plain"})
    if where in ("browse", "panel"):
        found = [each for each in jira.issues if asked.path.endswith(f"/{each['key']}")]
        if not found:
            return Answer(b"<html><title>Issue not found</title></html>", 404, _HTML)
        return Answer((_panel(found[0], asked) if where == "panel" else _page(found[0])).encode(), headers=_HTML)
    if where in LISTS:
        return _list(jira.issues, asked, where)
    answer = jira.honest(asked)
    return without_lists(answer) if where in ("page", "ids", "issue") else answer


def without_lists(answer: Answer) -> Answer:
    """Leaves out what only the addresses of the lists give."""
    told = json.loads(answer.body)
    for each in told.get("issues", [told]):
        each.pop("lists", None)
    return as_json(told, answer.status)


def oldest(issues: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    return sorted(issues, key=created)[:count]


def _list(issues: Sequence[dict[str, Any]], asked: Asked, part: str) -> Answer:
    wanted = asked.path.split("/")[-2]
    for each in issues:
        if wanted in (each["id"], each["key"]):
            entries, start = each["lists"][part], int(asked.params.get("startAt", 0))
            size = min(int(asked.params.get("maxResults", 50)), 4)
            page = entries[start : start + size] if part != "worklog" else entries
            return as_json({"startAt": start, "maxResults": size, "total": len(entries), LISTS[part]: page})
    return as_json({"errorMessages": ["Issue Does Not Exist"]}, 404)


def _embedded(name: str, entries: list[dict[str, Any]], shown: list[dict[str, Any]]) -> dict[str, Any]:
    return {"startAt": 0, "maxResults": len(shown), "total": len(entries), name: shown}


def _entry(number: int, index: int, text: str) -> dict[str, Any]:
    when = stamp(1_700_000_000_000 + 3_600_000 * number + 60_000 * index)
    words = f"Remark {index} on number {number}: restarting the broker brings the lease back for an hour."
    author = {"key": f"user{index}", "name": f"user{index}", "displayName": f"Person {index}"}
    return {"id": str(10_000 + 100 * number + index), text: words, "author": author, "created": when, "updated": when}


def _worklogs(number: int) -> list[dict[str, Any]]:
    count = 5 if number % 4 == 0 else number % 2
    entries = [_entry(number, 20 + i, "comment") for i in range(count)]
    return [{**each, "started": each["created"], "timeSpentSeconds": 600} for each in entries]


def _change(number: int, index: int) -> dict[str, Any]:
    entry = _entry(number, 40 + index, "text")
    items = [{"field": "status", "fromString": f"State {index}", "toString": f"State {index + 1}"}]
    return {"id": entry["id"], "author": entry["author"], "created": entry["created"], "items": items}


def _page(each: dict[str, Any]) -> str:
    """Writes the page of an issue, with the newest comments."""
    fields, key = each["fields"], each["key"]
    tabs = "".join(f'<li data-id="{tab}-tabpanel"{" class=active" if tab == "comment" else ""}></li>' for tab in _TABS)
    comments = each["lists"]["comment"]
    hidden = len(comments) - SHOWN
    older = (
        f'<a class="collapsed-comments" href="/browse/{key}?showAll=true"><span class="show-more-comments" '
        f'data-collapsed-count="{hidden}">{hidden} older</span></a>'
    )
    shown = (older if hidden > 0 else "") + _blocks("comment", comments[-SHOWN:])
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>[{key}] Jira</title></head>'
        f'<body id="jira"><a id="key-val" rel="{each["id"]}" data-issue-key="{key}" href="/browse/{key}">{key}</a>'
        f'<h1 id="summary-val">{escape(fields["summary"])}</h1><span id="type-val">Bug</span>'
        f'<span id="status-val"><span class="jira-issue-status-lozenge">Open</span></span>'
        f'<div id="description-val"><div class="user-content-block"><p>{escape(fields["description"])}</p></div></div>'
        f'<div id="activitymodule"><ul id="issue-tabs">{tabs}</ul>{_container(shown)}</div>'
        f'<span id="created-val">{_time(fields["created"])}</span><span id="updated-val">{_time(fields["updated"])}'
        "</span></body></html>\n"
    )


def _panel(each: dict[str, Any], asked: Asked) -> str:
    which = asked.params["page"].rpartition(":")[2].removesuffix("-tabpanel")
    if which == "changehistory":
        return _container("")
    return _container(_blocks(which, each["lists"].get(which, [])))


def _container(blocks: str) -> str:
    filled = blocks or '<div class="message-container">There is nothing yet.</div>'
    return f'<div class="issuePanelContainer" id="issue_actions_container">{filled}</div>'


def _blocks(kind: str, entries: list[dict[str, Any]]) -> str:
    return "".join(
        f'<div id="{kind}-{each["id"]}" class="issue-data-block activity-{kind}"><div class="action-head">'
        f'<div class="action-details"><a class="user-hover" rel="{each["author"]["name"]}">'
        f"{each['author']['displayName']}</a> - {_time(each['created'])}</div></div>"
        f'<div class="action-body"><p>{escape(each.get("body") or each.get("comment") or "")}</p></div></div>'
        for each in entries
    )


def _time(when: str) -> str:
    return f'<time class="livestamp" datetime="{when.replace(".000", "")}">then</time>'
