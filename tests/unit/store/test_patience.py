"""How long a server that went away is waited for: by which thread, and as long as somebody says so."""

from __future__ import annotations

from threading import Thread
from types import SimpleNamespace

from jira_crawler.store import exclusive_writer
from jira_crawler.store.exclusive_writer import PATIENCE, Patience


def waited(seconds: float) -> SimpleNamespace:
    return SimpleNamespace(seconds_since_start=seconds)


def test_a_minute_if_nothing_else_is_said():
    patience = Patience()
    assert not patience.is_over(waited(PATIENCE))
    assert patience.is_over(waited(PATIENCE + 1))


def test_for_as_long_as_a_crawl_goes_on():
    patience = Patience()
    patience.lasts()
    assert not patience.is_over(waited(1_000_000))


def test_and_when_it_ends_for_a_while_that_all_threads_share(monkeypatch):
    clock = [1_000.0]
    monkeypatch.setattr(exclusive_writer.time, "monotonic", lambda: clock[0])
    patience = Patience()
    patience.lasts()
    patience.ends(30.0)
    assert patience.is_over(waited(PATIENCE + 1))
    assert not patience.is_over(waited(1))
    clock[0] += 31.0
    assert patience.is_over(waited(0))


def test_a_thread_that_others_wait_for_waits_for_nothing_and_the_others_do():
    patience, said = Patience(), []
    patience.none_here()
    try:
        assert patience.is_over(waited(0))
        other = Thread(target=lambda: said.append(patience.is_over(waited(1))))
        other.start()
        other.join()
        assert said == [False]
    finally:
        patience.none_here(none=False)
    assert not patience.is_over(waited(1))
