"""Whoever asks whether the store can be written is answered, however long the store takes, and by one thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from jira_crawler.extensions import store_probe as module
from jira_crawler.extensions.store_probe import NOTHING, StoreProbe
from jira_crawler.store.delivery_audit import Backlog

WELL = Backlog(waiting=2, fetch=1, store=1, tables=1, last=5)
URL = "postgresql+psycopg://jira:sesame@db.example.org/jira"


def probing(probe: Callable[[], None]) -> StoreProbe:
    audit: Any = SimpleNamespace(probe=probe, backlog=lambda site: WELL)
    return StoreProbe(lambda: audit, "made-up", URL)


def test_a_store_that_answers_says_what_waits() -> None:
    assert asyncio.run(probing(lambda: None).ask()) == ("", WELL)


def test_one_that_refuses_says_why_and_never_its_password() -> None:
    def refuse() -> None:
        raise OperationalError("UPDATE", {}, Exception("no way to sesame\nand more"))

    assert asyncio.run(probing(refuse).ask()) == ("no way to ***", NOTHING)


def test_one_that_says_nothing_is_asked_once_however_many_want_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT", 0.01)
    asked, let = [], threading.Event()

    def hang() -> None:
        asked.append(threading.get_ident())
        let.wait()

    async def run() -> None:
        probe = probing(hang)
        for _ in range(3):
            assert await probe.ask() == ("it does not answer", NOTHING)
        assert len(asked) == 1
        let.set()
        while (found := await probe.ask())[0]:
            pass
        assert found == ("", WELL)
        let.clear()
        assert await probe.ask() == ("it does not answer", WELL)  # as far as is known
        let.set()
        assert len(set(asked)) == 1
        probe.close()

    asyncio.run(run())
