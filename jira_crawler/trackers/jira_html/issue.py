"""An opened issue page becomes a typed issue."""

from __future__ import annotations

import re
from typing import Final

from parsel import Selector

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Issue, RawIssue, replace
from jira_crawler.trackers.jira.decode import PROJECT
from jira_crawler.trackers.jira.original import as_filed
from jira_crawler.trackers.jira_html import entries, lists
from jira_crawler.trackers.jira_html.activity import CONTAINER
from jira_crawler.trackers.jira_html.reading import Reading
from jira_crawler.trackers.jira_html.refusal import reason
from jira_crawler.trackers.jira_html.tree import line, person, when

_CATEGORY: Final = re.compile(r"(?:\A|\s)jira-issue-status-lozenge-(new|indeterminate|done)(?=\s|\Z)")
_UNRESOLVED: Final = "unresolved"


def read_issue(raw: RawIssue, reading: Reading) -> Issue:
    """Takes an issue from its page; raises Malformed if that lacks what every issue has."""
    places, project = reading.places, reading.key.rpartition("-")[0]
    created = when(places.at("created-val"))
    if reading.lacking or created is None:
        raise Malformed(f"the page shows no {', no '.join(reading.lacking)}")
    if not PROJECT.fullmatch(project):
        raise Malformed(f"{project!r:.40} is not a project key")
    issue = Issue(
        site=raw.site,
        id=reading.id,
        key=reading.key,
        project=project.upper(),
        url=f"{raw.base_url}/browse/{reading.key}",
        title=reading.title,
        description=reading.body("description"),
        environment=reading.body("environment"),
        issue_type=reading.value("type"),
        status=line(reading.status),
        status_category=_category(reading.status),
        priority=reading.value("priority"),
        resolution=_resolution(places.at("resolution-val")),
        components=lists.names(places.at("components-val")),
        labels=lists.labels(reading.page),
        versions=lists.names(places.at("versions-val")),
        fix_versions=lists.names(places.at("fixfor-val")),
        created=created,
        updated=when(places.at("updated-val")) or created,
        resolved=when(places.at("resolutiondate-val")),
        reporter=person(places.at("reporter-val")),
        assignee=person(places.at("assignee-val")),
        parent=lists.parent(places),
        subtasks=lists.subtasks(reading.page),
        comments=reading.comments,
        changes=entries.changes(reading.activity),
        worklogs=entries.worklogs(reading.activity),
        links=lists.links(places),
        attachments=lists.attachments(places),
        release_note=next(iter(reading.release_notes), None),
        cut=tuple(dict.fromkeys((*raw.cut, *reading.cut))),
        raw=raw,
    )
    return replace(issue, filed=as_filed(issue))


def no_panel(tree: Selector) -> str:
    """Says why an answer is no panel, "" if it is one; a page that a browser has yet to fill is one."""
    if tree.css(f"#{CONTAINER}, .issue-data-block, .message-container, #issue-tabs, a.collapsed-comments"):
        return ""
    why = reason(tree)
    return "" if why.startswith("not the markup") and not tree.css("title") else why


def _category(status: Selector) -> str:
    found = _CATEGORY.search(status.attrib.get("class", ""))
    return found[1] if found else ""


def _resolution(value: Selector) -> str:
    """The word for unresolved is in the language of the page, its class is not."""
    said = line(value)
    is_open = _UNRESOLVED in value.attrib.get("class", "").split() or said.casefold() == _UNRESOLVED
    return "" if is_open else said
