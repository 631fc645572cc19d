"""Every table of a crawled tracker, row by row, held against what that tracker has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.lake_truth import COLUMNS, SMALL, held, true
from fake_jira import running
from tests.conftest import Crawled

QUIET = {"availability_events"}  # nothing happened
ELSEWHERE = {"server": {"sla_cycles"}, "cloud": set[str]()}  # made up for Cloud only


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_every_row_that_the_tracker_has_is_in_its_table_and_no_other(
    crawl: Callable[..., Crawled], dialect: str
) -> None:
    with running(issues=120, dialect=dialect, seed=7, file_bytes=2_000) as sandbox:
        done = crawl(sandbox.url, TABLES="1", remote_links="true", attachments="true")
        expected = true(sandbox)
    assert done.status == 0, done.log
    found = held(done.folder / "tables")
    assert {table for table, rows in expected.items() if not rows} == QUIET | ELSEWHERE[dialect]
    for table in (*COLUMNS, *SMALL):
        missing, beyond = expected[table] - found[table], found[table] - expected[table]
        assert (table, list(missing)[:3], list(beyond)[:3]) == (table, [], [])
