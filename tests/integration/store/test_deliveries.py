"""What was delivered is there once, in the order of arrival, until it is done; and what became of it is told."""

from __future__ import annotations

import json
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from jira_crawler.store import delivery_audit
from jira_crawler.store.database import connect
from jira_crawler.store.deliveries import Deliveries, Delivery
from jira_crawler.store.delivery_audit import Announcement, Backlog, DeliveryAudit, Missed
from jira_crawler.store.store import Store
from tests.servers.postgres import shared

BODY = json.dumps({"text": "ü" * 5_000}).encode() + b"\xff\x00"


def delivery(name: int, *issues: tuple[str, str], site: str = "s", **other: object) -> Delivery:
    made = Delivery(site, f"id:{name}", "jira:issue_updated", name, name * 10, issues or (("1", "A-1"),), body=BODY)
    return replace(made, **other)


@pytest.fixture
def deliveries(store: Store) -> Deliveries:
    return store.deliveries


@pytest.fixture
def audit(store: Store) -> DeliveryAudit:
    return store.delivery_audit


def numbers(deliveries: Deliveries, after: int = 0, limit: int = 100, site: str = "s") -> list[int]:
    return [work.number for work in deliveries.pending(site, after, limit)]


def states(audit: DeliveryAudit) -> dict[int, str]:
    return {each.number: each.state for each in audit.entries(limit=100)}


def test_what_is_delivered_twice_is_there_once(deliveries: Deliveries):
    first = deliveries.receive([delivery(1), delivery(2), delivery(1)])
    assert first[0] is not None
    assert first[1] is not None
    assert first[2] is None
    again = deliveries.receive([delivery(2, ("9", "A-9")), delivery(3), delivery(1, site="other")])
    assert [number is None for number in again] == [True, False, False]
    assert numbers(deliveries) == [first[0], first[1], again[1]]
    assert numbers(deliveries, site="other") == [again[2]]


def test_what_is_to_be_done_comes_in_the_order_of_arrival_part_by_part(deliveries: Deliveries):
    given = deliveries.receive([delivery(n, (str(n), f"A-{n}")) for n in (5, 3, 9, 1)])
    assert given == sorted(given)  # type: ignore[type-var]
    first = deliveries.pending("s", 0, 3)
    assert [work.issues for work in first] == [(("5", "A-5"),), (("3", "A-3"),), (("9", "A-9"),)]
    assert [work.issues for work in deliveries.pending("s", first[-1].number, 3)] == [(("1", "A-1"),)]


def test_a_link_is_about_two_issues_and_a_project_about_none(deliveries: Deliveries):
    ends = (("1", ""), ("2", ""))
    project = replace(delivery(2), event="project_updated", issues=(), refresh=True)
    gone = delivery(3, event="jira:issue_deleted", deleted=True)
    deliveries.receive([delivery(1, *ends), project, gone])
    link, refresh, deleted = deliveries.pending("s", 0, 10)
    assert (link.issues, link.refresh, link.deleted) == (ends, False, False)
    assert (refresh.issues, refresh.refresh, refresh.at) == ((), True, 20)
    assert (deleted.deleted, deleted.event, deleted.received) == (True, "jira:issue_deleted", 3)


def test_each_step_is_noted_with_its_time_and_what_is_stored_is_done(deliveries: Deliveries, audit: DeliveryAudit):
    one, two, three = deliveries.receive([delivery(n) for n in (1, 2, 3)])
    deliveries.fetched([one, two], 100)
    assert numbers(deliveries) == [one, two, three]  # who died after fetching fetches again
    before = deliveries.ready("s")
    deliveries.stored([one, three], 200)
    assert numbers(deliveries) == [two]
    deliveries.tabled(before, 300)  # an update that began before cannot hold it
    assert states(audit)[one] == "stored"
    assert (sorted(deliveries.ready("s")), deliveries.ready("other")) == ([one, three], [])
    deliveries.tabled([*deliveries.ready("s"), two], 300)
    told = {
        each.number: (each.state, each.received, each.fetched, each.stored, each.tabled)
        for each in audit.entries(limit=9)
    }
    assert told == {
        one: ("tabled", 1, 100, 200, 300),
        two: ("fetched", 2, 100, None, None),
        three: ("tabled", 3, 200, 200, 300),
    }


def test_nothing_goes_back(deliveries: Deliveries, audit: DeliveryAudit):
    one, two, three = deliveries.receive([delivery(n) for n in (1, 2, 3)])
    deliveries.stored([one], 10)
    deliveries.failed([two], "it never came")
    deliveries.ignored([three], "KAFKA is not asked for")
    for each in (one, two, three):
        deliveries.fetched([each], 99)
        deliveries.failed([each], "too late")
    deliveries.stored([two, three], 99)
    assert {each.number: (each.state, each.reason, each.fetched) for each in audit.entries(limit=9)} == {
        one: ("stored", "", 10),
        two: ("failed", "it never came", None),
        three: ("ignored", "KAFKA is not asked for", None),
    }
    assert numbers(deliveries) == []


