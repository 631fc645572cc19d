"""A whole crawl, proof included, without a process, a server or a clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.crawl.driver import Run, Tracker


@pytest.fixture(scope="module", params=["server", "cloud"])
def jira(request: Any) -> Tracker:
    return Tracker(issues=150, dialect=request.param)


def ids(jira: Tracker) -> set[str]:
    return {str(issue.id) for issue in jira.issues()}


def test_a_calm_crawl_brings_every_issue_complete_and_proves_it(jira: Tracker, tmp_path: Path) -> None:
    done = Run(jira, tmp_path / "a", page=40, window_issues=60).crawl()
    print(done.kinds)
    assert (done.missing, done.failed, done.stopped) == ([], [], "")
    assert {raw.id for raw in done.came} == ids(jira)
