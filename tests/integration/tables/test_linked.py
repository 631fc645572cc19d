"""Links and pairs as tables: by the keys that other tables have, and gone when the store has none any more."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
import pytest

from jira_crawler.links.judging import Judged, Link, Pair
from jira_crawler.links.landing import Landing
from tests.integration.tables.lake import Lake

AT = 1_709_294_400_000
LINK = Link("acme", "1", "acme", "2", "", "body_closes", "body", "9", "Fixes ACME-1, says Ann", "ann", AT, 0.9)
PAIR = Pair("acme", "1", "acme", "2", "", "A", "squash", "c" * 40, AT, "example-1", "", ("body_closes", "closer"), 0.99)


@pytest.fixture
def lake(tmp_path) -> Lake:
    made = Lake(tmp_path / "out")
    for number in (1, 2):
        made.put(number)
    return made


def rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    return pq.read_table(lake.folder / table).to_pylist()


def test_links_and_pairs_are_there_after_the_next_update(lake):
    lake.up()
    assert (rows(lake, "links"), rows(lake, "pairs")) == ([], [])
    alone = PAIR.__class__("acme", "1", "acme", "", "d" * 40, "B", "", "", None, "example-1", "", (), 0.5)
    lake.store.links.publish(Judged([LINK], [PAIR, alone], [Landing("acme", "2", "squash", "c" * 40, AT)]))
    lake.up()
    [link] = rows(lake, "links")
    assert (link["issue_id"], link["issue_key"], link["other_key"]) == (1, "ACME-1", "ACME-2")
    assert (link["kind"], link["quoted"], link["actor"], link["weight"]) == ("body_closes", LINK.quoted, "ann", 0.9)
    assert int(link["at"].timestamp() * 1000) == AT
    by_commit, pair = sorted(rows(lake, "pairs"), key=lambda row: row["grade"], reverse=True)
    assert (pair["grade"], pair["landed_how"], pair["kinds"]) == ("A", "squash", ["body_closes", "closer"])
    assert (by_commit["other_id"], by_commit["commit"], by_commit["landed_at"]) == (None, "d" * 40, None)


def test_what_is_passed_on_says_neither_who_nor_in_which_words(lake):
    lake.store.links.publish(Judged([LINK], [], []))
    lake.up(redacted=True)
    [link] = rows(lake, "links")
    assert (link["quoted"], link["actor"], link["kind"]) == (None, None, "body_closes")


def test_what_is_not_linked_any_more_is_not_there_any_more(lake):
    lake.store.links.publish(Judged([LINK], [PAIR], []))
    lake.up()
    lake.store.links.publish(Judged([], [], []))
    lake.up()
    assert (rows(lake, "links"), rows(lake, "pairs")) == ([], [])