def test_what_is_not_understood_is_kept_and_nothing_is_to_be_done(deliveries: Deliveries, audit: DeliveryAudit):
    (one,) = deliveries.receive([delivery(1, issues=(), reason="it names no issue", headers={"Date": "today"})])
    assert numbers(deliveries) == []
    whole = audit.find(one)
    assert whole
    assert (whole.body, whole.headers, whole.identity) == (BODY, {"Date": "today"}, "id:1")
    assert (whole.entry.state, whole.entry.reason, whole.entry.issues) == ("ignored", "it names no issue", ())
    assert audit.find(one + 1) is None


def test_nothing_is_nothing(deliveries: Deliveries, audit: DeliveryAudit):
    assert deliveries.receive([]) == []
    deliveries.stored([], 1)
    assert (numbers(deliveries), states(audit), audit.last_announced("s", [])) == ([], {}, {})


def test_many_at_once(deliveries: Deliveries, audit: DeliveryAudit):
    many = deliveries.receive([delivery(n, (str(n), ""), (str(n + 1), "")) for n in range(2_500)])
    assert len({*many}) == 2_500
    assert numbers(deliveries, limit=5_000) == sorted(many)  # type: ignore[type-var]
    deliveries.stored([number for number in many if number], 9)
    assert numbers(deliveries, limit=5_000) == []
    assert len(audit.last_announced("s", map(str, range(5_000)))) == 2_501


def test_several_receive_at_once_and_nobody_reads_past_what_comes_later(url: str):
    """A lower number is never committed after a higher one was read: who follows by number misses nothing."""
    stores = [Store(connect(url)) for _ in range(3)]
    done, seen, after = threading.Event(), [], 0

    def receive(part: int) -> None:
        for n in range(40):
            stores[part].deliveries.receive([delivery(part * 1_000 + n)])

    def follow() -> None:
        nonlocal after
        while True:
            last = done.is_set()
            for work in stores[2].deliveries.pending("s", after, 10):
                seen.append(work.number)
                after = work.number
            if last and not stores[2].deliveries.pending("s", after, 1):
                return

    threads = [threading.Thread(target=receive, args=(part,)) for part in (0, 1)]
    follower = threading.Thread(target=follow)
    for thread in (*threads, follower):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    follower.join()
    assert seen == numbers(stores[2].deliveries)
    assert len(seen) == 80
    for store in stores:
        store.close()


# --- what is told of it


def test_whoever_asks_sees_the_last_ones_first_and_chooses(deliveries: Deliveries, audit: DeliveryAudit):
    one, two, three = deliveries.receive([delivery(1), delivery(2), delivery(3, site="other")])
    deliveries.failed([two], "no")
    assert [each.number for each in audit.entries(limit=2)] == [three, two]
    assert [each.number for each in audit.entries(since=2, limit=9)] == [three, two]
    assert [each.number for each in audit.entries(states=("failed",), limit=9)] == [two]
    assert [each.number for each in audit.entries(site="s", limit=9)] == [two, one]


def test_what_was_announced_is_known_by_both_clocks(deliveries: Deliveries, audit: DeliveryAudit):
    deliveries.receive([delivery(5, ("1", "A-1")), delivery(3, ("1", ""), ("2", ""), at=999)])
    deliveries.receive([delivery(4, ("3", ""), at=None), delivery(8, ("1", ""), site="other")])
    assert audit.last_announced("s", ["1", "2", "3", "4"]) == {
        "1": Announcement(5, 999),
        "2": Announcement(3, 999),
        "3": Announcement(4, None),
    }


def test_what_push_missed_is_counted_once_and_listed(audit: DeliveryAudit):
    found = [Missed("s", "1", "A-1", 10, 100), Missed("s", "2", "A-2", 20, 100)]
    assert audit.note_missed(found) == 2
    assert audit.note_missed([found[0]._replace(found=200), found[0]._replace(updated=11, found=200)]) == 1
    assert audit.note_missed([]) == 0
    assert [(each.id, each.updated, each.found) for each in audit.missed(limit=9)] == [
        ("1", 11, 200),
        ("1", 10, 100),
        ("2", 20, 100),
    ]
    assert audit.missed(since=101, limit=9) == [Missed("s", "1", "A-1", 11, 200)]
    assert audit.missed(site="other", limit=9) == []


