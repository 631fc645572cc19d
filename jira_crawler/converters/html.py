"""HTML, as Jira renders it or as anyone writes it: Jira's own marks are settled first, a library does the rest."""

from __future__ import annotations

import re

import html_to_markdown
from lxml import etree

from jira_crawler.converters.characters import readable
from jira_crawler.converters.html_depth import DEEPEST, shallow
from jira_crawler.converters.html_marks import settle
from jira_crawler.converters.verbatim import Shelf

# Options cost the library more than the conversion of a usual body, so only a table has them.
_TABLES = html_to_markdown.ConversionOptions(br_in_tables=True, compact_tables=True)
_PARSER = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
_TOO_DEEP = etree.XPath("boolean(" + "/*" * DEEPEST + ")")
_GAPS = re.compile(r"\n{3,}")


def convert(source: str | bytes) -> str:
    """Return HTML as Markdown; what the library cannot take comes back as its plain text."""
    text = readable(source)
    if "<" not in text and "&" not in text:
        return text.strip("\n")
    root = _parsed(text)
    if _TOO_DEEP(root):
        root = _parsed(shallow(text))
    shelf = Shelf()
    settle(root, shelf)
    try:
        options = None if root.find(".//table") is None else _TABLES
        markdown = html_to_markdown.convert(etree.tostring(root, encoding="unicode", method="html"), options).content
    except Exception:  # a library in another language may fail in ways it does not name
        markdown = None
    tidy = ("".join(map(str, root.itertext())) if markdown is None else markdown).replace("  \n", "\n")
    return shelf.restore(_GAPS.sub("\n\n", tidy)).strip("\n")


def _parsed(html: str) -> etree._Element:
    return etree.fromstring(f"<html><body><div>{html}</div></body></html>".encode(), _PARSER)
