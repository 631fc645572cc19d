"""Edits at random, deliveries that go astray, kills: after one trailing pass all is as it is there."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from fake_server import BadOption
from jira_crawler.search.query import Everything
from jira_crawler.search.run import Place, bring_up
from jira_crawler.search.shown import head
from tests.conftest import Crawled
from tests.servers.nursery import Nursery
from tests.system.live.driver import COMPARED, SECRET, LiveTrial, feeds, present, states

ASTRAY = ("loss=0.3", "duplicate=0.2", "disorder=0.3:0.5")
SAID = b'"metadata"'  # what a line of a feed has, and one of the rejects has not
BEHIND = 600.0  # seconds by which the tracker's clock is behind ours


def edit(sandbox: Sandbox, chance: random.Random, many: int) -> None:
    for _ in range(many):
        try:
            sandbox.edits.one(chance.choices(("", "delete", "move"), (8, 1, 1))[0])
        except BadOption:
            continue
        time.sleep(chance.uniform(0, 0.03))


def assert_searchable(folder: Path) -> None:
    """The index was followed through all kills, and says what one that is made anew does."""
    place = Place(output=folder)
    assert bring_up(place).anew == ""
    followed = indexed(place)
    bring_up(place, rebuild=True)
    assert followed == indexed(place)
    in_feeds = {
        json.loads(line)["metadata"]["issue_id"] for lines in feeds(folder).values() for line in lines if SAID in line
    }
    assert in_feeds == {head(shown).id for shown in followed}


def indexed(place: Place) -> set[bytes]:
    with closing(place.engine()) as engine:
        return {hit.read() for hit in engine.search(Everything(), 1_000).hits}


@pytest.mark.parametrize(("dialect", "seed"), [("server", 11), ("cloud", 12)])
def test_after_one_trailing_pass_feeds_and_tables_are_as_the_tracker_is(
    nursery: Nursery, tmp_path: Path, crawl: Callable[..., Crawled], dialect: str, seed: int
) -> None:
    chance = random.Random(seed)
    with running(
        issues=40,
        dialect=dialect,
        seed=seed,
        webhook_secret=SECRET,
        webhook_faults=ASTRAY,
        webhook_scale=600.0,
        clock=lambda: time.time() - BEHIND,
        stale_searches=1 if dialect == "cloud" else 0,
    ) as sandbox:
        trial = LiveTrial(nursery, sandbox, tmp_path / "live")
        for number in range(3):
            trial.start()
            if number:
                trial.follows()
            edit(sandbox, chance, 12)
            trial.kill()
            edit(sandbox, chance, 3)
        trial.start()
        trial.follows()
        edit(sandbox, chance, 25)
        assert sandbox.webhooks.settled()
        trial.trailing_pass()
        assert trial.stop() == 0, trial.log
        truth = {id_ for id_, issue in sandbox.truth().items() if issue["key"].split("-")[0] in ("DEMO", "TOOLS")}
        fresh = crawl(sandbox.url, TABLES="1", verify="true")
        assert fresh.status == 0, fresh.log
    assert {row.split('"issue_id": ')[1].split(",")[0] for row in present(trial.output, "issues")} == truth
    for table in COMPARED:
        assert present(trial.output, table) == present(fresh.folder, table), table
    here, there = feeds(trial.output), feeds(fresh.folder)
    assert {name: here[name] for name in there if name != "rejects.jsonl"} == {
        name: lines for name, lines in there.items() if name != "rejects.jsonl"
    }
    assert not [name for name in here if name not in there and here[name]]
    assert_searchable(trial.output)
    # What was answered is done, or given up with a reason; nothing waits that nobody asks after.
    found = states(f"sqlite:///{trial.output / 'store.sqlite'}")
    assert found["tabled"] + found["stored"] > 10, found
