"""In how many processes issues are refined shows nowhere: not in the store, and not in when a crawl ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from jira_crawler.feeds.dataset import Dataset
from tests.servers.hostile import Hostile, hostile
from tests.system.durability.test_stops import start
from tests.system.durability.trial import Nursery
from tests.system.refine.test_added_step import pipelines, scrapy


@pytest.fixture(scope="module")
def jira() -> Iterator[Hostile]:
    with hostile(60) as served:
        yield served


@pytest.mark.parametrize(
    "processes",
    [1, 2],
)
def test_what_a_step_takes_out_before_validate_is_not_in_the_store(
    jira: Hostile, tmp_path: Path, processes: int
) -> None:
    done = scrapy(
        "jira", tmp_path / "output", {"Stripped": 50}, site=jira.url, projects="ACME", REFINE_PROCESSES=processes
    )
    assert done.status == 0
    with closing(Dataset(done.folder, writing=False)) as dataset:
        payloads = [zstandard.decompress(row.payload) for rows in dataset.store.chunks(100) for row in rows]
    assert len(payloads) == 60
    assert [payload for payload in payloads if b"broker number" in payload] == []


@pytest.mark.parametrize("processes", [1, 2])
def test_scrapys_own_limit_counts_issues(jira: Hostile, tmp_path: Path, processes: int) -> None:
    chosen = {"CLOSESPIDER_ITEMCOUNT": 20, "PAGE_SIZE": 10, "REFINE_PROCESSES": processes}
    done = scrapy("jira", tmp_path / "output", {}, site=jira.url, projects="ACME", **chosen)
    assert "closespider_itemcount" in done.log
    assert done.status == 1


def test_the_second_signal_ends_a_crawl_whatever_is_being_refined(
    nursery: Nursery, jira: Hostile, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    pid = start(
        nursery,
        tmp_path,
        jira.url,
        REFINE_PROCESSES="2",
        ITEM_PIPELINES=pipelines(Held=350),
        HOLD=str(go),
        PAGE_SIZE="5",
    )
    while not list(tmp_path.glob("held-*")):
        time.sleep(0.02)
    for said in ("Stopping: SIGTERM came", "Stopping for good"):
        nursery.signal(pid, signal.SIGTERM)
        while said not in (tmp_path / "log").read_text():
            time.sleep(0.02)
    status = nursery.ended(pid)
    go.touch()
    assert status is not None, nursery.wait(pid)
