"""Texts of people become Markdown, and which attachments they show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jira_crawler.converters import to_markdown
from jira_crawler.items import Format
from jira_crawler.trackers.jira.decode import LONGEST_TEXT

ToText = Callable[[Any], str | None]
_SHOWN: Final = re.compile(r"!([^!\n|]{1,255})(?:\|[^!\n]{0,255})?!")
_DEEPEST: Final = 10_000  # nodes of one document that are looked through


def markdown(source: Any, format: Format = "wiki") -> str | None:  # noqa: A002 - settled name
    """Converts a text as it was sent: an object is an ADF document. None for what is empty or no person wrote."""
    if isinstance(source, dict):
        return to_markdown(source, "adf") or None
    if not isinstance(source, str) or not source or len(source) > LONGEST_TEXT:
        return None
    return to_markdown(source, format) or None


def shown_in(sources: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Finds in which texts attachments are shown: the names of texts by the id of the attachment.

    `names` are the file names by id. One that several have is nobody's: a text names no id.
    """
    by_name: dict[str, list[str]] = {}
    for id_, file in names.items():
        by_name.setdefault(file, []).append(id_)
    found: dict[str, list[str]] = {}
    for where, source in sources.items():
        for file in dict.fromkeys(_media(source) if isinstance(source, dict) else _pictures(source)):
            if len(ids := by_name.get(file, [])) == 1:
                found.setdefault(ids[0], []).append(where)
    return found


def _pictures(source: Any) -> Iterator[str]:
    if isinstance(source, str) and "!" in source:
        yield from _SHOWN.findall(source)


def _media(document: Any) -> Iterator[str]:
    """Gives the alternative texts of media; a document's own ids of them are of another service."""
    waiting, seen = [document], 0
    while waiting and (seen := seen + 1) < _DEEPEST:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        attributes = node.get("attrs")
        if node.get("type") in ("media", "mediaInline") and isinstance(attributes, dict):
            yield str(attributes.get("alt") or "")
        content = node.get("content")
        waiting += reversed(content) if isinstance(content, list) else ()
