"""How things are called that have signs, and when they were."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from jira_crawler.converters import to_markdown
from jira_crawler.items import Body, Person

_BOTS: Final = re.compile(
    r"\[bot\]$|^(?:dependabot|renovate|greenkeeper|snyk|pyup|scala-steward|depfu)\b", re.IGNORECASE
)


def place_of(url: str) -> str:
    """Gives where references begin: `host/owner/name` of GitHub, the host and path of a Jira."""
    bare = url.partition("://")[2].lower()
    return re.sub(r"/(?:browse|issues|pull|projects)/[^/]*(?:/.*)?$", "", bare)


def number_of(key: str) -> str:
    return key.rpartition("#")[2]


def ms(at: datetime | None) -> int | None:
    """Gives a time as epoch ms."""
    return None if at is None else round(at.timestamp() * 1000)


def login(person: Person | None) -> str:
    return (person.login or person.name or person.id) if person else ""


def is_program(author: str) -> bool:
    """Tells whether a login is that of a program that opens pull requests."""
    return _BOTS.search(author) is not None


def markdown(body: Body) -> str:
    return body.source if body.format == "markdown" else to_markdown(body.source, body.format)


def fitting(text: str) -> str:
    """A text as it goes into any store: without halves of characters and NULs."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
