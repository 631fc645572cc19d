"""What a live crawl keeps up: how many processes make the tables, and who does it."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.settings import Settings

from jira_crawler.extensions import upkeep as module
from jira_crawler.extensions.upkeep import MUCH, Upkeep


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The upkeep of a crawl that holds `many` issues; `asked` are the processes of each update, or "server"."""
    made: Any = SimpleNamespace(many=MUCH, asked=[], told=[], marked=[], output=tmp_path)
    store = SimpleNamespace(
        months=SimpleNamespace(counts=lambda: {"2024-01": made.many - 1, "2024-02": 1}),
        deliveries=SimpleNamespace(ready=lambda _: [7], tabled=lambda numbers, at: made.marked.append(numbers)),
        delivery_audit=SimpleNamespace(prune=lambda _: made.asked.append("pruned")),
    )
    commits = SimpleNamespace(dataset=SimpleNamespace(store=store), compacting=False)
    settings = {"OUTPUT_DIR": str(tmp_path), "STORE_URL": "", "TABLES": True, "TABLES_PROCESSES": 0}
    settings |= {"TABLES_SECONDS": 2, "COMPACT_SECONDS": 600, "AUDIT_DAYS": 30}
    crawler: Any = SimpleNamespace(settings=Settings(settings), get_extension=lambda _: commits)
    monkeypatch.setattr(module, "begin_server", lambda: made.asked.append("server"))
    monkeypatch.setattr(Upkeep, "_bring_up", lambda _, processes=1: made.asked.append(processes))
    made.upkeep = Upkeep(crawler, "made-up", made.told.append)
    return made


def update(kept: Any, *, leads: bool = True) -> list[Any]:
    async def run() -> None:
        kept.upkeep.changed()
        kept.upkeep.tick(time.monotonic() + 3600, leads=leads)
        await kept.upkeep.close()

    asyncio.run(run())
    asked, kept.asked = sorted(kept.asked, key=str), []
    return asked


def test_the_first_tables_of_many_issues_are_made_by_all_cores(kept):
    assert update(kept) == [0, "pruned", "server"]
    assert kept.told
    assert kept.marked == [[7]]


def test_those_of_few_are_made_by_one(kept):
    kept.many = MUCH - 1
    assert update(kept) == [1, "pruned"]


def test_so_are_tables_that_are_there(kept):
    (kept.output / "tables").mkdir()
    (kept.output / "tables" / "_manifest.json").write_bytes(b"{}")
    assert update(kept) == [1, "pruned"]


def test_whoever_does_not_lead_keeps_nothing_up(kept):
    assert update(kept, leads=False) == []
    assert not kept.told
