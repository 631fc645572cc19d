"""A crawl of a project of which an issue is forgotten: it is complete, and asks nothing more because of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from jira_crawler.feeds.dataset import Dataset
from tests.unit.crawl.driver import Run, Tracker


def forget(folder: Path, id_: str) -> None:
    with closing(Dataset(folder)) as dataset:
        (found,) = dataset.store.erasure.find(id_)
        dataset.store.erasure.erase(found, 1)


@pytest.mark.parametrize("dialect", ["server", "cloud"])
@pytest.mark.parametrize("full", [True, False])
def test_it_counts_as_held_and_is_not_asked_after(tmp_path: Path, dialect: str, full: bool) -> None:
    jira = Tracker(issues=40, dialect=dialect)
    first = Run(jira, tmp_path / "a").crawl()
    assert first.missing == []
    victim = sorted(first.rows)[3]
    forget(tmp_path / "a", victim)
    again = Run(jira, tmp_path / "a", hour=1, full=full).crawl()
    assert again.missing == []
    assert (again.kinds["ListIds"], again.kinds["CheckIssue"]) == (0, 0)
    assert set(again.rows) == set(first.rows) - {victim}
    assert again.session.certificate("DEMO").held == again.session.certificate("DEMO").counted


def test_verify_names_it_and_neither_fetches_it_nor_calls_it_missed(tmp_path: Path) -> None:
    jira = Tracker(issues=40)
    first = Run(jira, tmp_path / "a").crawl()
    victim = sorted(first.rows)[3]
    forget(tmp_path / "a", victim)
    verified = Run(jira, tmp_path / "a", hour=1, verify="only").crawl()
    assert verified.missing == []
    assert (verified.session.certificate("DEMO").verified or {}).get("missed", 0) == 0
    assert verified.kinds["CheckIssue"] == 0
    assert victim not in verified.rows


def test_once_it_is_gone_over_there_it_hides_nothing_that_is_lacking(tmp_path: Path) -> None:
    jira = Tracker(issues=40)
    first = Run(jira, tmp_path / "a").crawl()
    victim, other = sorted(first.rows)[3:5]
    forget(tmp_path / "a", victim)
    del jira.jira.corpus.by_id[int(victim)]
    verified = Run(jira, tmp_path / "a", hour=1, verify="only").crawl()
    assert (verified.missing, verified.kinds["CheckIssue"]) == ([], 0)
    with closing(Dataset(tmp_path / "a")) as dataset:
        dataset.store.forget("127.0.0.1:9", other)  # as if it had been lost here
    found = Run(jira, tmp_path / "a", hour=2).crawl()
    assert found.missing == []
    assert other in found.rows
