"""HTML, as Jira renders it or as anyone writes it."""

from __future__ import annotations

from jira_crawler.converters.characters import readable
from jira_crawler.converters.html_reader import Reader
from jira_crawler.converters.html_tags import decoded, pieces
from jira_crawler.converters.markdown_emphasis import settle
from jira_crawler.converters.markdown_escape import line_starts, plain


def convert(source: str | bytes) -> str:
    """Return HTML as Markdown; text without a tag keeps its lines."""
    text = readable(source)
    cut = pieces(text)
    if len(cut) > 1:
        return Reader(cut).read().strip("\n")
    return line_starts(settle(plain(readable(decoded(cut[0]))))).strip("\n")
