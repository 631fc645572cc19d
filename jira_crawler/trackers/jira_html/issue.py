"""An opened issue page becomes a typed issue."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from parsel import Selector

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Attachment, Issue, Link, RawIssue, replace
from jira_crawler.trackers.jira.decode import KEY, PROJECT
from jira_crawler.trackers.jira.original import original
from jira_crawler.trackers.jira_html import entries
from jira_crawler.trackers.jira_html.activity import CONTAINER
from jira_crawler.trackers.jira_html.reading import Reading
from jira_crawler.trackers.jira_html.refusal import reason
from jira_crawler.trackers.jira_html.tree import NOTHING, Places, first, line, outermost, person, when

_CATEGORY: Final = re.compile(r"(?:\A|\s)jira-issue-status-lozenge-(new|indeterminate|done)(?=\s|\Z)")
_UNRESOLVED: Final = "unresolved"
# `is duplicated by`, `is related to`, `split from`: what is done to an issue, not what it does
_INWARD: Final = re.compile(
    r"(?:is|are|was|has been) (?:.*\bby\b|\w+ed (?:to|as|in|from)\b)"
    r"|(?:split|cloned) from|is a (?:child|part|subset) of",
    re.IGNORECASE,
)
_FILE: Final = re.compile(r"/secure/(?:attachment|thumbnail)/(\d{1,19})/([^?#]*)")
_DOWNLOAD: Final = re.compile(r"([^:]{0,255}):(.*):https?://[^\n]*", re.DOTALL)
_SIZE: Final = re.compile(r"(\d{1,12}(?:[.,]\d{1,6})?)\s?(bytes?|kB|MB|GB)", re.IGNORECASE)
_UNITS: Final = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


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
        components=_names(places.at("components-val")),
        labels=_labels(reading.page),
        versions=_names(places.at("versions-val")),
        fix_versions=_names(places.at("fixfor-val")),
        created=created,
        updated=when(places.at("updated-val")) or created,
        resolved=when(places.at("resolutiondate-val")),
        reporter=person(places.at("reporter-val")),
        assignee=person(places.at("assignee-val")),
        parent=_parent(places),
        subtasks=_subtasks(reading.page),
        comments=reading.comments,
        changes=entries.changes(reading.activity),
        worklogs=entries.worklogs(reading.activity),
        links=_links(places),
        attachments=_attachments(places),
        release_note=next(iter(reading.release_notes), None),
        cut=tuple(dict.fromkeys((*raw.cut, *reading.cut))),
        raw=raw,
    )
    return replace(issue, original=original(issue))


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


def _names(value: Selector) -> tuple[str, ...]:
    """Gives the versions or components of a field; a word outside any element says, in any language, that none is."""
    links = value.xpath("descendant::a")
    leaves = links or value.xpath("descendant::span[not(*)]")
    return tuple(dict.fromkeys(name for leaf in leaves if (name := line(leaf))))


def _labels(page: Selector) -> tuple[str, ...]:
    """Gives the labels, and not those of custom fields that look the same."""
    own = outermost(page, "descendant::*[contains(concat(' ', normalize-space(@class), ' '), ' labels ')]")
    lozenges = [
        loz for found in own if "customfield" not in found.attrib.get("id", "") for loz in found.css(".lozenge")
    ]
    return tuple(dict.fromkeys(name for lozenge in lozenges if (name := line(lozenge))))


def _links(places: Places) -> tuple[Link, ...]:
    """Gives the links to issues of this Jira; a page does not name their types, and pages of the web are none."""
    found: dict[tuple[str, str], Link] = {}
    for group in outermost(places.at("linkingmodule"), "descendant::dl"):
        relation = group.css("dt::attr(title)").get("").strip() or line(first(group, "dt"))
        for entry in outermost(group, "descendant::dd"):
            if "remote-link" not in entry.attrib.get("class", "") and (key := _key(entry)):
                link = Link(
                    type="",
                    relation=relation,
                    key=key,
                    outward=not _INWARD.match(relation),
                    title=_title(entry, key),
                )
                found.setdefault((relation, key), link)
    return tuple(found.values())


def _subtasks(page: Selector) -> tuple[str, ...]:
    keys = page.css("#view-subtasks [data-issuekey], #issuetable tr[data-issuekey]").xpath("@data-issuekey").getall()
    return tuple(dict.fromkeys(key for key in keys if KEY.fullmatch(key)))


def _parent(places: Places) -> str:
    above = places.at("parent_issue_summary")
    key = above.attrib.get("data-issue-key", "") or above.attrib.get("href", "").rpartition("/browse/")[2]
    return key if KEY.fullmatch(key) else ""


def _attachments(places: Places) -> tuple[Attachment, ...]:
    """Gives the attachments in order of their ids; a page rounds their sizes."""
    found: dict[str, Attachment] = {}
    for entry in outermost(places.at("attachmentmodule"), "descendant::li"):
        for link in entry.css("a[href]"):
            if place := _FILE.search(link.attrib["href"]):
                found.setdefault(place[1], _attachment(entry, place))
    return tuple(sorted(found.values(), key=lambda each: (len(each.id), each.id)))


def _attachment(entry: Selector, place: re.Match[str]) -> Attachment:
    said = _DOWNLOAD.fullmatch(entry.css("a::attr(data-downloadurl)").get(""))
    title = line(first(entry, ".attachment-title")) or line(first(entry, "dt"))
    return Attachment(
        id=place[1],
        name=(said[2] if said else "") or title or unquote(place[2]),
        size=_size(line(first(entry, ".attachment-size"))),
        media_type=said[1] if said else "",
        created=when(first(entry, ".attachment-date")),
    )


def _size(text: str) -> int:
    told = _SIZE.search(text)
    return int(float(told[1].replace(",", ".")) * _UNITS[told[2][0].lower()]) if told else 0


def _key(entry: Selector) -> str:
    link = first(entry, "a[data-issue-key]")
    key = link.attrib.get("data-issue-key", "") if link is not NOTHING else line(first(entry, "a.issue-link"))
    return key if KEY.fullmatch(key) else ""


def _title(entry: Selector, key: str) -> str:
    titled = entry.css("[title]").xpath("@title").getall()
    told = (title.removeprefix(f"{key}:").strip() for title in titled if title.startswith(f"{key}:"))
    return line(first(entry, ".link-summary")) or next(told, "")
