"""What an issue page lists: names, labels, links to other issues, sub-tasks, attachments."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from parsel import Selector

from jira_crawler.items import Attachment, Link
from jira_crawler.trackers.jira.decode import KEY
from jira_crawler.trackers.jira_html.tree import NOTHING, Places, first, line, outermost, when

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


def names(value: Selector) -> tuple[str, ...]:
    """Gives the versions or components of a field; a word outside any element says, in any language, that none is."""
    links = value.xpath("descendant::a")
    leaves = links or value.xpath("descendant::span[not(*)]")
    return tuple(dict.fromkeys(name for leaf in leaves if (name := line(leaf))))


def labels(page: Selector) -> tuple[str, ...]:
    """Gives the labels, and not those of custom fields that look the same."""
    own = outermost(page, "descendant::*[contains(concat(' ', normalize-space(@class), ' '), ' labels ')]")
    lozenges = [
        loz for found in own if "customfield" not in found.attrib.get("id", "") for loz in found.css(".lozenge")
    ]
    return tuple(dict.fromkeys(name for lozenge in lozenges if (name := line(lozenge))))


def links(places: Places) -> tuple[Link, ...]:
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


def subtasks(page: Selector) -> tuple[str, ...]:
    keys = page.css("#view-subtasks [data-issuekey], #issuetable tr[data-issuekey]").xpath("@data-issuekey").getall()
    return tuple(dict.fromkeys(key for key in keys if KEY.fullmatch(key)))


def parent(places: Places) -> str:
    above = places.at("parent_issue_summary")
    key = above.attrib.get("data-issue-key", "") or above.attrib.get("href", "").rpartition("/browse/")[2]
    return key if KEY.fullmatch(key) else ""


def attachments(places: Places) -> tuple[Attachment, ...]:
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
