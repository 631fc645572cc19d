"""Elements of a page, made of values: nothing that stands in a feed can become markup."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

Element = etree._Element


def element(name: str, attributes: Mapping[str, str], *inside: Element | str) -> Element:
    """An element with what is inside of it, in order; characters that no document may hold are left out."""
    made = etree.Element(name, dict(attributes))
    last: Element | None = None
    for each in inside:
        if not isinstance(each, str):
            made.append(each)
            last = each
        elif last is None:
            made.text = (made.text or "") + _plain(each)
        else:
            last.tail = (last.tail or "") + _plain(each)
    return made


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isprintable() or each == "\n")
