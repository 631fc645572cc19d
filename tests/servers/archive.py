"""An output folder with real feeds of made-up issues: refined by the real steps, recorded as a crawl does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.spans import digest
from jira_crawler.items import RawIssue
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Refined, Rejected, Summary
from jira_crawler.search.run import Place
from jira_crawler.store.rows import Row

SITE = "example"
SEEN = 1_790_000_000_000
LONG = "The broker gives up its lease late, and whoever waits for it waits until the session has ended for good. "


def payload(number: int, project: str, **fields: Any) -> bytes:
    """An issue as a server sends it."""
    comments = fields.pop("comments", [])
    people: list[Any] = [{"name": f"p{at}", "key": f"p{at}", "displayName": f"Person Number{at}"} for at in range(9)]
    said = {
        "summary": f"Issue {number}",
        "description": LONG * 3,
        "created": "2026-03-01T08:00:00.000+0000",
        "updated": "2026-03-04T09:00:00.000+0000",
        "issuetype": {"name": "Bug"},
        "status": {"name": "Open", "statusCategory": {"key": "new"}},
        "project": {"key": project},
        "reporter": people[0],
        "labels": [],
        "components": [],
        "comment": {
            "total": len(comments),
            "comments": [
                {
                    "id": str(at),
                    "body": body,
                    "author": people[1 + at % 8],
                    "created": f"2026-03-02T{at % 24:02}:00:00.000+0000",
                }
                for at, body in enumerate(comments)
            ],
        },
    }
    for name, value in fields.items():
        said[name] = {"name": value} if name in ("status", "resolution", "issuetype", "priority") else value
    said["components"] = [{"name": name} for name in said["components"]]
    return json.dumps({"id": str(number), "key": f"{project}-{number}", "fields": said}).encode()


@dataclass
class Archive:
    """Keeps its dataset open, as a crawl does, until it is closed."""

    folder: Path
    url: str = ""
    dataset: Dataset = field(init=False)
    policy: ClassVar[Policy] = DEFAULTS

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.dataset = Dataset(self.folder, self.url)

    @property
    def place(self) -> Place:
        return Place(output=self.folder, store_url=self.url)

    def put(self, number: int, project: str = "ACME", *, commit: bool = True, site: str = SITE, **fields: Any) -> None:
        """Takes in an issue, or another version of one; as a crawl does, without looking at duplicates."""
        raw = RawIssue(
            site=site,
            base_url="https://jira.example.org",
            dialect="server",
            project=project,
            id=str(number),
            key=f"{project}-{number}",
            payload=payload(number, project, **fields),
            fetched_at=datetime.fromtimestamp(SEEN / 1000, UTC),
        )
        outcome = refine(raw, DEFAULTS)
        assert outcome.summary, outcome
        self.dataset.record(_row(raw, outcome, outcome.summary), outcome.lines if isinstance(outcome, Refined) else b"")
        if commit:
            self.dataset.commit()

    def remove(self, number: int, site: str = SITE) -> None:
        self.dataset.store.progress.remove(site, str(number), "deleted (status 404)", at=SEEN + 1000)

    def close(self) -> None:
        self.dataset.close()


def _row(raw: RawIssue, outcome: Refined | Rejected, summary: Summary) -> Row:
    lines = outcome.lines if isinstance(outcome, Refined) else b""
    rejected = outcome if isinstance(outcome, Rejected) else None
    return Row(
        site=raw.site,
        id=raw.id,
        number=int(raw.id),
        crawled_project=raw.project,
        project=summary.project,
        key=summary.key,
        base_url=raw.base_url,
        dialect=raw.dialect,
        created=summary.created,
        updated=summary.updated,
        fetched_at=SEEN,
        run=1,
        version=summary.version,
        content=summary.content,
        minhash=summary.minhash,
        payload=raw.payload,
        stage=rejected.stage if rejected else "",
        reason=rejected.reason if rejected else "",
        examples=sum(outcome.examples.values()) if isinstance(outcome, Refined) else 0,
        lines=digest(lines) if lines else "",
    )


@contextmanager
def archive(folder: Path, url: str = "") -> Iterator[Archive]:
    made = Archive(folder, url)
    try:
        yield made
    finally:
        made.close()
