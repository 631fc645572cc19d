"""Turns a body, whatever markup it is in, into GitHub flavoured Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jira_crawler.converters import adf, html, markdown, wiki
from jira_crawler.items import Format

__all__ = ["to_markdown"]

_TEXT_FORMATS = {"wiki": wiki.convert, "html": html.convert, "markdown": markdown.convert}


def to_markdown(source: str | bytes | Mapping[str, Any] | None, format: Format) -> str:  # noqa: A002 - the name of the field
    """Become Markdown; a mapping is a decoded ADF document, nothing becomes an empty string."""
    if format == "adf":
        return adf.convert(source) if source else ""
    if format not in _TEXT_FORMATS:
        raise ValueError(f"No converter for the format {format!r}; known are wiki, html, adf and markdown.")
    if not source:
        return ""
    if isinstance(source, Mapping):
        raise ValueError(f"A body in the format {format!r} is text; only an ADF body may be a decoded document.")
    return _TEXT_FORMATS[format](source)
