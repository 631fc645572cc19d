"""What the lines of a feed say of issues comes into the tables, though a worker rewrites its shard meanwhile."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from jira_crawler.store.rows import Row
from jira_crawler.tables import source
from jira_crawler.tables.source import IssueSource
from tests.integration.tables.lake import Lake

FEED = "ACME.shard-1.jsonl"


def line(number: int, quality: float) -> bytes:
    about = {"site": "acme", "issue_id": str(number), "quality": quality, "language": "en"}
    return json.dumps({"metadata": about}).encode() + b"\n"


def rows(lake: Lake, numbers: tuple[int, ...]) -> list[Row]:
    return lake.store.months.of([("acme", str(number)) for number in numbers])


def written(lake: Lake, path: Path, *numbers: int) -> None:
    """Lines of issues in a shard, as the store knows them by now."""
    offset, data = 0, b""
    for number in numbers:
        each = line(number, number / 10)
        lake.placed(number, path.name.removesuffix(".new"), offset, len(each))
        offset, data = offset + len(each), data + each
    path.write_bytes(data)


def test_lines_that_have_moved_since_the_rows_were_read_are_found_where_they_are(lake: Lake) -> None:
    written(lake, lake.output / FEED, 1, 2, 3)
    before = rows(lake, (2, 3))
    written(lake, lake.output / FEED, 2, 3)  # a worker took out what it no longer needs
    found = IssueSource(lake.store, lake.output)._stored(before)
    assert [(each.quality, each.language) for each in found] == [(0.2, "en"), (0.3, "en")]


def test_a_shard_that_is_about_to_take_its_place_is_waited_for(lake: Lake, monkeypatch) -> None:
    written(lake, lake.output / FEED, 1, 2)
    before = rows(lake, (2,))
    written(lake, lake.output / f"{FEED}.new", 2)  # the store knows it, and the file has not its name yet
    monkeypatch.setattr(
        source.time, "sleep", lambda s: s and shutil.move(lake.output / f"{FEED}.new", lake.output / FEED)
    )
    assert [each.quality for each in IssueSource(lake.store, lake.output)._stored(before)] == [0.2]


def test_a_feed_that_is_damaged_or_elsewhere_costs_no_issue(lake: Lake) -> None:
    written(lake, lake.output / FEED, 1)
    (lake.output / FEED).write_bytes(b"x" * 1000)
    lake.placed(2, "ACME.elsewhere-1.jsonl", 0, 10)
    assert [each.quality for each in IssueSource(lake.store, lake.output)._stored(rows(lake, (1, 2)))] == [None, None]
