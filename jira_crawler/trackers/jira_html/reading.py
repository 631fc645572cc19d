"""An issue page, opened: its fields where people cannot have written into them, its texts, its activity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Raw, Struct
from parsel import Selector

from jira_crawler.exceptions import Unreadable
from jira_crawler.items import Body, Comment
from jira_crawler.trackers.jira.decode import KEY
from jira_crawler.trackers.jira.names import wanted
from jira_crawler.trackers.jira_html import entries
from jira_crawler.trackers.jira_html.activity import CONTAINER, MODULE, Activity
from jira_crawler.trackers.jira_html.refusal import reason
from jira_crawler.trackers.jira_html.tree import NOTHING, Places, first, inner, line, outermost, parse, taken, when

_WRITTEN: Final = (
    f"descendant::*[@id='description-val' or @id='environment-val' or @id='{MODULE}' or @id='{CONTAINER}' or "
    "(starts-with(@id, 'customfield_') and substring(@id, string-length(@id) - 3) = '-val')]"
)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
# Where an issue's number stands, the surest first; labels and operations carry it too.
_NUMBERED: Final = (
    "/descendant::*[@id='key-val']/@rel",
    "/descendant::*[@id='key-val']/@data-issue-id",
    "/descendant::meta[@name='ajs-issue-id']/@content",
    "/descendant::*[@id='issue-content' or @id='stalker']/@data-issue-id",
    "/descendant::*[starts-with(@id, 'labels-')]/@id",
    "/descendant::*[@id='stalker' or @id='peoplemodule' or @id='opsbar']//a[contains(@href, 'id=')]/@href",
    "/descendant::*[@id='attachmentmodule']//li/@data-issue-id",
)
_LABELS: Final = re.compile(r"labels-([0-9]+)-(?:value|textarea)|(?:[^?]*[?&])?id=([0-9]+)(?:&.*)?", re.DOTALL)
_MISSING: Final = {"comment": "comment", "changehistory": "changelog", "worklog": "worklog"}


class Served(Struct):
    """What was served, as it is stored: the page, and the panels that were asked for after it, by name."""

    page: str
    panels: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reading:
    page: Selector
    places: Places
    texts: Mapping[str, Selector]  # by id, out of the page
    activity: Activity
    release_notes: tuple[Body, ...]
    asked: tuple[str, ...]
    comments: tuple[Comment, ...] = field(repr=False)

    @classmethod
    def of(cls, served: Served) -> Reading:
        """Opens a page; raises Unreadable, in a few words, for what is no issue page or cannot be read to its end."""
        page = parse(served.page)
        written = outermost(page, _WRITTEN)
        named = {element.attrib["id"]: _name(element) for element in written}
        texts = {each.attrib["id"]: taken(each) for each in written}
        places = Places.of(page)
        if not KEY.fullmatch(_key(places)):
            raise Unreadable(reason(page))
        shown = texts.get(MODULE, texts.get(CONTAINER, NOTHING))
        activity = Activity.of(page, shown, served.panels)
        notes = tuple(_release_notes(texts, named))
        return cls(page, places, texts, activity, notes, tuple(served.panels), entries.comments(activity))

    @property
    def key(self) -> str:
        return _key(self.places)

    @property
    def id(self) -> str:
        """The issue's number, "" if the page does not tell it."""
        for path in _NUMBERED:
            for value in self.page.xpath(path).getall():
                found = _LABELS.fullmatch(value)
                number = (found[1] or found[2]) if found else value.strip()
                if _NUMBER.fullmatch(number):
                    return number
        return ""

    @property
    def title(self) -> str:
        return self.places.at("summary-val").xpath("string()").get("").strip()

    def value(self, name: str) -> str:
        return line(self.places.at(f"{name}-val"))

    @property
    def status(self) -> Selector:
        """The lozenge of the status; in some versions words for the eye stand around it."""
        place = self.places.at("status-val")
        lozenge = first(place, ".jira-issue-status-lozenge, .aui-lozenge")
        return place if lozenge is NOTHING else lozenge

    @property
    def lacking(self) -> tuple[str, ...]:
        """Names what every issue has and this page does not show."""
        there = {
            "id": self.id,
            "summary": self.title,
            "type": self.value("type"),
            "status": line(self.status),
            "created": when(self.places.at("created-val")),
        }
        return tuple(name for name, value in there.items() if not value)

    @property
    def wants(self) -> tuple[str, ...]:
        return self.activity.wants(self.asked)

    @property
    def needs_browser(self) -> bool:
        """Whether comments are left that no further question brings."""
        return "comment" in self.asked and "comment" in self.cut

    @property
    def announced_comments(self) -> int:
        """How many comments the issue has, as far as the page tells."""
        return entries.announced_comments(self.activity)

    @property
    def cut(self) -> tuple[str, ...]:
        """Names the lists that are not here in full, as REST calls them."""
        unread = [
            part for tab, part in _MISSING.items() if not self.activity.has(tab) and self.activity.is_offered(tab)
        ]
        if "comment" not in unread and (self.activity.is_collapsed or len(self.comments) < self.announced_comments):
            return ("comment", *unread)
        return tuple(unread)

    def body(self, name: str) -> Body | None:
        return _body(self.texts.get(f"{name}-val", NOTHING))


def decoded(payload: bytes) -> Served:
    return _decoder.decode(payload)


_decoder = msgspec.json.Decoder(Served)


def _key(places: Places) -> str:
    place = places.at("key-val")
    return place.attrib.get("data-issue-key", "").strip() or line(place)


def _name(field_: Selector) -> str:
    before = field_.root.getprevious()
    return " ".join("".join(before.itertext()).split()) if before is not None and before.tag == "strong" else ""


def _body(element: Selector) -> Body | None:
    block = first(element, ".user-content-block")
    html = inner(element if block is NOTHING else block)
    return Body(html, "html") if html else None


def _release_notes(texts: Mapping[str, Selector], named: Mapping[str, str]) -> Iterator[Body]:
    """Finds the release notes by what their fields are called."""
    ids = {id_.removesuffix("-val"): name.removesuffix(":").strip() for id_, name in named.items() if name}
    for id_ in wanted(Raw(msgspec.json.encode(ids))):
        if note := _body(texts[f"{id_}-val"]):
            yield note
