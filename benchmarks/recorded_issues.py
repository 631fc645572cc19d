"""Recorded issues, of REST and of Jira's XML export, as the chain meets them, and the lines that it makes of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from fake_jira.data.recorded import recorded
from jira_crawler import tasks
from jira_crawler.items import Body, Example, Issue, RawIssue, replace
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.clean import Clean
from jira_crawler.refine.redact import Redact
from jira_crawler.refine.score import Score
from jira_crawler.refine.step import Draft, DropIssue
from jira_crawler.refine.validate import validate

BASE = "https://issues.apache.org/jira"  # where most of them are from
SITE = "recorded"
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


def issues(folders: Iterable[Path]) -> Iterator[Issue]:
    """Every issue under the folders, decoded; an XML export's bodies are HTML. The order is that of their names."""
    for folder in folders:
        rest = [path for path in sorted(folder.rglob("*")) if path.name.endswith((".tar.gz", ".jsonl.gz"))]
        for issue in recorded(rest, BASE) if rest else ():
            yield validate(_raw(issue))
        for path in sorted(folder.rglob("*.zip")):
            yield from _exported(path)


def _raw(issue: dict[str, Any]) -> RawIssue:
    key = str(issue["key"])
    return RawIssue(
        site=SITE,
        base_url=BASE,
        dialect="server",
        project=key.rpartition("-")[0],
        id=str(issue["id"]),
        key=key,
        payload=json.dumps(issue).encode(),
        fetched_at=_THEN,
    )


def _exported(path: Path) -> Iterator[Issue]:
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".xml"):
                for item in Xml.fromstring(archive.read(name)).iter("item"):
                    yield _html(validate(_raw(_payload(item))))


def _html(issue: Issue) -> Issue:
    def body(text: Body | None) -> Body | None:
        return text and Body(text.source, "html")

    said = tuple(replace(comment, body=Body(comment.body.source, "html")) for comment in issue.comments)
    original = issue.original and replace(issue.original, description=body(issue.original.description))
    return replace(
        issue,
        description=body(issue.description),
        environment=body(issue.environment),
        comments=said,
        original=original,
    )


def _payload(item: Xml.Element) -> dict[str, Any]:
    """What REST would have said of an issue of the export, as far as the export says it."""

    def text(name: str) -> str:
        return (item.findtext(name) or "").strip()

    def named(name: str) -> dict[str, str] | None:
        return {"name": text(name)} if text(name) else None

    def person(login: str, name: str = "") -> dict[str, str]:
        return {"name": login, "key": login, "displayName": name or login}

    def who(name: str) -> dict[str, str] | None:
        found = item.find(name)
        login = found.get("username", "") if found is not None else ""
        return person(login, (found.text or "") if found is not None else "") if login not in ("", "-1") else None

    key = item.find("key")
    comments = [
        {
            "id": one.get("id"),
            "author": person(one.get("author", "")),
            "body": one.text or "",
            "created": _date(one.get("created", "")),
            "updated": _date(one.get("created", "")),
        }
        for one in item.iterfind("comments/comment")
    ]
    attached = [
        {"id": one.get("id"), "filename": one.get("name"), "size": int(one.get("size") or 0)}
        for one in item.iterfind("attachments/attachment")
    ]
    fields = {
        "summary": text("summary"),
        "description": item.findtext("description") or None,
        "environment": item.findtext("environment") or None,
        "project": {"key": text("key").rpartition("-")[0], "id": "1"},
        "issuetype": named("type"),
        "priority": named("priority"),
        "status": named("status"),
        "resolution": named("resolution"),
        "resolutiondate": _date(text("resolved")) if text("resolved") else None,
        "created": _date(text("created")),
        "updated": _date(text("updated")),
        "reporter": who("reporter"),
        "assignee": who("assignee"),
        "labels": [one.text for one in item.iterfind("labels/label") if one.text],
        "components": [{"name": one.text} for one in item.iterfind("component") if one.text],
        "versions": [{"name": one.text} for one in item.iterfind("version") if one.text],
        "fixVersions": [{"name": one.text} for one in item.iterfind("fixVersion") if one.text],
        "comment": {"comments": comments, "total": len(comments)},
        "attachment": attached,
    }
    return {"id": key.get("id") if key is not None else "", "key": text("key"), "fields": fields}


def _date(text: str) -> str:
    return parsedate_to_datetime(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def examples(folders: Iterable[Path]) -> Iterator[tuple[str, float, Example]]:
    """Every example of the issues, with the id of its line and the quality of its issue."""
    for issue in refined(folders):
        made = tasks.made(issue)[0]
        for example, line in zip(made, tasks.lines(issue, made), strict=True):
            yield line["id"], issue.quality, example


def refined(folders: Iterable[Path]) -> Iterator[Issue]:
    """The issues after all steps in front of WriteFeeds, without those that a step drops."""
    for issue in issues(folders):
        draft = Draft(issue)
        try:
            for step in (Clean(DEFAULTS), Redact(), Score(DEFAULTS)):
                draft = step.apply(draft)
        except DropIssue:
            continue
        yield draft.issue