def test_how_far_behind_each_step_is(deliveries: Deliveries, audit: DeliveryAudit):
    assert audit.backlog("s") == Backlog(0, None, None, None, None)
    given = deliveries.receive([delivery(n) for n in (1, 2, 3, 4, 5)])
    deliveries.receive([delivery(0, site="other")])
    deliveries.stored(given[:1], 9)
    deliveries.fetched(given[1:2], 9)
    deliveries.failed(given[3:4], "no")
    assert audit.backlog("s") == Backlog(3, 3, 2, 1, 5)
    deliveries.tabled(deliveries.ready("s"), 9)
    assert audit.backlog("s") == Backlog(3, 3, 2, 2, 5)


def test_what_is_old_and_done_is_forgotten_and_what_waits_is_not(deliveries: Deliveries, audit: DeliveryAudit):
    one, two, three = deliveries.receive([delivery(n, (str(n), "")) for n in (1, 2, 3)])
    audit.note_missed([Missed("s", "1", "A-1", 1, 1), Missed("s", "1", "A-1", 2, 5)])
    deliveries.stored([one, three], 9)
    assert audit.prune(3) == 1
    assert states(audit) == {two: "received", three: "stored"}
    assert {*audit.last_announced("s", ["1", "2", "3"])} == {"2", "3"}
    assert [each.found for each in audit.missed(limit=9)] == [5]
    assert audit.prune(3) == 0


def test_no_number_comes_twice_whatever_was_forgotten(deliveries: Deliveries, audit: DeliveryAudit):
    (last,) = deliveries.receive([delivery(1)])
    deliveries.stored([last], 1)
    assert audit.prune(10) == 1
    (next_,) = deliveries.receive([delivery(1)])
    assert next_ > last


def test_pruning_takes_all_of_it_in_parts(deliveries: Deliveries, audit: DeliveryAudit, monkeypatch):
    monkeypatch.setattr(delivery_audit, "_PRUNED", 3)
    given = deliveries.receive([delivery(n) for n in range(10)])
    deliveries.stored([number for number in given if number], 9)
    assert audit.prune(100) == 10
    assert states(audit) == {}


def test_an_issue_is_taken_out_with_all_that_names_it(deliveries: Deliveries, audit: DeliveryAudit):
    _, two, _ = deliveries.receive([delivery(1, ("1", "")), delivery(2, ("2", "")), delivery(3, ("2", ""), ("1", ""))])
    (other,) = deliveries.receive([delivery(1, ("1", ""), site="other")])
    audit.note_missed([Missed("s", "1", "A-1", 1, 1), Missed("s", "2", "A-2", 1, 1)])
    assert audit.erase("s", ["1"]) == 2
    assert {*states(audit)} == {two, other}
    assert [each.id for each in audit.missed(limit=9)] == ["2"]
    assert audit.erase("s", ["1"]) == 0


def test_what_quotes_an_issue_is_taken_out_too(deliveries: Deliveries, audit: DeliveryAudit, monkeypatch):
    monkeypatch.setattr(delivery_audit, "_PRUNED", 2)
    bodies = [b'"A-1"', b"see A-1.", b"A-12", b"BA-1", b"B-A-1", b"a link to A-7 there", b"nothing"]
    given = deliveries.receive([delivery(n, ("9", ""), body=body) for n, body in enumerate(bodies)])
    assert audit.erase("s", ["8"], ["A-1", "A-7"]) == 3
    assert sorted(states(audit)) == [number for place, number in enumerate(given) if place not in (0, 1, 5)]


def test_who_can_write_is_told_so(store: Store):
    before = store.identity
    store.delivery_audit.probe()
    assert store.identity == before


def test_on_a_server_whoever_receives_does_not_wait_for_whoever_changes_issues():
    """A merge may hold the right to do so for minutes."""
    url = shared().create()
    one, two = Store(connect(url)), Store(connect(url))
    with one.writer():
        (number,) = two.deliveries.receive([delivery(1)])
        two.deliveries.stored([number], 1)
        two.delivery_audit.probe()
        with one.writer.begin() as connection:  # which it still may: nobody waited until it was given up for dead
            connection.exec_driver_sql("SELECT 1")
    assert states(one.delivery_audit) == {number: "stored"}
    one.close()
    two.close()


def test_a_server_that_cuts_us_off_costs_no_delivery():
    server = shared()
    url = server.create()
    store = Store(connect(url))
    (one,) = store.deliveries.receive([delivery(1)])
    with server.connect(url.rpartition("/")[2]) as other:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    (two,) = store.deliveries.receive([delivery(2)])
    assert numbers(store.deliveries) == [one, two]
    store.close()


def test_only_its_owner_can_read_the_file(tmp_path: Path):
    store = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    store.deliveries.receive([delivery(1)])
    files = sorted(tmp_path.iterdir())
    assert {"store.sqlite", "store.sqlite-wal"} <= {path.name for path in files}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    store.close()


def test_numbers_of_deliveries_do_not_count_as_changes(store: Store):
    store.deliveries.receive([delivery(1)])
    assert store.changes.latest() == 0
