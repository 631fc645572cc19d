"""Who follows the changes of a store learns all of them, in the order of the commits, however many write and prune."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from jira_crawler.feeds.dataset import Dataset
from jira_crawler.items import UNREADABLE
from jira_crawler.store.changes import Change, record
from jira_crawler.store.database import connect
from jira_crawler.store.rows import KEPT
from jira_crawler.store.store import Store
from tests.servers.postgres import shared
from tests.unit.feeds.made import NEAR, drop, put, row


def since(store: Store, after: int = 0) -> list[tuple[str, str]]:
    """What has changed behind a number, as (id, kind), in its order."""
    return [(each.id, each.kind) for each in store.changes(after, 10_000)]


def news(store: Store, after: int) -> set[tuple[str, str]]:
    return set(since(store, after))


def written(number: int, content: str = "", **more: object):
    """An issue with lines in a feed."""
    return row(number, content or f"{number}", feed="ACME.jsonl", offset=0, length=1, lines=f"l{number}", **more)


# --- what is noted


def test_each_issue_of_a_commit_is_one_change_that_says_what_became_of_it(store):
    store.save([written(2), row(1, "as it came", stage=KEPT, version=""), row(3, "short", stage="Score")], {})
    assert store.changes(0, 10) == [
        Change(1, "example", "1", "stored"),
        Change(2, "example", "2", "refined"),
        Change(3, "example", "3", "refined"),
    ]
    store.progress.remove("example", "2", "deleted")
    assert store.changes(3, 10) == [Change(4, "example", "2", "gone")]
    assert store.changes(0, 2) == [Change(1, "example", "1", "stored"), Change(3, "example", "3", "refined")]
    assert store.changes.latest() == 4


@pytest.mark.parametrize(
    "same",
    [
        written(1),
        row(1, "text", stage="Score", reason="too short"),
        row(1, "text", stage=KEPT, version=""),
        row(1, "", stage="Validate", reason="why", version="", content="", updated=0),
    ],
    ids=lambda each: each.stage or "written",
)
def test_what_did_not_change_is_no_change(store, same):
    store.save([same], {})
    store.save([replace(same, run=9, fetched_at=9, verified=9)], {"ACME.jsonl": 5})
    assert [change.seq for change in store.changes(0, 10)] == [1]


@pytest.mark.parametrize(
    "other",
    [
        {"version": "edited"},
        {"lines": "made otherwise", "offset": 7},
        {"stage": "Score", "reason": "too short", "feed": None, "offset": None, "length": None, "lines": ""},
        {"stage": KEPT, "version": "", "feed": None, "offset": None, "length": None, "lines": ""},
    ],
    ids=["edited", "made otherwise", "rejected", "stored anew"],
)
def test_what_changed_has_a_new_number_and_leaves_the_old_one(store, other):
    store.save([written(1), written(2)], {})
    store.save([replace(written(1), **other), written(2)], {})
    assert [(each.seq, each.id) for each in store.changes(0, 10)] == [(2, "2"), (3, "1")]


def test_a_reject_for_another_reason_has_changed_and_a_duplicate_of_another_has_not(store):
    store.save([row(1, "a", stage="Score", reason="short"), row(2, "b", stage="Deduplicate", reason="duplicate")], {})
    now = store.changes.latest()
    store.save(
        [row(1, "a", stage="Score", reason="long"), row(2, "b", stage="Deduplicate", reason="duplicate of X")], {}
    )
    assert news(store, now) == {("1", "refined")}


@pytest.mark.parametrize("stage", [KEPT, "Validate"])
def test_what_was_never_read_has_changed_with_its_payload(store, stage):
    unread = row(1, "one", stage=stage, version="")
    store.save([unread], {})
    store.save([replace(unread, payload=b'{"text": "two"}')], {})
    assert since(store) == [("1", "stored" if stage == KEPT else "refined")]
    assert store.changes.latest() == 2


def test_whose_lines_leave_a_feed_for_a_twin_has_changed_and_so_has_who_comes_back(store):
    store.save([written(20, "the same")], {})
    store.save([written(10, "the same")], {})
    assert since(store, 1) == [("10", "refined"), ("20", "refined")]
    assert store.row("example", "20").stage == "Deduplicate"
    now = store.changes.latest()
    store.progress.remove("example", "10", "deleted")
    store.save([written(20, "the same")], {})
    assert news(store, now) == {("10", "gone"), ("20", "refined")}


def test_twins_of_one_commit_are_told_as_they_are_after_it(store):
    store.save([written(20, "the same"), written(10, "the same"), written(30, "the same")], {})
    assert news(store, 0) == {("10", "refined"), ("20", "refined"), ("30", "refined")}
    assert [store.row("example", id_).stage for id_ in ("10", "20", "30")] == ["", "Deduplicate", "Deduplicate"]


def test_an_issue_is_gone_once_and_may_come_back(store):
    store.save([written(1)], {})
    store.progress.remove("example", "1", "deleted")
    store.progress.remove("example", "1", "deleted")
    store.progress.remove("example", "2", "never held")
    assert since(store) == [("1", "gone")]
    assert store.changes.latest() == 2
    store.save([written(1)], {})
    assert since(store) == [("1", "refined")]


def test_the_row_of_what_can_be_read_by_now_is_gone(store):
    store.save([row(1, "", id=f"{UNREADABLE}x", stage="Validate", version="")], {})
    store.forget("example", f"{UNREADABLE}x")
    store.forget("example", f"{UNREADABLE}x")
    assert since(store) == [(f"{UNREADABLE}x", "gone")]
    assert store.changes.latest() == 2


def test_lines_that_are_lost_with_their_feed_are_changes_and_so_are_those_that_are_made_again(store):
    store.save([written(number) for number in range(1, 2_502)] + [row(9_000, "x", stage="Score")], {"ACME.jsonl": 1})
    now = store.changes.latest()
    store.feed_index.forget_lines("ACME.jsonl")
    assert news(store, now) == {(str(number), "refined") for number in range(1, 2_502)}
    now = store.changes.latest()
    store.save([written(1)], {})
    assert since(store, now) == [("1", "refined")]


def test_lines_that_name_another_cluster_have_changed_and_those_that_are_moved_have_not(tmp_path):
    dataset = Dataset(tmp_path)
    for number, words in enumerate(NEAR, 1):
        put(dataset, number, words)
    drop(dataset, 9)
    dataset.commit()
    now = dataset.store.changes.latest()
    assert now == 4
    dataset.judge()
    assert since(dataset.store, now) == [("2", "refined"), ("3", "refined")]
    now = dataset.store.changes.latest()
    dataset.compact()
    dataset.judge()
    dataset.write_rejects()
    assert since(dataset.store, now) == []
    for number, words in enumerate(NEAR, 1):
        put(dataset, number, words, run=2, fetched_at=2)
    drop(dataset, 9, run=2, fetched_at=2)
    dataset.commit()
    assert since(dataset.store, now) == []
    dataset.close()


def test_a_commit_reads_no_more_of_a_large_store_than_it_writes(tmp_path):
    dataset = Dataset(tmp_path)
    asked: list[tuple[str, object]] = []
    event.listen(dataset.store.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    put(dataset, 1, "text")
    dataset.commit()
    of_issues = [(statement, given) for statement, given in asked if "issues" in statement]
    with dataset.store.engine.connect() as connection:
        for statement, given in of_issues:
            one = given[0] if isinstance(given, list) else given
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", one).fetchall()
            ways = [step for *_, step in plan if "issues" in step]
            assert not [way for way in ways if not re.search(r"\((site=\? AND id=\?|content=\?.*)\)", way)], statement
    assert len(of_issues) > 4
    dataset.close()


def test_a_commit_that_fails_has_changed_nothing(store, monkeypatch):
    store.save([written(1)], {})

    def breaks(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(store, "_retire_losers", breaks)
    with pytest.raises(OSError, match="no room"):
        store.save([written(2)], {})
    monkeypatch.undo()
    assert (since(store), store.changes.latest(), store.row("example", "2")) == ([("1", "refined")], 1, None)


# --- who follows


def test_a_position_is_kept_under_its_name_and_never_goes_back(store, url):
    store.save([written(1), written(2), written(3)], {})
    assert store.consumers.position("tables") == 0
    store.consumers.advance("tables", 2)
    store.consumers.advance("search", 1)
    store.consumers.advance("tables", 1)
    again = Store(connect(url))
    assert [again.consumers.position(name) for name in ("tables", "search", "nobody")] == [2, 1, 0]
    again.consumers.forget("tables")
    assert [store.consumers.position(name) for name in ("tables", "search")] == [0, 1]
    again.close()


@pytest.mark.parametrize("seq", [-1, 4])
def test_nobody_has_read_what_is_not_there(store, seq):
    store.save([written(1), written(2), written(3)], {})
    with pytest.raises(ValueError, match=f"there is no change {seq}"):
        store.consumers.advance("tables", seq)
    assert store.consumers.position("tables") == 0


def test_what_the_slowest_has_read_is_pruned(store):
    store.save([written(number) for number in range(1, 6)], {})
    assert [each.seq for each in store.changes(0, 10)] == [1, 2, 3, 4, 5]
    store.consumers.advance("search", 0)
    store.consumers.advance("tables", 4)
    assert [each.seq for each in store.changes(0, 10)] == [1, 2, 3, 4, 5]
    store.consumers.advance("search", 2)
    assert [each.seq for each in store.changes(0, 10)] == [3, 4, 5]
    store.consumers.forget("search")
    assert [each.seq for each in store.changes(0, 10)] == [5]
    store.consumers.forget("tables")
    assert [each.seq for each in store.changes(0, 10)] == [5]


def test_up_to_where_changes_are_pruned_is_known_and_never_goes_back(store, url):
    store.save([written(number) for number in range(1, 6)], {})
    assert store.changes.pruned() == 0
    store.consumers.advance("tables", 4)
    store.consumers.advance("search", 2)  # who comes later than that finds nothing more to hold back
    assert store.changes.pruned() == 4
    store.consumers.advance("search", 5)
    store.consumers.advance("tables", 5)
    store.consumers.forget("search")
    store.consumers.forget("tables")
    again = Store(connect(url))
    assert again.changes.pruned() == 5
    again.close()


def test_who_is_not_heard_of_holds_nothing_back_for_ever(store, monkeypatch):
    clock = [1_000.0]
    monkeypatch.setattr("jira_crawler.store.consumers.time.time", lambda: clock[0])
    store.save([written(number) for number in range(1, 6)], {})
    for name, seq in (("lost", 1), ("slow", 2), ("through", 5)):
        store.consumers.advance(name, seq)
    clock[0] = 2_000.0
    store.consumers.advance("slow", 2)  # it has not come any farther, but it is there
    assert store.consumers.expire(1_000_000) == []
    assert store.consumers.expire(1_500_000) == ["lost"]
    assert [each.seq for each in store.changes(0, 10)] == [3, 4, 5]
    assert [store.consumers.position(name) for name in ("lost", "slow", "through")] == [0, 2, 5]
    clock[0] = 3_000.0
    assert store.consumers.expire(2_500_000) == ["slow"]  # who has read everything was not waited for
    assert (store.changes(0, 10), store.consumers.position("through")) == ([], 5)
    store.save([written(6)], {})
    clock[0] = 4_000.0
    assert store.consumers.expire(3_500_000) == ["through"]
    assert [each.seq for each in store.changes(0, 10)] == [6]  # nobody follows: the last change of each issue stays


def test_however_slow_they_are_or_if_nobody_follows_an_issue_is_kept_once(store):
    for turn in range(20):
        store.save([written(1, version=f"{turn}"), written(2, version=f"{turn}")], {})
        if turn == 10:
            store.consumers.advance("stuck", 0)
    assert [(each.seq, each.id) for each in store.changes(0, 100)] == [(39, "1"), (40, "2")]


def test_a_number_never_comes_twice_whatever_was_pruned_or_closed(store, url):
    store.save([written(1), written(2)], {})
    store.consumers.advance("tables", 2)
    assert store.changes(0, 10) == []
    store.close()
    again = Store(connect(url))
    assert again.changes.latest() == 2
    again.save([written(3)], {})
    assert [each.seq for each in again.changes(0, 10)] == [3]
    again.consumers.forget("tables")
    again.save([written(4)], {})
    assert [each.seq for each in again.changes(0, 10)] == [3, 4]
    again.close()


def follow(store: Store, seen: dict[str, object], dies: random.Random) -> None:
    """Follows as `Consumers` says, and dies now and then before it has noted how far it came."""
    if not (position := store.consumers.position("mirror")):
        store.consumers.advance("mirror", 0)
        position = store.changes.latest()
        seen.clear()
        seen.update({each.id: fact(each) for chunk in store.chunks(3) for each in chunk})
        if dies.random() < 0.3:
            return
        store.consumers.advance("mirror", position)
    while changed := store.changes(position, 3):
        for change in changed:
            now = store.row(change.site, change.id)
            if change.kind == "gone":
                seen.pop(change.id, None)
            elif now:
                seen[change.id] = fact(now)
        position = changed[-1].seq
        if dies.random() < 0.3:
            return
        store.consumers.advance("mirror", position)


def fact(found) -> tuple[object, ...]:
    return found.version, found.stage, found.lines


@pytest.mark.parametrize("seed", range(3))
def test_who_follows_has_what_is_there_whatever_happens(store, seed):
    luck, seen = random.Random(seed), {}
    for turn in range(60):
        match luck.randrange(6):
            case 0:
                store.progress.remove("example", str(luck.randrange(8)), "deleted")
            case 1:
                store.save([row(luck.randrange(8), "x", stage=KEPT, version="", payload=b"%d" % turn)], {})
            case 2:
                store.feed_index.forget_lines("ACME.jsonl")
            case 3:
                store.consumers.advance("other", store.changes.latest())
            case 4:
                follow(store, seen, luck)
            case _:
                ids = luck.sample(range(8), 3)
                store.save([written(n, luck.choice("ab") + str(n % 2), version=f"{turn}") for n in ids], {})
    follow(store, seen, never := random.Random())
    never.random = lambda: 1.0
    follow(store, seen, never)
    assert seen == {each.id: fact(each) for chunk in store.chunks(100) for each in chunk}


# --- many who write


@pytest.fixture
def pair() -> Iterator[tuple[Store, Store]]:
    """Two workers on one Postgres, and two issues in it."""
    url = shared().create()
    first, second = Store(connect(url)), Store(connect(url))
    first.save([written(1), written(2)], {})
    yield first, second
    first.close()
    second.close()


@pytest.mark.parametrize("ends", ["commits", "is taken back"])
def test_who_would_overtake_a_commit_waits_and_gets_the_higher_number(pair, ends):
    first, second = pair
    with first.writer.begin() as connection:
        record(connection, [("example", "1")])
        thread = threading.Thread(target=lambda: second.save([written(3)], {}))
        thread.start()
        until(lambda: waits(first))
        assert first.changes(2, 10) == []  # nobody has come so far, and nobody comes past what is still open
        if ends != "commits":
            connection.rollback()
    thread.join()
    wanted = [Change(3, "example", "1", "refined"), Change(4, "example", "3", "refined")]
    assert first.changes(2, 10) == (wanted if ends == "commits" else [Change(3, "example", "3", "refined")])


def test_no_number_is_committed_below_one_that_was_read_even_without_the_lock_of_commits(pair):
    """Two transactions that try to commit in the other order than they began: the later one cannot."""
    first, second = pair

    def overtakes() -> None:
        with second.engine.begin() as connection:
            record(connection, [("example", "2")])

    with first.engine.begin() as connection:
        record(connection, [("example", "1")])
        thread = threading.Thread(target=overtakes)
        thread.start()
        until(lambda: waits(second))
        assert second.changes(2, 10) == []
    thread.join()
    assert [(each.seq, each.id) for each in second.changes(2, 10)] == [(3, "1"), (4, "2")]


def test_who_reads_while_many_write_misses_nothing():
    url, read, failed = shared().create(), [], []
    reader, done = Store(connect(url)), threading.Event()
    most, turns = 4, 15

    def writes(worker: int) -> None:
        store = Store(connect(url))
        try:
            for turn in range(turns):
                number = worker * 1_000 + turn
                store.save([written(number), written(number + 500)], {}, shared=True)
        except BaseException as error:
            failed.append(error)
        finally:
            store.close()

    def reads() -> None:
        last = False
        while not last:
            last = done.is_set()
            while changed := reader.changes(read[-1].seq if read else 0, 7):
                read.extend(changed)

    threads = [threading.Thread(target=writes, args=(worker,)) for worker in range(most)]
    follower = threading.Thread(target=reads)
    for each in (follower, *threads):
        each.start()
    for each in threads:
        each.join()
    done.set()
    follower.join()
    assert not failed
    assert [each.seq for each in read] == list(range(1, 2 * most * turns + 1))
    assert len({each.id for each in read}) == 2 * most * turns
    reader.close()


def waits(store: Store) -> bool:
    with store.engine.connect() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def until(happens) -> None:
    end = time.monotonic() + 600
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)
