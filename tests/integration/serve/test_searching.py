"""Whoever has the token searches over HTTP, without a crawl; what changes is found, what is wrong gets a sentence."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError

from jira_crawler.exceptions import Refused
from jira_crawler.search.run import Keeper, bring_up
from jira_crawler.serve import searching
from jira_crawler.serve.parts import Served, made
from jira_crawler.serve.searching import WAITING, Searching
from jira_crawler.serve.standing import Standing
from tests.servers.archive import LONG, Archive, archive

TOKEN = "a made-up token of 2026"
TAG = "<script>alert(1)</script>"


@asynccontextmanager
async def serving(
    folder: Path, token: str = "", **settings: str
) -> AsyncIterator[tuple[Standing, aiohttp.ClientSession]]:
    served = Served(
        output=folder,
        store_url="",
        setting={"SEARCH": "1", "SEARCH_URL": "", "CONSUMER_DAYS": "30"}.get,
        secret=lambda name: token if name == "LIVE_TOKEN" else "",
        policy=Archive.policy,
    )
    standing = Standing(made(served), "127.0.0.1", 0, served.secret)
    await standing.start()
    try:
        async with aiohttp.ClientSession(standing.url) as client:
            yield standing, client
    finally:
        await standing.stop()


def run(folder: Path, test: Callable[[Any, aiohttp.ClientSession], Awaitable[None]], token: str = "") -> None:
    async def go() -> None:
        async with asyncio.timeout(600), serving(folder, token) as (standing, client):
            await test(standing, client)

    asyncio.run(go())


async def got(client: aiohttp.ClientSession, path: str, **parameters: str) -> tuple[int, Any]:
    async with client.get(path, params=parameters) as answer:
        return answer.status, await answer.json()


async def total(client: aiohttp.ClientSession, question: str) -> int:
    """How many fit; -1 where nobody can tell at the moment."""
    status, told = await got(client, "/search", q=question)
    return int(told["total"]) if status == 200 else -1


async def until(client: aiohttp.ClientSession, question: str, many: int) -> None:
    while await total(client, question) != many:
        await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Iterator[Path]:
    """A folder of 30 issues, whose crawl is over."""
    folder = tmp_path_factory.mktemp("filled") / "output"
    with archive(folder) as kept:
        for number in range(1, 31):
            kept.put(
                number,
                commit=False,
                summary=f"Lease {number} is late {TAG}",
                description=f"{LONG * 2} {TAG} {number}",
                status="Open" if number % 3 else "In Progress",
                labels=[TAG, "restart"],
            )
        kept.dataset.commit()
        kept.dataset.judge()
    bring_up(kept.place)
    yield folder


def test_hits_with_all_that_is_known_of_them(filled):
    async def test(_: Any, client: aiohttp.ClientSession) -> None:
        status, told = await got(client, "/search", q="title:lease AND status:open", n="2", fold="0", min_quality="0.1")
        assert (status, told["total"], len(told["hits"]), told["more"]) == (200, 20, 2, True)
        hit = told["hits"][0]
        assert hit["issue_key"].startswith("ACME-")
        assert hit["url"] == f"https://jira.example.org/browse/{hit['issue_key']}"
        assert 0.1 <= hit["quality"] <= 1
        assert hit["quality_reasons"]["language"] == 1
        assert hit["seen"] == "2026-09-21T14:13:20.000Z"
        assert "<mark>Lease</mark>" in hit["title_marked"]
        assert TAG in hit["title"]
        assert "<script" not in hit["snippet"] + hit["title_marked"]
        assert told["facets"]["status"] == {"Open": 20}
        assert "texts" not in hit
        seen = [each["issue_key"] for each in told["hits"]]
        for offset in range(2, 20, 2):
            _, told = await got(client, "/search", q="title:lease AND status:open", n="2", fold="0", offset=str(offset))
            seen += [each["issue_key"] for each in told["hits"]]
        assert len(set(seen)) == 20
        assert told["more"] is False

    run(filled, test)


def test_near_duplicates_and_what_is_similar(filled):
    async def test(_: Any, client: aiohttp.ClientSession) -> None:
        _, told = await got(client, "/search", q="lease")
        assert told["total"] == 30
        assert len(told["hits"]) < 30
        assert sum(len(hit["near_duplicates"]) for hit in told["hits"]) > 0
        status, told = await got(client, "/similar/ACME-7", n="3")
        assert (status, len(told["hits"])) == (200, 3)
        assert all(0.2 <= hit["similarity"] <= 1 for hit in told["hits"])
        assert "ACME-7" not in [hit["issue_key"] for hit in told["hits"]]

    run(filled, test)


@pytest.mark.parametrize(
    ("path", "parameters", "status", "said"),
    [
        ("/search", {}, 400, "it is empty"),
        ("/search", {"q": "  "}, 400, "it is empty"),
        ("/search", {"q": "nothing:here"}, 400, "there is no field 'nothing'"),
        ("/search", {"q": "(a"}, 400, "a parenthesis is open"),
        ("/search", {"q": "x" * 5_000}, 400, "goes on behind the 1,000 characters"),
        ("/search", {"q": "a", "n": "1000000"}, 400, "n=1000000 is not a whole number from 1 to 100"),
        ("/search", {"q": "a", "n": "0"}, 400, "n=0 is not"),
        ("/search", {"q": "a", "offset": "999"}, 400, "Only the first 1,000 hits"),
        ("/search", {"q": "a", "min_quality": "nan"}, 400, "min_quality=nan is not a number from 0 to 1"),
        ("/search", {"q": "a", "fold": "maybe"}, 400, "fold=maybe is not"),
        ("/search", {"q": "a", "limit": "5"}, 400, "There is no parameter limit; there are q,"),
        ("/similar/ACME-999", {}, 404, "There is no issue ACME-999 here."),
        ("/similar/ACME-7", {"site": "other"}, 404, "There is no issue ACME-7 here of other."),
        ("/similar/ACME-7", {"n": "-1"}, 400, "n=-1 is not"),
        ("/similar/%3Cscript%3E", {}, 404, "There is no issue <script> here."),
    ],
)
def test_what_is_wrong_gets_a_sentence(filled, path, parameters, status, said):
    async def test(_: Any, client: aiohttp.ClientSession) -> None:
        answered, told = await got(client, path, **parameters)
        assert answered == status
        assert said in told["error"]
        assert ("at" in told) == ("cannot be read" in told["error"])

    run(filled, test)


def test_a_parameter_is_given_once_and_a_question_of_100_kb_is_none(filled):
    async def test(_: Any, client: aiohttp.ClientSession) -> None:
        async with client.get("/search?q=a&q=b") as answer:
            assert (answer.status, (await answer.json())["error"]) == (400, "q was given 2 times.")
        async with client.get(f"/search?q={'x' * 100_000}") as answer:
            assert answer.status == 400
            assert await answer.text() == "This is no request.\n"
        async with client.post("/search", data=b"x") as answer:
            assert answer.status == 405

    run(filled, test)


def test_only_the_token_opens_it(filled):
    async def test(_: Any, client: aiohttp.ClientSession) -> None:
        for path in ("/search?q=lease", "/similar/ACME-7", "/find?q=lease", "/"):
            async with client.get(path) as answer:
                assert answer.status == 401
                assert "Lease" not in await answer.text()
        async with client.get("/healthz") as answer:
            assert await answer.text() == "ok\n"
        async with client.get("/readyz") as answer:
            assert answer.status == 200
            assert (await answer.json())["problems"] == []
        async with client.get("/search?q=lease", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            assert answer.status == 200

    run(filled, test, TOKEN)


def test_the_page_for_people(filled):
    async def test(_: Any, client: aiohttp.ClientSession) -> None:
        async with client.get("/") as answer:
            assert (answer.status, str(answer.url.path)) == (200, "/find")
            assert "script-src" not in answer.headers["Content-Security-Policy"]
            assert 'role="search"' in await answer.text()
        async with client.get("/find", params={"q": f'lease "{TAG}"', "page": "1"}) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert "<script" not in text
            assert "<mark>Lease</mark>" in text
        async with client.get("/find", params={"q": "a AND"}) as answer:
            assert answer.status == 400
            assert "something is missing behind this" in await answer.text()
        async with client.get("/find", params={"q": "a", "min_quality": "much"}) as answer:
            assert answer.status == 400
            assert "min_quality=much is not a number" in await answer.text()

    run(filled, test)


def test_what_is_committed_by_another_process_is_found(tmp_path):
    with archive(tmp_path / "output") as kept:
        kept.put(1, summary="Lease")

        async def test(_: Any, client: aiohttp.ClientSession) -> None:
            await until(client, "title:lease", 1)
            kept.put(2, summary="Another lease")
            await until(client, "title:lease", 2)
            kept.remove(1)
            await until(client, "title:lease", 1)
            kept.put(2, summary="Renamed")
            await until(client, "title:lease", 0)

        run(kept.folder, test)


def test_an_index_that_is_damaged_while_it_is_served_is_made_anew(tmp_path, caplog):
    with archive(tmp_path / "output") as kept:
        kept.put(1, summary="Lease")
        folder = kept.folder / "search"

        async def test(_: Any, client: aiohttp.ClientSession) -> None:
            await until(client, "title:lease", 1)
            for path in folder.glob("index-*/*.*"):
                if not path.name.startswith(".") and path.suffix != ".json":
                    broken = path.with_suffix(".broken")
                    broken.write_bytes(path.read_bytes()[:-9])
                    broken.replace(path)  # what is open stays as it was
            kept.put(2, summary="Another lease")
            await until(client, "title:lease", 2)
            (folder / "state.json").write_bytes(b"{}")
            kept.put(3, summary="A third lease")
            await until(client, "title:lease", 3)

        with caplog.at_level(logging.INFO):
            run(kept.folder, test)
        assert "documents were put in" in caplog.text


def test_who_cannot_write_the_index_answers_with_what_another_one_keeps(tmp_path):
    with archive(tmp_path / "output") as kept:
        kept.put(1, summary="Lease")
        keeper = Keeper(kept.place, kept.dataset.store)
        keeper.up()

        async def test(_: Any, client: aiohttp.ClientSession) -> None:
            await until(client, "title:lease", 1)
            kept.put(2, summary="Lease, too")
            await asyncio.to_thread(keeper.up)
            await until(client, "title:lease", 2)
            async with client.get("/readyz") as answer:
                assert answer.status == 200  # somebody keeps it current
            await asyncio.to_thread(keeper.close)
            kept.put(3, summary="Lease once more")
            await until(client, "title:lease", 3)

        run(kept.folder, test)


def test_a_store_that_breaks_is_said_and_tried_again(filled, monkeypatch, caplog):
    real, broken = Keeper.up, [True]

    def up(self: Keeper, **named: Any) -> Any:
        if broken[0]:
            raise OperationalError("SELECT", {}, Exception("disk I/O error"))
        return real(self, **named)

    monkeypatch.setattr(Keeper, "up", up)

    async def test(standing: Standing, client: aiohttp.ClientSession) -> None:
        async def problems() -> list[str]:
            async with client.get("/readyz") as answer:
                return list((await answer.json())["problems"])

        while await problems() != ["Search is not kept current."]:
            await asyncio.sleep(0.01)
        assert await total(client, "title:lease") == 30
        async with client.get("/find?q=lease") as answer:
            assert "The index is not brought up: disk I/O error" in await answer.text()
        broken[0] = False
        for part in standing.parts:
            part.changed()
        while await problems():
            await asyncio.sleep(0.01)

    run(filled, test)
    assert caplog.text.count("The index is not brought up") == 1


def test_examples_are_pulled_from_the_same_server(filled):
    async def test(standing: Standing, client: aiohttp.ClientSession) -> None:
        async with client.get("/pull", params={"n": "10000"}) as answer:
            *examples, last = (await answer.read()).splitlines(keepends=True)
        assert answer.status == 200
        assert json.loads(last)["gone"] == []
        feeds = {path.name: path.read_bytes() for path in filled.glob("*.jsonl") if path.stem != "rejects"}
        assert all(any(line in feed for feed in feeds.values()) for line in examples)
        assert len({json.loads(line)["id"] for line in examples}) == len(examples) > 6

    run(filled, test)


def test_no_more_wait_than_there_is_room_for(filled):
    async def test(standing: Standing, client: aiohttp.ClientSession) -> None:
        (part,) = (part for part in standing.parts if isinstance(part, Searching))
        part._waiting = WAITING
        status, told = await got(client, "/search", q="lease")
        assert (status, told["error"]) == (503, "Too many ask at once: ask again in a moment.")
        part._waiting = 0
        answers = await asyncio.gather(*(got(client, "/search", q=f"lease {number}") for number in range(30)))
        assert {status for status, _ in answers} == {200}

    run(filled, test)


def test_without_the_package_or_with_search_switched_off_nothing_is_served(filled, monkeypatch, caplog):
    served = {"output": filled, "store_url": "", "secret": lambda _: "", "policy": Archive.policy}
    alone = ("jira_crawler.serve.searching.Searching",)
    assert made(Served(setting={"SEARCH": "0", "CONSUMER_DAYS": "30"}.get, **served), alone) == []
    assert caplog.text == ""
    monkeypatch.setattr("jira_crawler.search.run.find_spec", lambda _: None)
    assert made(Served(setting={"SEARCH": True, "SEARCH_URL": "", "CONSUMER_DAYS": "30"}.get, **served), alone) == []
    assert "pip install 'jira-crawler[search]'" in caplog.text
    with pytest.raises(Refused, match="SEARCH_URL"):
        Searching.of(Served(setting={"SEARCH": True, "SEARCH_URL": "https://a:b@c"}.get, **served))
    assert searching.EVERY < 2
