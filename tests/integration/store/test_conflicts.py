"""What is stored does not depend on which of several workers commits first."""

from __future__ import annotations

from itertools import permutations

import pytest

from jira_crawler.store.conflicts import duplicate
from jira_crawler.store.rows import KEPT
from tests.unit.feeds.made import row

UNREAD = {"updated": 0, "version": "", "content": "", "stage": "Validate"}


def commit(store, *rows):
    """Commits as a worker does, and says which rows were outdated."""
    with store.writer():
        late = store.conflicts.outdated(rows)
        fresh = [each for each in rows if each.identity not in late]
        twins = store.conflicts.canonical(fresh)
        store.save(
            [duplicate(r, twins[r.identity]) if r.feed and r.identity in twins else r for r in fresh],
            {},
            shared=True,
        )
    return {id_ for _, id_ in late}


def written(number, text="text", **more):
    """An issue with lines in a shard."""
    return row(number, text, feed=f"ACME.{number}-1.jsonl", offset=0, length=1, lines="l", **more)


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        ({"updated": 5, "fetched_at": 9}, {"updated": 6, "fetched_at": 1}, "second"),
        ({"updated": 6, "fetched_at": 1}, {"updated": 5, "fetched_at": 9}, "first"),
        ({"updated": 5, "fetched_at": 2}, {"updated": 5, "fetched_at": 1}, "first"),
        ({"updated": 5, "fetched_at": 1}, {"updated": 5, "fetched_at": 2}, "second"),
        ({"updated": 5, "fetched_at": 1}, {"updated": 5, "fetched_at": 1}, "second"),
        ({"updated": 5, "fetched_at": 2}, UNREAD | {"fetched_at": 1}, "first"),
        ({"updated": 5, "fetched_at": 1}, UNREAD | {"fetched_at": 2}, "second"),
        (UNREAD | {"fetched_at": 2}, {"updated": 5, "fetched_at": 1}, "first"),
        (UNREAD | {"fetched_at": 1}, {"updated": 5, "fetched_at": 2}, "second"),
    ],
)
def test_an_older_version_never_replaces_a_newer_one(store, first, second, stays):
    commit(store, row(1, "text", reason="first", **first))
    late = commit(store, row(1, "text", reason="second", **second))
    assert store.row("example", "1").reason == stays
    assert late == ({"1"} if stays == "first" else set())


def test_an_outdated_issue_was_listed_all_the_same(store):
    commit(store, row(1, "text", updated=9, run=1))
    assert commit(store, row(1, "text", updated=5, run=2)) == {"1"}
    assert (store.row("example", "1").updated, store.row("example", "1").run) == (9, 2)
    assert commit(store, row(1, "text", updated=5, run=1)) == {"1"}
    assert store.row("example", "1").run == 2


def test_what_was_fetched_before_an_issue_was_removed_does_not_bring_it_back(store):
    commit(store, row(1, "text", updated=5, fetched_at=10))
    store.progress.remove("example", "1", "deleted", at=20)
    assert commit(store, row(1, "text", updated=5, fetched_at=15)) == {"1"}
    assert store.row("example", "1").stage == "Removed"
    assert commit(store, row(1, "text", updated=5, fetched_at=25)) == set()
    assert store.row("example", "1").stage == ""


def test_a_row_that_leaves_its_lines_where_they_are_is_late_if_they_have_gone(store):
    commit(store, written(1))
    known = store.row("example", "1")
    assert commit(store, known) == set()
    commit(store, row(1, "other by now", stage="Score", fetched_at=2))
    assert commit(store, known) == {"1"}


@pytest.mark.parametrize("order", list(permutations((10, 20, 30))))
@pytest.mark.parametrize("together", [True, False])
def test_of_twins_the_lowest_stays_whoever_commits_last(store, order, together):
    rows = [written(number) for number in order]
    for batch in [rows] if together else [[each] for each in rows]:
        commit(store, *batch)
    feeds = {number: store.row("example", str(number)).feed for number in order}
    assert feeds == {10: "ACME.10-1.jsonl", 20: None, 30: None}
    assert {each["id"]: each["reason"] for each in store.rejects()} == dict.fromkeys(
        ("20", "30"), "duplicate of ACME-10"
    )


@pytest.mark.parametrize("order", [(10, 20), (20, 10)])
def test_a_twin_that_gives_no_line_stands_in_all_the_same(store, order):
    rows = {10: row(10, "text", stage="WriteFeeds", reason="nothing to learn from"), 20: written(20)}
    for number in order:
        commit(store, rows[number])
    assert store.row("example", "20").stage == "Deduplicate"


def test_one_that_was_only_stored_takes_nobody_out_of_a_feed(store):
    commit(store, written(20))
    commit(store, row(10, "text", stage=KEPT, version=""))
    assert store.row("example", "20").feed


def test_more_issues_than_fit_into_one_query(store):
    rows = [written(number, f"{number}") for number in range(1, 2_501)]
    commit(store, *rows)
    assert commit(store, *[written(n, f"{n}", fetched_at=0) for n in range(1, 2_501)]) == {r.id for r in rows}
    assert len(store.spans([each.identity for each in rows])) == 2_500
