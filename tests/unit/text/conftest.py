"""An issue for tests about text: what is not said does not matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from jira_crawler.items import Body, Comment, Issue, Person, RawIssue

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)


def _make(*, description: str = "", comments: tuple[str | tuple[str, str], ...] = (), **fields: Any) -> Issue:
    said = [(entry, "Ann") if isinstance(entry, str) else entry for entry in comments]
    plain: dict[str, Any] = {
        "site": "site",
        "id": "100",
        "key": "ABC-1",
        "project": "ABC",
        "url": "https://jira.example/browse/ABC-1",
        "title": "The pump fails",
        "created": NOON,
        "updated": NOON,
        "description": Body(description, "markdown") if description else None,
        "comments": tuple(
            Comment(id=str(number), body=Body(text, "markdown"), author=Person(name=name))
            for number, (text, name) in enumerate(said, 1)
        ),
        "raw": RawIssue(
            site="site", base_url="", dialect="", project="ABC", id="100", key="ABC-1", payload=b"", fetched_at=NOON
        ),
    }
    return Issue(**(plain | fields))


@pytest.fixture(scope="session")
def make() -> Callable[..., Issue]:
    """Makes an issue from a description, comments (texts, or texts with a name) and any other field."""
    return _make
