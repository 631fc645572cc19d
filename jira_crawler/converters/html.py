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
    extract_metadata=False, br_in_tables=True, compact_tables=True, autolinks=False, bullets="-", hidden_content="keep",
    newline_style="backslash", strong_em_symbol="*",
)


def convert(source: str | bytes) -> str:
    """Return HTML as Markdown."""
    text = readable(source)
    if "<" not in text and "&" not in text:
        return text.strip("\n")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<html><body><div>{shallow(text)}</div></body></html>".encode(), parser)
    shelf = Shelf()
    settle(root, shelf)
    return shelf.restore(html_to_markdown.convert(etree.tostring(root, encoding="unicode", method="html"), _OPTIONS).content or "")
