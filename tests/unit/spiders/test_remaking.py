"""A feed that was removed or cut is made again from the store, in the next run, whatever that is about."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.issue_rows import row as as_row
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Refined
from jira_crawler.spiders import remaking
from tests.servers.hostile import issue
from tests.unit.feeds.made import row, sorted_lines


@pytest.fixture
def lost(tmp_path: Path) -> Dataset:
    """A dataset whose one feed of ten issues is gone."""
    dataset = Dataset(tmp_path)
    for number in range(1, 11):
        stored = row(number, "", payload=json.dumps(issue(number)).encode(), content="", version="")
        outcome = refine(stored.raw_issue(), DEFAULTS)
        assert isinstance(outcome, Refined)
        dataset.record(as_row(stored.raw_issue(), 1, outcome), outcome.lines)
    dataset.commit()
    dataset.close()
    (tmp_path / "ACME.jsonl").rename(tmp_path / "before")
    return Dataset(tmp_path)


def own(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a dataset where a crawl has its own, and gives the crawl."""
    commits = SimpleNamespace(policy=DEFAULTS, dataset=dataset, record=dataset.record, commit=dataset.commit)
    monkeypatch.setattr(CommitExtension, "of", lambda crawler: commits)
    crawler = get_crawler()
    crawler.settings = Settings()
    return crawler


def test_who_is_interrupted_goes_on_with_the_rest(lost, monkeypatch, tmp_path):
    crawler = own(lost, monkeypatch)

    async def interrupted() -> None:
        task = asyncio.create_task(remaking.remake(crawler))
        while len(lost) < 4:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(interrupted())
    assert len(lost) == 4
    lost.commit()
    assert len(list(lost.lost())) == 6
    lost.close()
    again = Dataset(tmp_path)
    asyncio.run(remaking.remake(own(again, monkeypatch)))
    assert again.store.lost_feeds() == []
    again.close()
    assert sorted_lines(tmp_path / "ACME.jsonl") == sorted_lines(tmp_path / "before")


def test_a_newer_version_that_came_meanwhile_stays(lost, monkeypatch):
    crawler = own(lost, monkeypatch)
    newer = replace(next(row for row in lost.lost() if row.id == "3"), stage="Score", reason="too poor", payload=b"{}")
    lost.record(newer, b"")
    asyncio.run(remaking.remake(crawler))
    found = lost.store.row("example", "3")
    assert found is not None
    assert (found.stage, found.reason) == ("Score", "too poor")
    lost.close()
