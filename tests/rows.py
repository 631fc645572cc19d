"""Issues as the store knows them, made up: the one place where tests and benchmarks say all that a row holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jira_crawler.store.rows import Row


def row(number: int, project: str = "ACME", **more: Any) -> Row:
    """Makes a row of an issue that is written; keywords say what is another than usual."""
    made = Row(
        site="example",
        id=str(number),
        number=number,
        crawled_project=project,
        project=project,
        key=f"{project}-{number}",
        base_url="https://jira.example.org",
        dialect="server",
        created=number,
        updated=number,
        fetched_at=1,
        run=1,
        version="v1",
        content=str(number),
        payload=b"{}",
        examples=1,
    )
    return replace(made, **more)
