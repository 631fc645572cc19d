"""The frontier by itself: the queue, the leases, what is written down of a request, and when two are the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from jira_crawler.frontier.fingerprint import Fingerprinter
from jira_crawler.frontier.leases import Leases
from jira_crawler.frontier.queue import Queue
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from fake_jira import running
from jira_crawler.frontier import FLOOR, LEASE, MARK, wire
from jira_crawler.spiders.jira import Jira
from jira_crawler.trackers.contract import Cursor, Window

FLOORED = ("DEMO", 1_000)


@pytest.fixture(params=["disk", "memory"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    made = Queue(tmp_path if request.param == "disk" else None)
    yield made
    made.close()


def crashed(queue: Queue) -> None:
    """Leaves the folder as a process does that dies: what was not committed is rolled back, and the lock is free."""
    queue._database.rollback()
    queue._database.close()
    os.close(queue._lock)


# --- the queue


def test_the_highest_priority_goes_first_and_of_equals_the_oldest(queue: Queue) -> None:
    for data, priority in ((b"a", 0), (b"b", 10), (b"c", 0), (b"d", 10), (b"e", -1)):
        assert queue.push(data, priority, data, None)
    assert [queue.take()[1] for _ in range(5)] == [b"b", b"d", b"a", b"c", b"e"]
    assert (queue.take(), len(queue), queue.size()) == (None, 0, 5)


def test_a_fingerprint_is_taken_once_even_when_its_request_is_settled(queue: Queue) -> None:
    assert queue.push(b"a", 0, b"same", None)
    id_, _ = queue.take()
    queue.acknowledge([id_], [])
    assert not queue.push(b"a", 0, b"same", None)
    assert queue.push(b"a", 0, None, None)
    assert queue.size() == 1


def test_what_is_put_back_is_the_same_request_as_it_is_now(queue: Queue) -> None:
    queue.push(b"a", 0, b"a", FLOORED)
    queue.push(b"b", 0, b"b", None)
    id_, _ = queue.take()
    queue.put_back(id_, b"a again", -1)
    assert (len(queue), queue.size(), queue.floors()) == (2, 2, {"DEMO": 1_000})
    assert [queue.take()[1] for _ in range(2)] == [b"b", b"a again"]


def test_a_floor_stands_until_its_request_is_acknowledged(queue: Queue) -> None:
    for data, floor in ((b"a", ("DEMO", 5)), (b"b", ("DEMO", 9)), (b"c", ("TOOLS", 7)), (b"d", None)):
        queue.push(data, 0, data, floor)
    leased = [queue.take()[0] for _ in range(4)]
    assert queue.floors() == {"DEMO": 5, "TOOLS": 7}
    queue.acknowledge([leased[0], leased[3]], [(leased[2], "why")])
    assert queue.floors() == {"DEMO": 9, "TOOLS": 7}
    assert (queue.failures(), queue.size()) == (["why"], 2)


def test_what_was_leased_or_failed_waits_when_the_file_is_opened_again(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    for data in (b"waits", b"leased", b"failed", b"done"):
        queue.push(data, {b"waits": -1}.get(data, 0), data, None)
    taken = {data: id_ for id_, data in (queue.take(), queue.take(), queue.take())}
    queue.acknowledge([taken[b"done"]], [(taken[b"failed"], "no answer")])
    queue.save_state({"run": 7, "begun": {"DEMO": {"start": 0}}})
    queue.commit()
    crashed(queue)
    again = Queue(tmp_path)
    assert (len(again), again.failures()) == (3, [])
    assert {again.take()[1] for _ in range(3)} == {b"waits", b"leased", b"failed"}
    assert not again.push(b"done", 0, b"done", None)
    assert again.load_state() == {"run": 7, "begun": {"DEMO": {"start": 0}}}
    again.close()


def test_nothing_is_durable_before_a_commit(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    queue.push(b"kept", 0, b"kept", None)
    queue.commit()
    id_, _ = queue.take()
    queue.acknowledge([id_], [])
    queue.push(b"lost", 0, b"lost", None)
    crashed(queue)
    again = Queue(tmp_path)
    assert (again.take()[1], again.take()) == (b"kept", None)
    assert again.push(b"lost", 0, b"lost", None)
    again.close()


def test_a_cleared_queue_knows_nothing(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "made" / "anew")
    queue.push(b"a", 0, b"a", FLOORED)
    queue.save_state({"run": 7})
    queue.clear()
    queue.close()
    again = Queue(tmp_path / "made" / "anew")
    assert (len(again), again.size(), again.floors(), again.load_state()) == (0, 0, {}, {})
    assert again.push(b"a", 0, b"a", None)
    again.close()


# --- leases


def test_a_lease_is_settled_when_its_callback_and_all_its_items_are_at_their_end() -> None:
    leases = Leases()
    leases.began_item(1)
    leases.began_item(1)
    leases.ended_item(1)
    leases.exhausted(1)
    assert leases.collect() == ([], [])
    leases.ended_item(1)
    assert leases.collect() == ([1], [])
    assert leases.collect() == ([], [])


@pytest.mark.parametrize("gave_up", ["", "no answer"])
def test_items_may_end_before_the_callback_does(gave_up: str) -> None:
    leases = Leases()
    leases.began_item(1)
    leases.ended_item(1)
    assert leases.collect() == ([], [])
    leases.exhausted(1, gave_up)
    assert leases.collect() == (([], [(1, gave_up)]) if gave_up else ([1], []))


def test_one_lease_does_not_wait_for_another() -> None:
    leases = Leases()
    leases.began_item(1)
    leases.exhausted(2)
    leases.ended_item(3)  # of a request that nobody leased
    assert leases.collect() == ([2], [])


# --- what is written down


@pytest.fixture
def spider() -> Jira:
    settings = Settings()
    settings.setmodule("jira_crawler.settings")
    made = Jira.from_crawler(Crawler(Jira, settings), site="http://127.0.0.1:9", projects="DEMO")
    made.state["dialect"] = "server"
    return made


def test_all_that_a_question_carries_comes_back(spider: Jira) -> None:
    asked = spider.next_page(
        Window("DEMO", "status = 'Öffen'", 5, 9), Cursor(since=5, reached=6, recent=(("10", 6),)), "cloud"
    ).replace(priority=10, dont_filter=True)
    asked.meta["max_retry_times"] = 1
    asked.headers.appendlist("X-Twice", "a")
    asked.headers.appendlist("X-Twice", "b")
    back = wire.load(wire.dump(asked), spider)
    for name in ("url", "method", "body", "headers", "meta", "cb_kwargs", "priority", "dont_filter"):
        there, here = getattr(back, name), getattr(asked, name)
        assert listed(there) == listed(here), name
    assert back.callback == spider.page
    assert back.meta[FLOOR] == ["DEMO", 5]
    assert wire.dump(back) == wire.dump(asked)


def test_a_body_comes_back_byte_for_byte(spider: Jira) -> None:
    asked = Request("http://127.0.0.1:9/", method="POST", body=b"\x00\xff{}", callback=spider.page)
    back = wire.load(wire.dump(asked), spider)
    assert (back.method, back.body) == ("POST", b"\x00\xff{}")


@pytest.mark.parametrize("name", ["_private", "__init__", "no_such", "name", ""])
def test_a_callback_that_no_spider_offers_is_refused(spider: Jira, name: str) -> None:
    written = wire.dump(Request("http://127.0.0.1:9/", callback=spider.page)).replace(
        b'"page"', b'"%s"' % name.encode()
    )
    with pytest.raises(ValueError, match="no callback"):
        wire.load(written, spider)


@pytest.mark.parametrize(
    "request_",
    [
        Request("http://127.0.0.1:9/"),
        Request("http://127.0.0.1:9/", callback=lambda response: None),
        Request("http://127.0.0.1:9/", callback=running),
    ],
    ids=["none", "lambda", "nobody's"],
)
def test_what_could_not_be_read_back_is_not_written(request_: Request, spider: Jira) -> None:
    with pytest.raises(ValueError, match="callback"):
        wire.load(wire.dump(request_), spider)


def listed(value: Any) -> Any:
    """Tuples are lists in JSON."""
    if isinstance(value, dict):
        return {name: listed(each) for name, each in value.items()}
    return [listed(each) for each in value] if isinstance(value, list | tuple) else value


# --- when two are the same


def test_a_mark_tells_questions_apart_and_nothing_else_does() -> None:
    same = Fingerprinter(get_crawler(Jira)).fingerprint

    def asked(mark: str = "", **meta: Any) -> bytes:
        return same(Request("http://127.0.0.1:9/?a=1", meta=meta | ({MARK: mark} if mark else {})))

    assert asked("one") == asked("one", **{LEASE: 4})
    assert len({asked(), asked("one"), asked("two")}) == 3
