"""Whether an issue says certain words, for `text ~ "…"` and its kin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from fake_jira.data.stored import Stored

_WORD = re.compile(r"\w+")


def says(issue: Stored, where: str, wanted: str) -> bool:
    """Every wanted word occurs as a word, in any order; a trailing * stands for the rest of a word."""
    if where == "summary":
        present = set(_WORD.findall(issue.summary.lower()))
    else:
        fields = orjson.loads(issue.fields)
        present = set(_WORD.findall(" ".join(_texts(fields, where)).lower()))
    stems = [word[:-1] for word in wanted.lower().split() if word.endswith("*")]
    words = _WORD.findall(" ".join(word for word in wanted.lower().split() if not word.endswith("*")))
    return present.issuperset(words) and all(any(one.startswith(stem) for one in present) for stem in stems)


def _texts(fields: dict[str, Any], where: str) -> Iterator[str]:
    for name in ("summary", "description", "environment") if where == "text" else (where,):
        if name != "comment":
            yield from plain(fields.get(name))
    if where in ("text", "comment"):
        for comment in (fields.get("comment") or {}).get("comments", ()):
            yield from plain(comment.get("body"))


def plain(body: Any) -> Iterator[str]:
    """The words of a body: itself if it is text, the text nodes if it is an ADF document."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        yield str(body.get("text", ""))
        for part in body.get("content", ()):
            yield from plain(part)
