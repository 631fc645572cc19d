"""A page as a tree, and what is read from any place in it: lines, people, moments, bodies of HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote_plus

from lxml import etree
from parsel import Selector

from jira_crawler.exceptions import Unreadable
from jira_crawler.items import Person
from jira_crawler.trackers.moments import moment

# The parser stops without a word at 2,048 levels, and a comment that is not closed hides all that follows.
_END: Final = "the-end-of-what-was-read"
# The parser takes the square of a tag's attributes: 100,000 of them, one megabyte, are fifteen seconds.
_SWOLLEN: Final = re.compile(
    r"""<[a-zA-Z][^\s<>"']{0,99}(?>(?:\s+[^<>"'\s=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?){2000})"""
)
_LOGIN: Final = re.compile(r"[?&]name=([^&#]+)")


def parse(markup: str) -> Selector:
    """Makes a tree of HTML that may be broken; raises Unreadable where the parser would leave out the rest."""
    if _SWOLLEN.search(markup):
        raise Unreadable("not the markup of an issue page: a tag has thousands of attributes")
    tree = Selector(text=f'{markup}<a id="{_END}"></a>', type="html")
    end = tree.xpath(f"/descendant::a[@id='{_END}']")
    if not end:
        raise Unreadable("half a page: it is nested too deeply, or broken off inside a tag")
    end.drop()
    return tree


NOTHING: Final = Selector(text="", type="html")


@dataclass(frozen=True, slots=True)
class Places:
    """The elements of a tree that have an id, the first of each."""

    ids: dict[str, Selector]

    @classmethod
    def of(cls, tree: Selector) -> Places:
        ids: dict[str, Selector] = {}
        for element in tree.xpath("/descendant::*[@id]"):
            ids.setdefault(element.attrib["id"], element)
        return cls(ids)

    def at(self, id_: str) -> Selector:
        """Gives an element, or one in which nothing is."""
        return self.ids.get(id_, NOTHING)


def line(element: Selector) -> str:
    """Gives the text of an element in one line."""
    return " ".join(element.xpath("string()").get("").split())


def first(element: Selector, css: str) -> Selector:
    """Gives the first of the elements within that a selector names, or one in which nothing is."""
    found = element.css(css)
    return found[0] if found else NOTHING


def when(element: Selector) -> datetime | None:
    """Reads the first machine date within; the text that people see is relative or localised."""
    return moment(element.xpath("descendant::time/@datetime").get())


def person(element: Selector) -> Person | None:
    """Reads the first user within; None where there is only a word such as `Unassigned` or `Anonymous`."""
    user = first(element, ".user-hover, a[href*='ViewProfile.jspa']")
    if user is NOTHING:
        return None
    linked = _LOGIN.search(user.attrib.get("href", ""))
    login = user.attrib.get("rel", "").strip() or (unquote_plus(linked[1]) if linked else "")
    return Person(login, line(user), login) if login else None


def inner(element: Selector) -> str:
    """Gives the HTML within an element, as the parser mended it; the element itself loses its attributes."""
    root = element.root
    root.attrib.clear()
    html: str = etree.tostring(root, encoding="unicode", method="html", with_tail=False)
    return html.removeprefix(f"<{root.tag}>").removesuffix(f"</{root.tag}>").strip()


def outermost(tree: Selector, path: str) -> list[Selector]:
    """Gives the elements of a path that are within no other of them: what is within one is what somebody wrote."""
    found: list[Selector] = []
    within: set[object] = set()
    for element in tree.xpath(path):
        if element.root not in within:
            found.append(element)
            if len(element.root):
                within.update(inside.root for inside in element.xpath(path))
    return found


def taken(element: Selector) -> Selector:
    """Takes an element out of its tree, so that nothing within it is met there by what it says it is."""
    root = element.root
    root.getparent().remove(root)
    return element
