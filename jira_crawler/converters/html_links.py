"""Anchors and pictures of Jira's HTML: people, issues, attachments, emoticons, and ordinary links."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jira_crawler.converters.blocks import image, link
from jira_crawler.converters.emoticons import PICTURES
from jira_crawler.converters.markdown_emphasis import MARKS
from jira_crawler.converters.markdown_escape import plain

_TYPED = {
    "check": "(/)",
    "error": "(x)",
    "forbidden": "(-)",
    "warning": "(!)",
    "help_16": "(?)",
    "information": "(i)",
    "thumbs_up": "(y)",
    "thumbs_down": "(n)",
    "add": "(+)",
    "lightbulb_on": "(on)",
    "lightbulb": "(off)",
    "star_yellow": "(*)",
}
_ICONS = frozenset(["rendericon", "icon", "aui-icon"])
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\(\S*\)")
_NUMBER = re.compile(r"\d{4,}_(?=.)")


def linked(said: str, attributes: Mapping[str, str]) -> str:
    """Return what an anchor becomes, given what stands in it as Markdown."""
    address, kinds = attributes.get("href", ""), attributes.get("class", "").split()
    if "user-hover" in kinds:
        return "@" + said.removeprefix("@") if said else ""
    if "issue-link" in kinds:
        # An issue that is resolved by now is struck out: the text did not say so.
        said = MARKS.sub("", said)
        if said == attributes.get("data-issue-key"):
            return said
    if not said or not address or address.lower().startswith("javascript:"):
        return said
    if said in (plain(address), plain(address.removeprefix("mailto:"))):
        return address.removeprefix("mailto:")
    picture = _IMAGE.fullmatch(said)
    return image(picture[1], address) if picture else link(said, address)


def picture(attributes: Mapping[str, str], glued: bool = False) -> str:
    """Return what a picture becomes: a character, its name, or nothing for an icon of the page.

    Directly behind a word no face was meant, as in `f(x)`: what was typed is written again.
    """
    source, kinds = attributes.get("src", ""), attributes.get("class", "").split()
    said = " ".join((attributes.get("alt") or attributes.get("title") or "").split())
    file = source.partition("?")[0].rpartition("/")[2]
    if "emoticon" in kinds:
        face = file.rpartition(".")[0]
        return (_TYPED.get(face) if glued else None) or PICTURES.get(face) or plain(said)
    if not _ICONS.isdisjoint(kinds):
        return ""
    if not source or source.startswith("data:"):
        return plain(said)
    return image((said or _NUMBER.sub("", file, count=1)).replace("[", "(").replace("]", ")"), source)
