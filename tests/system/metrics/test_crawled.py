"""Repositories that were crawled from a server: metrics of their tables are those of what the server holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fake_github import running
from fake_github.data.model import Item
from fake_github.server.serving import Sandbox
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.run import run
from tests.github_tables import Made, Row
from tests.system.github.truth import TOKEN, Repositories
from tests.unit.metrics.asked import end_of
from tests.unit.metrics.held import by_key
from tests.unit.metrics.plain import expected


def held(sandbox: Sandbox, site: str) -> Made:
    """What the server holds, as rows; nothing of it went through a crawl."""
    made = Made()
    for project, builder in sandbox.application.builders.items():
        for item in builder.repository.shown():
            _signs(made, _row(made, item, project, site), item, project)
    return made


def _row(made: Made, item: Item, project: str, site: str) -> Row:
    told: dict[str, Any] = {"project": project, "site": site, "labels": [label.name for label in item.labels]}
    told["milestone"] = item.milestone.title if item.milestone else None
    if item.pull is None:
        return made.issue(item.number, item.created, **told)
    return made.pull(
        item.number,
        item.created,
        **told,
        closed_at=item.closed,
        merged_at=item.pull.merged,
        merge_commit=item.pull.merge_commit if item.pull.merged else None,
        additions=item.pull.additions,
        deletions=item.pull.deletions,
    )


def _signs(made: Made, row: Row, item: Item, project: str) -> None:
    steps = [("open", item.created)]
    for event in item.events:
        other = f"{project}#{event.other}" if event.other else None
        if event.kind in ("closed", "reopened"):
            steps.append((event.kind.replace("reopened", "open"), event.at))
        if event.kind == "closed" and (other or event.commit):
            made.closing(row, "closer", other_key=other, commit=event.commit)
        elif event.kind == "connected" and other:
            made.closing(row, "connected", other_key=other)
    made.stays(row, *steps)
    for number in item.pull.closes if item.pull else ():
        made.closing(row, "reference", other_key=f"{project}#{number}")


def test_metrics_of_what_was_crawled_are_those_of_the_server(tmp_path: Path) -> None:
    with running(items=200, token=TOKEN) as sandbox:
        crawled = Repositories(sandbox, tmp_path)
        done = crawled.run(TABLES="1")
        assert done.status == 0, done.log
        result = run("duckdb", Where(str(crawled.output / "tables")), crawled.output, list(METRICS))
        [site] = {row.site for row in result.rows if row.site}
        wanted = expected(held(sandbox, site).rows, end_of(result.as_of))
    assert by_key(result.rows) == wanted
    for reading in ("merged", "still_open", "closer", "reference", "without_label", "all"):
        assert next(row for row in result.rows if row.reading == reading).n > 5, reading
