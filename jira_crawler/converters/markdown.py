"""Markdown is the target already: only its characters need care."""

from __future__ import annotations

from jira_crawler.converters.characters import readable


def convert(source: str | bytes) -> str:
    """Return the source with plain line ends and without control characters, untouched otherwise."""
    return readable(source).strip("\n")
