"""What the store remembers: earlier versions, what was gone, names, and the order of creation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import zstandard
from sqlalchemy import event, select, update

from jira_crawler.items import UNREADABLE
from jira_crawler.store.catalogue import Entry
from jira_crawler.store.database import connect
from jira_crawler.store.history import gone
from jira_crawler.store.months import UNDATED, bounds, month_of
from jira_crawler.store.rows import KEPT, Row
from jira_crawler.store.store import Store
from jira_crawler.store.tables import availability, issues, past
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
    save(store, *(row(number) for number in range(1, 9)), row(9, crawled_project="OTHER"))
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


def test_a_crawl_that_finds_everything_gone_is_not_taken_for_the_one_before(store):
    save(store, *(row(number) for number in range(1, 9)))
    store.progress.verify(SITE, PROJECT, [str(number) for number in range(2, 9)], RUN + 1)
    store.progress.remove(SITE, "1", "deleted (status 410)", run=RUN + 1)
    for number in range(2, 9):  # nothing is listed, so nothing says which crawl this is
        store.progress.remove(SITE, str(number), "deleted or hidden (status 404)", run=RUN + 2)
    told = store.history.events([(SITE, str(number)) for number in range(1, 9)])
    assert {id_: (event.lost, event.held) for (_, id_), [event] in told.items()} == {
        "1": (1, 8),
        **dict.fromkeys("2345678", (7, 7)),
    }


def test_an_issue_that_comes_back_is_remembered_as_it_was_before_it_went_but_for_what_it_said(store):
    save(store, row(1))
    store.progress.remove(SITE, "1", "deleted (status 410)", at=RUN + 10)
    save(store, row(1, version="other", payload=b'{"back": 1}', fetched_at=RUN + 20))
    assert versions(store, 1) == [(RUN, RUN + 10, "", b"")]
    assert since(store, 1) == RUN + 20
    save(store, row(1, version="third", payload=b'{"third": 1}', fetched_at=RUN + 30))
    assert [each[:3] for each in versions(store, 1)] == [(RUN, RUN + 10, ""), (RUN + 20, RUN + 30, "other")]


def test_what_could_not_be_read_is_forgotten_with_what_it_was_before(store):
    unreadable = row(0, id=f"{UNREADABLE}x", version="", payload=b"{")
    save(store, unreadable)
    save(store, replace(unreadable, payload=b'{"secret', fetched_at=RUN + 5))
    store.forget(SITE, unreadable.id)
    with store.engine.connect() as connection:
        assert connection.execute(select(past)).all() == connection.execute(select(availability)).all() == []


def test_what_was_stored_before_that_was_noted_is_as_it_is_since_it_was_fetched(store):
    save(store, row(1), row(2), row(3))
    with store.engine.begin() as connection:
        connection.execute(update(issues).values(since=0))  # as the migration leaves it, which writes no row
    save(store, row(1, fetched_at=RUN + 5))
    assert since(store, 1) == RUN
    save(store, row(2, version="other", payload=b"{}", fetched_at=RUN + 5))
    assert versions(store, 2) == [(RUN, RUN + 5, "v2", b'{"number": 2}')]
    store.progress.remove(SITE, "3", "deleted (status 410)", at=RUN + 10)
    assert since(store, 3) == RUN
    save(store, row(3, fetched_at=RUN + 20))
    assert versions(store, 3) == [(RUN, RUN + 10, "", b"")]


@contextmanager
def told(store: Store, statements: list[str]):
    """Notes what the database is told."""

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield
    event.remove(store.engine, "before_cursor_execute", note)


def test_what_is_refined_again_is_compared_by_its_version_and_not_by_its_payload(store):
    save(store, row(1), row(2))
    statements: list[str] = []
    with told(store, statements):
        save(store, row(1, lines="abc"), row(2, lines="def"))
    assert statements
    assert [each for each in statements if "INTO past" in each] == []


def steps(store: Store, work: Callable[[], object]) -> int:
    """Counts the steps, by the hundred, that SQLite takes for something."""
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    def begin(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(step, 100)

    event.listen(store.engine, "checkout", begin)
    work()
    event.remove(store.engine, "checkout", begin)
    return taken


def test_a_project_that_goes_at_once_is_no_matter_of_every_issue_with_every_other(tmp_path):
    few, many = 100, 400
    taken = []
    for count in (few, many):
        store = Store(connect(f"sqlite:///{tmp_path / f'{count}.sqlite'}"))
        save(store, *(row(number) for number in range(1, count + 1)))
        names = [(SITE, str(number)) for number in range(1, count + 1)]

        def remove(store: Store = store, names: list[tuple[str, str]] = names) -> None:
            with store.writer.begin() as connection:
                for site, id_ in names:
                    gone(connection, site, id_, "deleted (status 410)", RUN + 1, RUN + 1)

        works: list[Callable[[], object]] = [
            remove,
            lambda store=store, names=names: store.history.events(names),
            lambda store=store, names=names: store.history.gone_with(names),
        ]
        taken.append([steps(store, work) for work in works])
        store.close()
    for small, large in zip(*taken, strict=True):
        assert large < 2 * (many // few) * (small + 1)


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
    assert store.catalogue.latest() == 20
    store.catalogue.learn([])
