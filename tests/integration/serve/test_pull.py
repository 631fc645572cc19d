"""Whoever trains pulls examples over HTTP: as they stand in the feeds, packed if wanted, and as soon as they come."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import orjson
import pytest
import zstandard

from jira_crawler.feeds.pull import Pull
from jira_crawler.serve.application import STOPPING, Guard, application
from jira_crawler.serve.pull import WAITING, Pulling, PullPages
from jira_crawler.serve.server import Server
from jira_crawler.store.consumers import Consumers
from tests.growing import Growing

TOKEN = "a made-up token of 2026"


class Counted(Pull):
    """Counts the questions to the store."""

    pages = latests = 0

    def page(self, *asked: Any) -> Any:
        self.pages += 1
        return super().page(*asked)

    def latest(self) -> int:
        self.latests += 1
        return super().latest()


class Served:
    def __init__(self, growing: Growing, pull: Counted, pages: PullPages, client: aiohttp.ClientSession, app: Any):
        self.growing, self.source, self.pages, self.client, self.app = growing, pull, pages, client, app

    async def pull(self, **asked: Any) -> tuple[list[Any], Any]:
        async with self.client.get("/pull", params=asked) as answer:
            assert answer.status == 200, await answer.text()
            *lines, last = (await answer.read()).splitlines()
            return list(map(orjson.loads, lines)), orjson.loads(last)

    async def refused(self, **asked: Any) -> tuple[int, str]:
        async with self.client.get("/pull", params=asked) as answer:
            return answer.status, await answer.text()


def serving(folder: Path, test: Callable[[Served], Awaitable[None]], token: str = "", tick: float = 0.02) -> None:
    async def run() -> None:
        growing = Growing(folder)
        pull = Counted.open(folder)
        pages = PullPages(pull, tick)
        app = application([], pages.routes(), guard=Guard(token, "127.0.0.1"))
        server = Server(app, "127.0.0.1", 0)
        await server.start()
        try:
            headers = {"Accept-Encoding": "identity"}
            async with aiohttp.ClientSession(server.url, auto_decompress=False, headers=headers) as client:
                await test(Served(growing, pull, pages, client, app))
        finally:
            await server.stop()
            pull.close()
            growing.close()

    asyncio.run(asyncio.wait_for(run(), 600))


def test_lines_come_as_they_stand_in_the_feed_and_then_what_changed(tmp_path):
    async def test(served: Served) -> None:
        for number in (1, 2, 3):
            served.growing.put(number)
        async with served.client.get("/pull", params={"n": 9}) as answer:
            assert (answer.content_type, answer.headers["Cache-Control"]) == ("application/x-ndjson", "no-store")
            *lines, last = (await answer.read()).splitlines(keepends=True)
        assert b"".join(lines) == (tmp_path / "ACME.jsonl").read_bytes()
        assert set(orjson.loads(last)) == {"cursor", "gone"}
        served.growing.remove(1)
        served.growing.put(2, "another text")
        lines, last = await served.pull(after=orjson.loads(last)["cursor"])
        assert {line["metadata"]["issue_id"] for line in lines} == {"2"}
        assert last["gone"] == ["example-1"]
        assert await served.pull(after=last["cursor"], wait=0) == ([], {"cursor": last["cursor"], "gone": []})

    serving(tmp_path, test)


def test_a_choice_is_kept_to(tmp_path):
    async def test(served: Served) -> None:
        served.growing.put(1, quality=0.9)
        served.growing.put(2, quality=0.2)
        served.growing.put(3, project="OTHER", quality=0.9)
        asked = {"min_quality": "0.7", "tasks": "pretraining,classification", "projects": "acme"}
        lines, last = await served.pull(**asked)
        assert [line["id"] for line in lines] == ["example-1-classification-v", "example-1-pretraining-v"]
        status, said = await served.refused(after=last["cursor"], min_quality="0.5")
        assert (status, "another choice" in said) == (410, True)

    serving(tmp_path, test)


@pytest.mark.parametrize(
    ("accepted", "unpack"), [("zstd, gzip", zstandard.decompress), ("gzip, zstd;q=0", gzip.decompress)]
)
def test_it_is_packed_on_request(tmp_path, accepted, unpack):
    async def test(served: Served) -> None:
        for number in range(20):
            served.growing.put(number)
        async with served.client.get("/pull", headers={"Accept-Encoding": accepted}) as answer:
            assert answer.headers["Content-Encoding"] == accepted.split(",")[0]
            assert answer.headers["Vary"] == "Accept-Encoding"
            packed = await answer.read()
        async with served.client.get("/pull", headers={"Accept-Encoding": "identity"}) as answer:
            assert "Content-Encoding" not in answer.headers
            plain = await answer.read()
        assert unpack(packed) == plain
        assert len(packed) < len(plain) / 4

    serving(tmp_path, test)


def test_who_waits_is_told_when_something_comes_and_all_look_together(tmp_path):
    async def test(served: Served) -> None:
        served.growing.put(1)
        _, last = await served.pull()
        waiting = [asyncio.ensure_future(served.pull(after=last["cursor"])) for _ in range(10)]
        while served.source.pages < 11 or served.pages.pulling < 10:
            await asyncio.sleep(0.01)
        asked, looked = served.source.pages, served.source.latests
        while served.source.latests < looked + 5:
            await asyncio.sleep(0.01)
        assert served.source.pages == asked  # nobody reads anything while nothing comes
        assert not any(each.done() for each in waiting)
        served.growing.put(2)
        for lines, _ in await asyncio.gather(*waiting):
            assert {line["metadata"]["issue_id"] for line in lines} == {"2"}

    serving(tmp_path, test)


def test_who_waits_is_answered_when_the_server_stops_and_when_the_time_is_over(tmp_path):
    async def test(served: Served) -> None:
        served.growing.put(1)
        _, last = await served.pull()
        assert (await served.pull(after=last["cursor"], wait="0.05"))[0] == []
        waiting = asyncio.ensure_future(served.pull(after=last["cursor"], wait=60))
        while not served.pages.pulling:
            await asyncio.sleep(0.01)
        served.app[STOPPING].set()
        assert (await waiting)[0] == []

    serving(tmp_path, test)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"n": "1000000"}, "from 1 to 10,000"),
        ({"n": "0"}, "from 1 to 10,000"),
        ({"n": "-1"}, "from 1 to 10,000"),
        ({"n": "9" * 5_000}, "from 1 to 10,000"),
        ({"n": "٣"}, "from 1 to 10,000"),
        ({"min_quality": "2"}, "from 0 to 1"),
        ({"min_quality": "nan"}, "from 0 to 1"),
        ({"wait": "inf"}, "from 0 to 60"),
        ({"wait": "3600"}, "from 0 to 60"),
        ({"after": "nothing"}, "none that was given out"),
        ({"after": "x" * 4_000}, "none that was given out"),
        ({"tasks": "a b"}, "list of names"),
        ({"projects": "A" * 3_000}, "list of names"),
        ({"consumer": "../tables"}, "consumer"),
        ({"afterwards": "1"}, "nothing called 'afterwards'"),
        ([("n", "1"), ("n", "2")], "given twice"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(tmp_path, asked, said):
    async def test(served: Served) -> None:
        async with served.client.get("/pull", params=asked) as answer:
            told = await answer.text()
        assert (answer.status, told.count("\n")) == (400, 1)
        assert said in told

    serving(tmp_path, test)


def test_a_name_holds_changes_and_is_no_follower_of_our_own(tmp_path):
    async def test(served: Served) -> None:
        store = served.growing.dataset.store
        served.growing.put(1)
        store.consumers.advance("tables", 1)
        _, last = await served.pull(consumer="tables")
        assert (store.consumers.position("tables"), store.consumers.position("pull tables")) == (1, 1)
        served.growing.put(2)
        store.consumers.advance("tables", 2)
        assert len((await served.pull(after=last["cursor"], consumer="tables"))[0]) == 3
        store.consumers.forget("pull tables")
        assert (await served.refused(after=last["cursor"]))[0] == 410

    serving(tmp_path, test)


def test_it_takes_the_token_and_nobody_fills_it(tmp_path):
    async def test(served: Served) -> None:
        assert (await served.refused())[0] == 401
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with served.client.get("/pull", params={"wait": 0}, headers=headers) as answer:
            assert answer.status == 200
        served.pages.pulling = WAITING
        async with served.client.get("/pull", headers=headers) as answer:
            assert answer.status == 503

    serving(tmp_path, test, TOKEN)


def test_a_damaged_feed_is_said_and_the_server_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("jira_crawler.feeds.pull._MOVING", 0.0)

    async def test(served: Served) -> None:
        served.growing.put(1)
        (tmp_path / "ACME.jsonl").write_bytes(b"x")
        status, said = await served.refused()
        assert (status, "ACME.jsonl is damaged at byte 0" in said) == (503, True)
        assert (await served.refused(n=0))[0] == 400

    serving(tmp_path, test)


def test_a_part_of_a_server_opens_the_store_itself_and_forgets_who_never_returns(tmp_path, monkeypatch):
    async def run() -> None:
        growing = Growing(tmp_path)
        growing.put(1)
        consumers = growing.dataset.store.consumers
        consumers.advance("pull lost", 0)
        served = SimpleNamespace(output=tmp_path, store_url="", setting={"CONSUMER_DAYS": 30}.get)
        part = Pulling.of(served)
        monkeypatch.setattr("jira_crawler.feeds.pull.time.time", lambda: 1e11)  # much later
        await part.start()
        while await asyncio.to_thread(there, consumers):
            await asyncio.sleep(0.01)
        waiting = asyncio.ensure_future(part._changed(1, time.monotonic() + 60, asyncio.Event()))
        growing.put(2)
        part.changed()
        assert await waiting
        await part.stop()
        assert (part.trouble, [route.path for route in part.routes()]) == ("", ["/pull"])
        growing.close()

    asyncio.run(asyncio.wait_for(run(), 600))


def there(consumers: Consumers) -> bool:
    with consumers.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM consumers").scalar_one() > 0
