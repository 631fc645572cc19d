"""What is served beside webhooks: health for everybody, the rest for whoever has the token, and nothing by accident."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from jira_crawler.serve.application import STOPPING, Guard, application
from jira_crawler.serve.health import Health, HealthPages
from jira_crawler.serve.server import Server

TOKEN = "a made-up token of 2026"
WELL = Health(now=100, began=0, receiving=True, polled=90, poll_seconds=60, configuration={"LIVE_PORT": 8090})
ILL = Health(now=100, began=0, receiving=True, trouble="disk full in /a/secret/folder", configuration={"a": 1})
Ask = Callable[..., Awaitable[aiohttp.ClientResponse]]


def serve(test: Callable[[Ask, Server], Awaitable[None]], token: str = TOKEN, health: Health = WELL) -> None:
    async def look() -> Health:
        return health

    async def fail(_request: web.Request) -> web.Response:
        raise RuntimeError("a secret of the program")

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="hello", headers={"Content-Security-Policy": "default-src 'self'"})

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"begun")
        await request.app[STOPPING].wait()
        await response.write(b" ended")
        return response

    async def run() -> None:
        guard = Guard(token, "127.0.0.1")
        guarded = [web.get("/", page), web.get("/fail", fail), web.get("/stream", stream)]
        server = Server(application(HealthPages(look, guard).routes(), guarded, guard=guard), "127.0.0.1", 0)
        await server.start()
        async with aiohttp.ClientSession() as client:

            async def ask(path: str, authorization: str = f"Bearer {TOKEN}", **headers: str) -> aiohttp.ClientResponse:
                given = headers | ({"Authorization": authorization} if authorization else {})
                return await client.get(server.url + path, headers=given)

            try:
                await test(ask, server)
            finally:
                await server.stop()

    asyncio.run(run())


def test_without_the_token_nobody_learns_what_there_is():
    async def test(ask: Ask, _server: Server) -> None:
        for path in ("/", "/fail", "/stream", "/nothing", "/healthz/", "//healthz", "/webhooks", "/%68ealthz/x"):
            for authorization in ("", "Bearer wrong", f"Basic {TOKEN}"):
                answer = await ask(path, authorization)
                assert (answer.status, await answer.text()) == (401, "It takes the token in LIVE_TOKEN.\n"), path
                assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert await (await ask("/")).text() == "hello"
        assert (await ask("/nothing")).status == 404

    serve(test)


def test_health_is_for_everybody_and_how_it_is_set_up_is_not():
    async def test(ask: Ask, _server: Server) -> None:
        assert await (await ask("/healthz", "")).text() == "ok\n"
        ready = await ask("/readyz", "")
        assert (ready.status, (await ready.json())["ready"]) == (200, True)
        anybody, somebody = await ask("/webhooks/jira/health", ""), await ask("/webhooks/jira/health")
        assert (anybody.status, (await anybody.json())["status"]) == (200, "ok")
        assert "configuration" not in await anybody.json()
        assert (await somebody.json())["configuration"] == {"LIVE_PORT": 8090}

    serve(test)


def test_what_is_not_well_is_said_and_to_everybody_only_as_much_as_they_need():
    async def test(ask: Ask, _server: Server) -> None:
        ready, anybody, somebody = (
            await ask("/readyz", ""),
            await ask("/webhooks/jira/health", ""),
            await ask("/webhooks/jira/health"),
        )
        assert [each.status for each in (ready, anybody, somebody)] == [503] * 3
        assert (await ready.json())["problems"] == ["The store cannot be written."]
        assert "secret" not in await ready.text() + await anybody.text()
        assert (await somebody.json())["trouble"] == ILL.trouble
        assert (await ask("/healthz", "")).status == 200

    serve(test, health=ILL)


def test_without_a_token_only_who_names_this_machine_is_let_in():
    async def test(ask: Ask, _server: Server) -> None:
        assert (await ask("/", "")).status == 200
        elsewhere = await ask("/", "", Host="rebound.example.org")
        assert (elsewhere.status, await elsewhere.text()) == (
            403,
            "Only this machine may see it, unless there is a LIVE_TOKEN.\n",
        )
        assert (await ask("/healthz", "", Host="rebound.example.org")).status == 200

    serve(test, token="")


def test_what_fails_says_nothing_of_the_program_but_to_its_log(caplog: pytest.LogCaptureFixture):
    async def test(ask: Ask, _server: Server) -> None:
        answer = await ask("/fail", Accept="text/html")
        text = await answer.text()
        assert (answer.status, text) == (500, "Something went wrong here; the log says what.\n")

    serve(test)
    assert "A request to /fail failed" in caplog.text
    assert "a secret of the program" in caplog.text


def test_each_answer_is_dressed_and_names_no_server():
    async def test(ask: Ask, _server: Server) -> None:
        for path, authorization in (
            ("/", f"Bearer {TOKEN}"),
            ("/", ""),
            ("/healthz", ""),
            ("/fail", f"Bearer {TOKEN}"),
        ):
            headers = (await ask(path, authorization)).headers
            assert "Server" not in headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "no-store"
        assert (await ask("/healthz")).headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert (await ask("/")).headers["Content-Security-Policy"] == "default-src 'self'"  # its own stays

    serve(test)


@pytest.mark.parametrize(
    "sent",
    [
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    ],
)
def test_who_sends_what_is_no_request_learns_nothing(sent: bytes, caplog: pytest.LogCaptureFixture):
    async def test(_ask: Ask, server: Server) -> None:
        host, port = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        assert answer.split()[1] == b"400"
        assert answer.endswith(b"\r\n\r\nThis is no request.\n")
        assert b"aiohttp" not in answer
        assert b"Python" not in answer

    serve(test)
    assert caplog.text == ""


def test_what_never_ends_ends_with_the_server():
    async def test(ask: Ask, server: Server) -> None:
        answer = await ask("/stream")
        assert await answer.content.readexactly(5) == b"begun"
        stopping = asyncio.create_task(server.stop())
        assert await answer.content.read() == b" ended"
        await stopping

    serve(test)
