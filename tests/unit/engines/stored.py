"""A store with a few issues, and jobs that refine it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from jira_crawler.engines.code import code_hash
from jira_crawler.engines.job import Job
from jira_crawler.engines.shards import Shards
from jira_crawler.engines.sources import StoredPayloads, address_of
from jira_crawler.extensions.issue_rows import row
from jira_crawler.items import RawIssue
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.refine.chain import refine
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store


def raw(number: int, summary: str = "A report of something that is broken", fetched: int = 0) -> RawIssue:
    fields = {"summary": f"{summary} {number}", "created": "2000-01-01T00:00:00.000+0000"}
    return RawIssue(
        site="example",
        base_url="https://jira.example.org",
        dialect="server",
        project="A",
        id=str(number),
        key=f"A-{number}",
        payload=json.dumps({"id": str(number), "key": f"A-{number}", "fields": fields}).encode(),
        fetched_at=datetime.fromtimestamp(fetched, UTC),
    )


def put(store: Store, *issues: RawIssue) -> None:
    """Stores issues as a crawl does that refines them."""
    store.save([row(each, 1, refine(each, DEFAULTS)) for each in issues], {})


def made(folder: Path, issues: int) -> Store:
    """Makes a store in a folder."""
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    put(store, *(raw(n) for n in range(100, 100 + issues)))
    return store


def jobs(store: Store, folder: Path, shards: Shards, size: int = 10, policy: Policy = DEFAULTS) -> list[Job]:
    """Plans a store."""
    source = StoredPayloads(store, address_of(folder, ""))
    code = code_hash(policy)
    return [Job(source.address, (), part, policy, code, shards.address) for part in source.ranges(size)]
