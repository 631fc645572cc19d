"""What the store remembers: earlier versions, what was gone, names, and the order of creation."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zstandard
from sqlalchemy import select

from jira_crawler.store.catalogue import Entry
from jira_crawler.store.months import UNDATED, bounds, month_of
from jira_crawler.store.rows import KEPT, Row
from jira_crawler.store.store import Store
from jira_crawler.store.tables import issues, past
from tests.integration.store.test_listing_progress import PROJECT, RUN, SITE, row


def save(store: Store, *rows: Row) -> None:
    store.save(list(rows), {})


def versions(store: Store, number: int) -> list[tuple[int, int, str, bytes]]:
    found = store.history.versions([(SITE, str(number))]).get((SITE, str(number)), [])
    return [
        (each.seen, each.until, each.version, zstandard.decompress(each.payload) if each.payload else b"")
        for each in found
    ]


def since(store: Store, number: int) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(issues.c.since).where(issues.c.id == str(number))).scalar_one()


def test_what_is_new_leaves_nothing_behind_and_what_changed_its_earlier_version(store):
    save(store, row(1), row(2))
    with store.engine.connect() as connection:
        assert connection.execute(select(past)).all() == []
    save(store, row(1, version="other", payload=b'{"other": 1}', fetched_at=RUN + 5))
    assert versions(store, 1) == [(RUN, RUN + 5, "v1", b'{"number": 1}')]
    assert (since(store, 1), since(store, 2)) == (RUN + 5, RUN)
    save(store, row(1, version="third", payload=b'{"third": 1}', fetched_at=RUN + 9))
    assert [each[:3] for each in versions(store, 1)] == [(RUN, RUN + 5, "v1"), (RUN + 5, RUN + 9, "other")]


@pytest.mark.parametrize(
    "again",
    [
        {"payload": b'{"number": 1, "seen": "today"}'},  # what moves by itself
        {"stage": "Score", "reason": "low"},
        {"lines": "abc"},
        {"cut": "comment"},
    ],
)
def test_an_issue_that_is_what_it_was_stays_as_it_is_since_then(store, again):
    save(store, row(1))
    save(store, row(1, fetched_at=RUN + 5, **again))
    assert (versions(store, 1), since(store, 1)) == ([], RUN)


def test_what_waits_to_be_refined_is_known_by_what_was_sent(store):
    save(store, row(1, version="", stage=KEPT))
    save(store, row(1, fetched_at=RUN + 5))  # refined
    assert (versions(store, 1), since(store, 1)) == ([], RUN)
    save(store, row(1, version="", stage=KEPT, payload=b'{"new": 1}', fetched_at=RUN + 9))
    assert versions(store, 1) == [(RUN, RUN + 9, "v1", b'{"number": 1}')]
    assert since(store, 1) == RUN + 9


def test_the_same_twice_in_one_commit_or_after_a_crash_is_one_version(store):
    save(store, row(1))
    other = row(1, version="other", payload=b'{"other": 1}', fetched_at=RUN + 5)
    save(store, other)
    save(store, other)
    assert len(versions(store, 1)) == 1


def test_what_is_removed_takes_the_payloads_of_all_its_versions_with_it(store):
    save(store, row(1), row(2))
    save(store, row(1, version="other", payload=b'{"secret": 1}', fetched_at=RUN + 5))
    store.progress.remove(SITE, "1", "deleted (status 410)", at=RUN + 10)
    assert versions(store, 1) == [(RUN, RUN + 5, "v1", b"")]
    with store.engine.connect() as connection:
        assert [bytes(each) for each in connection.execute(select(past.c.payload)).scalars()] == [b""]
    [event] = store.history.events([(SITE, "1")])[SITE, "1"]
    assert (event.at, event.reason, event.lost, event.held) == (RUN + 10, "deleted (status 410)", 1, 2)
    store.progress.remove(SITE, "1", "deleted (status 410)", at=RUN + 11)  # it is gone already
    assert len(store.history.events([(SITE, "1")])[SITE, "1"]) == 1
    save(store, row(1, fetched_at=RUN + 20))
    assert [(each.at, each.reason) for each in store.history.events([(SITE, "1")])[SITE, "1"]] == [
        (RUN + 10, "deleted (status 410)"),
        (RUN + 20, ""),
    ]


def test_how_many_went_is_counted_by_crawl_and_project(store):
    save(store, *(row(number) for number in range(1, 9)), row(9, walk="OTHER"))
    store.progress.verify(SITE, PROJECT, ["5", "6", "7", "8"], RUN + 1)
    for number in (1, 2, 3):
        store.progress.remove(SITE, str(number), "deleted or hidden (status 404)")
    store.progress.verify(SITE, PROJECT, ["6", "7", "8"], RUN + 2)
    store.progress.remove(SITE, "5", "deleted or hidden (status 404)")
    store.progress.remove(SITE, "9", "deleted or hidden (status 404)")
    told = store.history.events([(SITE, str(number)) for number in range(1, 10)])
    assert {id_: (event.lost, event.held) for (_, id_), [event] in told.items()} == {
        **dict.fromkeys("123", (3, 8)),
        "5": (1, 5),
        "9": (1, 1),
    }
    assert store.history.gone_with([(SITE, "2")]) == {(SITE, "1"), (SITE, "2"), (SITE, "3")}
    assert store.history.gone_with([(SITE, "8")]) == set()


def test_creation_times_are_told_with_those_that_were_taken_back(store):
    save(store, row(1), row(2))
    save(store, row(1, version="other", created=7, payload=b"{}", fetched_at=RUN + 5))
    found = store.history.created([(SITE, "1"), (SITE, "2"), (SITE, "99")])
    assert found == {(SITE, "1"): {1000, 7}, (SITE, "2"): {2000}}


def test_months_are_in_order_and_hold_each_issue_once(store):
    times = [bounds("2024-01")[0], bounds("2024-02")[0] - 1, bounds("2024-02")[0], 0, bounds("9999-12")[1] - 1, -5]
    save(store, *(row(number, created=created) for number, created in enumerate(times, 10)), row(1, id="unreadable-1"))
    assert store.months.counts() == {"2024-01": 2, "2024-02": 1, "9999-12": 1, UNDATED: 2}
    assert [[each.number for each in chunk] for chunk in store.months.rows("2024-01", 1)] == [[10], [11]]
    assert [[each.number for each in chunk] for chunk in store.months.rows(UNDATED, 10)] == [[13, 15]]
    assert [each.number for each in store.months.of([(SITE, "12"), (SITE, "10"), (SITE, "99")])] == [10, 12]


@pytest.mark.parametrize(
    ("created", "month"),
    [(1, "1970-01"), (0, UNDATED), (-1, UNDATED), (253_402_300_799_999, "9999-12"), (253_402_300_800_000, UNDATED)],
)
def test_a_time_is_in_one_month(created, month):
    assert month_of(created) == month


def test_the_last_word_names_a_thing_whoever_comes_first(store):
    early, late = Entry(SITE, "status", "1", "Open", "new", 10), Entry(SITE, "status", "1", "Opened", "new", 20)
    twin = replace(late, name="Opening")
    for order in ([early, late, twin], [twin, late, early]):
        for entry in order:
            store.catalogue.learn([entry])
        assert store.catalogue.all() == [twin]
    store.catalogue.learn([])
