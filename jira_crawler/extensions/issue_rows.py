"""What the store keeps of an issue, made of what came and of what refining made of it."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from jira_crawler.feeds.spans import digest
from jira_crawler.items import UNREADABLE, RawIssue, ordinal
from jira_crawler.refine.outcome import Outcome, Refined, Rejected, Summary
from jira_crawler.store import tally
from jira_crawler.store.rows import Row


def row(raw: RawIssue, run: int, outcome: Outcome) -> Row:
    """Puts together what the store keeps of an issue; one that could not be read has its payload and little else."""
    return Row(
        site=raw.site,
        id=raw.id or f"{UNREADABLE}{digest(raw.payload)}",
        number=ordinal(raw.id),
        crawled_project=raw.project,
        base_url=raw.base_url,
        dialect=raw.dialect,
        fetched_at=int(raw.fetched_at.timestamp() * 1000),
        run=run,
        cut=",".join(raw.cut),
        payload=raw.payload,
        **decided(outcome, raw.project, raw.key),
    )


def became(outcome: Outcome) -> dict[str, int]:
    """Says as what an outcome counts in the stats: its examples by task, or the reason why there are none."""
    if isinstance(outcome, Rejected):
        return {f"rejected/{outcome.stage}/{tally.kind_of(outcome.reason)}": 1}
    return {f"examples/{task}": n for task, n in outcome.examples.items()}


def decided(outcome: Outcome, project: str, key: str) -> dict[str, Any]:
    """Gives the columns that refining decides; of an issue that it could not read, project and key stay as they were.

    The rest of a row is about the crawl that brought the issue.
    """
    read = outcome.summary or Summary(project, key, 0, 0, "", "", b"")
    stage, reason = (outcome.stage, outcome.reason) if isinstance(outcome, Rejected) else ("", "")
    examples = outcome.examples if isinstance(outcome, Refined) else {}
    return {
        **structs.asdict(read),
        "stage": stage,
        "reason": reason,
        "examples": sum(examples.values()),
        "tasks": ",".join(f"{name}={n}" for name, n in sorted(examples.items())),
    }
