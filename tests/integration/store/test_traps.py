"""The minutes in which there is something bad: known until a run saw that they are well again."""

from __future__ import annotations

from pathlib import Path

import pytest

from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from jira_crawler.store.traps import Traps


@pytest.fixture
def traps(tmp_path: Path):
    store = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    yield store.traps
    store.close()


def test_what_one_run_saw_the_next_one_knows(traps: Traps):
    traps.save("s", "A", 120_000, 7, lacking=False)
    traps.save("s", "A", 60_000, 7, lacking=True)
    traps.save("s", "B", 60_000, 7, lacking=True)
    assert list(traps.of("s", "A").items()) == [(60_000, True), (120_000, False)]


def test_within_a_run_what_lacks_stays_lacking_and_a_later_run_knows_better(traps: Traps):
    traps.save("s", "A", 60_000, 7, lacking=True)
    traps.save("s", "A", 60_000, 7, lacking=False)  # another one of the same minute
    assert traps.of("s", "A") == {60_000: True}
    traps.save("s", "A", 60_000, 8, lacking=False)
    assert traps.of("s", "A") == {60_000: False}
    traps.save("s", "A", 60_000, 0, lacking=True)  # a suspicion
    assert traps.of("s", "A") == {60_000: False}


def test_a_run_forgets_what_it_saw_to_be_well(traps: Traps):
    for minute, run, lacking in ((1, 7, True), (2, 7, False), (3, 8, True), (4, 0, True)):
        traps.save("s", "A", minute, run, lacking=lacking)
    traps.prune("s", "A", 8, everything=False)
    assert traps.of("s", "A") == {2: False, 3: True}
    traps.prune("s", "A", 8, everything=True)
    assert traps.of("s", "A") == {3: True}
