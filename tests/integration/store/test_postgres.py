"""What Postgres does otherwise than SQLite does not show, and a server that goes away comes back in time."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jira_crawler.exceptions import BadArgument
from jira_crawler.items import UNREADABLE
from jira_crawler.store import exclusive_writer, tally
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.servers.postgres import running, shared
from tests.unit.feeds.made import row


@pytest.fixture(scope="module")
def server():
    with running() as server:
        yield server


def test_texts_are_ordered_by_their_bytes_on_both(store):
    ids = ["10", "9", "a", "B", "_", "é", "Z", f"{UNREADABLE}x"]
    store.save([row(1, "text", id=each) for each in ids], {})
    assert [each.id for chunk in store.chunks(3) for each in chunk] == sorted(ids)


def test_a_nul_in_a_text_costs_nothing_but_the_nul(store):
    store.save([row(1, "text", reason="a\x00b", stage="pipelines")], {})
    [reason] = [each["reason"] for each in store.rejects()]
    assert reason.replace("\x00", "\ufffd") == "a\ufffdb"


def test_large_numbers_and_projects_are_counted_alike(store):
    big = 10**18 - 1
    store.save([replace(row(1, "a", created=big, updated=big), number=big), row(2, "b", stage="Score")], {})
    assert store.row("example", "1").number == big
    assert tally.by_project(store.engine) == {"ACME": {"in_feed": 1, "rejected": 1, "examples": 4}}
    assert tally.of_projects(store.engine, ["ACME"])[0] == 1


def test_a_store_knows_itself(url):
    first, second = Store(connect(url)), Store(connect(url))
    assert len(first.identity) == 32
    assert first.identity == second.identity
    first.close()
    second.close()


def test_another_store_is_another(tmp_path):
    stores = [Store(connect(url)) for url in (f"sqlite:///{tmp_path / 'store.sqlite'}", shared().create())]
    assert len({store.identity for store in stores}) == 2
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://postgres:{password}x@127.0.0.1:{port}/postgres", "password authentication failed"),
        ("postgresql+psycopg://postgres:{password}@127.0.0.1:{port}/nowhere", 'database "nowhere" does not exist'),
        ("postgresql+psycopg://postgres:{password}@127.0.0.1:1/postgres", "Connection refused"),
        ("postgresql+psycopg://postgres:{password}@host:{password}/postgres", "it is no URL of a database"),
        ("postgresql+psycopg2://postgres:{password}@127.0.0.1/postgres", r"it is to be sqlite:///… or postgresql\+psy"),
        ("mysql://postgres:{password}@127.0.0.1/postgres", "it is to be sqlite:///…"),
        ("nonsense {password}", "it is no URL"),
    ],
)
def test_a_store_that_cannot_be_opened_is_a_sentence_without_the_password(url, said):
    password = shared().password
    with pytest.raises(BadArgument, match=said) as caught:
        connect(url.format(password=password, port=shared().port))
    assert password not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_several_may_open_an_empty_database_at_once():
    url, failed = shared().create(), []

    def opens() -> None:
        try:
            Store(connect(url)).close()
        except BadArgument as error:
            failed.append(error)

    threads = [threading.Thread(target=opens) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed


def test_one_at_a_time_is_alone():
    url, seen = shared().create(), []
    first, second = Store(connect(url)), Store(connect(url))

    def waits() -> None:
        second.save([row(1, "text")], {})
        seen.append("second")

    thread = threading.Thread(target=waits)
    with first.writer(), first.writer():
        thread.start()
        _until(lambda: _waiting(first))
        first.save([row(2, "text")], {})
        seen.append("first")
    thread.join()
    assert seen == ["first", "second"]
    first.close()
    second.close()


def test_who_holds_the_others_up_loses_the_lock_and_changes_nothing_any_more(monkeypatch):
    monkeypatch.setattr(exclusive_writer, "SILENCE", "1s")
    url = shared().create()
    first, second = Store(connect(url)), Store(connect(url))
    with pytest.raises(DBAPIError), first.writer():
        second.save([row(1, "second")], {})  # waits until the server has lost patience with the first
        first.save([row(1, "first")], {})
    assert second.row("example", "1").version == "v second"
    first.save([row(1, "first")], {})
    assert second.row("example", "1").version == "v first"
    first.close()
    second.close()


@pytest.mark.parametrize("sent", [b"", b"SELECT 1"], ids=["between two", "in the middle of a batch"])
def test_whoever_is_stopped_with_the_lock_holds_nobody_up_for_ever(monkeypatch, sent):
    monkeypatch.setattr(exclusive_writer, "SILENCE", "1s")
    url = shared().create()
    store = Store(connect(url))
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as stopped:
        stopped.execute(f"SELECT pg_advisory_lock({exclusive_writer._KEY})")
        if sent:  # and then nothing that would end the batch
            stopped.pgconn.enter_pipeline_mode()
            stopped.pgconn.send_query_params(sent, [])
            stopped.pgconn.send_flush_request()
            stopped.pgconn.flush()
        store.save([row(1, "text")], {})
        assert store.row("example", "1")
    store.close()


@pytest.mark.parametrize("away", [0.0, 0.5])
def test_a_server_that_was_restarted_is_waited_for(server, away):
    store = Store(connect(server.create()))
    store.save([row(1, "text")], {})
    server.kill()
    back = threading.Timer(away, server.start)
    back.start()
    assert store.row("example", "1")
    store.progress.save("example", "ACME", began=1)
    assert store.progress.of("example", "ACME")
    back.join()
    store.close()


def test_a_server_that_does_not_come_back_is_waited_for_so_long(server, monkeypatch):
    store = Store(connect(server.create()))
    monkeypatch.setattr(exclusive_writer, "PATIENCE", 0.3)
    server.kill()
    began = time.monotonic()
    with pytest.raises(DBAPIError):
        store.row("example", "1")
    assert time.monotonic() - began > 0.3
    server.start()
    store.close()


def test_what_is_wrong_with_the_statement_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr(exclusive_writer, "PATIENCE", 600)
    store = Store(connect(server.create()))
    began = time.monotonic()
    with pytest.raises(DBAPIError):
        store.save(
            [row(1, "text", content="".join(chr(n) for n in range(20_000, 40_000)))], {}
        )  # too long for its index
    assert time.monotonic() - began < 300
    store.close()


def _waiting(store: Store) -> bool:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with store.engine.connect() as connection:
        return bool(connection.execute(text(query)).scalar())


def _until(happens) -> None:
    end = time.monotonic() + 600
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)
