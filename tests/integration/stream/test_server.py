"""A server gives the same as its folder, also one that is away for a while, and is told apart from one that is none."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice
from pathlib import Path

import pytest

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds.pull import Pull
from jira_crawler.serve.application import Guard, application
from jira_crawler.serve.pull import PullPages
from jira_crawler.serve.server import Server
from jira_crawler.stream import Samples, version
from tests.growing import Growing
from tests.servers import ports

TOKEN = "a made-up token of 2026"


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Growing]:
    made = Growing(tmp_path / "output")
    for number in range(1, 31):
        made.put(number, f"The text of {number}.", quality=number / 30, commit=number == 30)
    yield made
    made.close()


@contextmanager
def served(folder: Path, port: int = 0, token: str = TOKEN) -> Iterator[str]:
    """Answers in a thread, on a loop of its own."""
    loop = asyncio.new_event_loop()
    pull = Pull.open(folder)

    async def start() -> Server:
        app = application([], PullPages(pull, 0.02).routes(), guard=Guard(token, "127.0.0.1"))
        server = Server(app, "127.0.0.1", port)
        await server.start()
        return server

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(start(), loop).result(600)
        yield server.url
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(600)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        pull.close()


def ids(examples: object) -> list[str]:
    return [each["id"] for each in examples]  # type: ignore[attr-defined]


def test_a_server_gives_the_same_in_the_same_order_as_its_folder(growing):
    with served(growing.folder) as url:
        for chosen in ({"split": None, "min_quality": 0.5, "tasks": ["pretraining"]}, {"shares": (50, 25, 25)}):
            folder = ids(Samples(growing.folder, **chosen))
            assert folder and ids(Samples(url, token=TOKEN, **chosen)) == folder


def test_who_follows_a_server_is_told_what_comes_edits_and_what_is_gone(growing):
    with served(growing.folder) as url:
        samples = Samples(url, token=TOKEN, split=None, follow=True, refresh=0.0)
        iterator = iter(samples)
        list(islice(iterator, 90))
        got: list[tuple[str, str]] = []
        reader = threading.Thread(target=lambda: got.extend((e["id"], version(e)) for e in islice(iterator, 6)))
        reader.start()  # nothing is there for it: it waits
        growing.put(31)
        growing.put(2, "edited")
        reader.join(600)
        assert not reader.is_alive()
        assert Counter(id_.split("-")[1] for id_, _ in got) == {"31": 3, "2": 3}


def test_a_server_that_is_away_is_waited_for(growing):
    port = ports.free()
    given: list[str] = []
    reader = threading.Thread(
        target=lambda: given.extend(ids(Samples(f"http://127.0.0.1:{port}", token=TOKEN, split=None)))
    )
    reader.start()
    with served(growing.folder, port):
        reader.join(600)
    assert len(given) == 90


def test_one_that_stays_away_is_said(tmp_path):
    port = ports.free()
    with pytest.raises(Refused, match=r"does not answer: .*refused"):
        list(Samples(f"http://127.0.0.1:{port}", patience=0.0))


def test_a_wrong_token_is_said_and_not_repeated(growing):
    with served(growing.folder) as url, pytest.raises(BadArgument, match="refuses: It takes the token"):
        list(Samples(url, token="another made-up token"))


@pytest.mark.parametrize("url", ["http://", "http://host:port", "http://user:word@host", "http://host/?a=b"])
def test_what_is_no_address_is_said_without_a_password(url):
    with pytest.raises(BadArgument, match="is no address of a server") as said:
        list(Samples(url))
    assert "word" not in str(said.value)


class Strange(BaseHTTPRequestHandler):
    """Answers what its server was told to."""

    def do_GET(self) -> None:
        status, body, headers = self.server.says  # type: ignore[attr-defined]
        self.server.asked.append((self.path, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def strange(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    with HTTPServer(("127.0.0.1", 0), Strange) as server:
        server.says, server.asked = (status, body, headers), []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", server.asked  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"id": "cut off here', "does not answer"),
        (200, b"", "does not answer"),
        (200, b"<html>a proxy</html>\n", "does not answer"),
        (200, b'{"id": "1"}\n{"cursor": "x", "gone": []}\n', "no example"),
        (200, b'[1]\n{"cursor": "x", "gone": []}\n', "no example"),
        (404, b"nothing here\x1b[2J", "refuses: nothing here"),
        (500, b"oh", "does not answer: status 500: oh"),
    ],
)
def test_what_is_no_answer_is_said_and_is_no_example(status, body, said):
    with strange(status, body) as (url, _), pytest.raises(Refused, match=said) as raised:
        list(Samples(url, patience=0.0))
    assert "\x1b" not in str(raised.value)


def test_nobody_is_followed_elsewhere_with_a_token():
    with strange(200, b"") as (elsewhere, asked):
        with strange(302, b"", Location=f"{elsewhere}/pull") as (url, _), pytest.raises(Refused):
            list(Samples(url, token=TOKEN, patience=0.0))
        assert asked == []


def test_what_is_packed_wrongly_is_no_answer():
    packed = strange(200, b"\x28\xb5\x2f\xfd" + b"x" * 50, **{"Content-Encoding": "zstd"})
    with packed as (url, _), pytest.raises(Refused, match="does not answer"):
        list(Samples(url, patience=0.0))
