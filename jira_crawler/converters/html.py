"""HTML, as Jira renders it or as anyone writes it: Jira's own marks are settled first, a library does the rest."""

from __future__ import annotations

import re

import html_to_markdown
from lxml import etree

from jira_crawler.converters.characters import readable
from jira_crawler.converters.html_depth import shallow
from jira_crawler.converters.html_marks import settle
from jira_crawler.converters.verbatim import Shelf

_OPTIONS = html_to_markdown.ConversionOptions(
    extract_metadata=False, br_in_tables=True, compact_tables=True, autolinks=False
)
_LINE_ENDS = re.compile(r"[ \t]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")


def convert(source: str | bytes) -> str:
    """Return HTML as Markdown; what the library cannot take comes back as its plain text."""
    text = readable(source)
    if "<" not in text and "&" not in text:
        return text.strip("\n")
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(f"<html><body><div>{shallow(text)}</div></body></html>".encode(), parser)
    if root is None:
        return ""
    shelf = Shelf()
    settle(root, shelf)
    try:
        markdown = html_to_markdown.convert(_settled(root), _OPTIONS).content or ""
    except Exception:  # a library in another language may fail in ways it does not name
        markdown = "".join(root.itertext())
    return shelf.restore(_GAPS.sub("\n\n", _LINE_ENDS.sub("", markdown))).strip("\n")


def _settled(root: etree._Element) -> str:
    return etree.tostring(root, encoding="unicode", method="html")
