"""Whoever may look is told what changed, until the server ends; and a reader that goes is let go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from jira_crawler.serve.status import Status
from jira_crawler.serve.status_page import PARTS
from jira_crawler.serve.watching import MOST, StatusPages
from tests.servers.looking import later, shown, status

TOKEN = "a made-up token of 2026"


class Looks:
    """A crawl that is as it is said to be, and counts how often it was looked at."""

    def __init__(self) -> None:
        self.now, self.count = status(), 0
        self.pages = StatusPages(self.look, every=0.01)

    async def look(self) -> Status:
        self.count += 1
        return self.now


def serving(test: Callable[[Looks, aiohttp.ClientSession], Awaitable[None]], token: str = "") -> Looks:
    async def run() -> None:
        async with shown(looks.pages, token) as server, aiohttp.ClientSession(server.url) as client:
            await test(looks, client)

    looks = Looks()
    asyncio.run(asyncio.wait_for(run(), 600))
    return looks


async def event(answer: aiohttp.ClientResponse) -> dict[str, str]:
    """Waits for what is sent next, beside the word that it is all the same."""
    while not (line := await answer.content.readline()).startswith(b"data: "):
        assert line in (b"\n", b": the same\n"), line
    return json.loads(line.removeprefix(b"data: "))


def test_the_page_and_the_same_as_json():
    async def test(looks: Looks, client: aiohttp.ClientSession) -> None:
        async with client.get("/") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert "script-src 'sha256-" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cache-Control"] == "no-store"
            assert "made-up, live" in await answer.text()
        async with client.get("/status.json") as answer:
            told = await answer.json()
            assert (told["site"], told["steps"][0]["usual"], told["came"][2]["issues"]) == ("made-up", 1.1, ["DEMO-1"])

    serving(test)


def test_first_all_is_told_and_then_what_is_other_than_before():
    async def test(looks: Looks, client: aiohttp.ClientSession) -> None:
        async with client.get("/events") as answer:
            assert answer.content_type == "text/event-stream"
            assert [*await event(answer)] == [*PARTS]
            looks.now = later(0)
            changed = await event(answer)
            assert [*changed] == ["came"]
            assert "DEMO-77" in changed["came"]

    serving(test)


def test_nobody_looks_where_nobody_is():
    async def test(looks: Looks, client: aiohttp.ClientSession) -> None:
        async with client.get("/events") as answer:
            await event(answer)
            assert looks.pages.watching == 1
        while looks.pages.watching:
            await asyncio.sleep(0.01)
        before = looks.count
        async with client.get("/status.json") as answer:
            assert answer.status == 200
        assert looks.count == before + 1

    serving(test)


def test_who_watches_does_not_keep_the_server_from_ending():
    async def run() -> None:
        looks = Looks()
        async with aiohttp.ClientSession() as client:
            async with shown(looks.pages) as server:
                answer = await client.get(server.url + "/events")
                await event(answer)
            async with answer:
                while await answer.content.readline():
                    pass
                assert answer.content.at_eof()

    asyncio.run(asyncio.wait_for(run(), 10))  # a server lets its last answers take longer


def test_no_more_watch_than_there_is_room_for():
    async def test(looks: Looks, client: aiohttp.ClientSession) -> None:
        looks.pages.watching = MOST
        async with client.get("/events") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        looks.pages.watching = 0

    serving(test)


@pytest.mark.parametrize("path", ["/", "/events", "/status.json"])
def test_only_the_token_opens_it(path):
    async def test(looks: Looks, client: aiohttp.ClientSession) -> None:
        async with client.get(path) as answer:
            assert answer.status == 401
            assert "made-up, live" not in await answer.text()
        async with client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            assert answer.status == 200

    assert serving(test, TOKEN).pages.watching == 0
