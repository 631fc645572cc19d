"""A receiver that is killed at any moment has kept all that it answered."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from jira_crawler.serve.receiver import PATH
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.servers.nursery import ROOT
from tests.servers.postgres import shared
from tests.servers.receiving import SITE, event, signed

CONNECTIONS = 20
MOMENTS = (1, 37, 400)  # answers after which it is killed


@contextmanager
def process(url: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Starts a receiver on a store; gives it and its address."""
    command = [sys.executable, "-W", "error", "-m", "tests.servers.receiver_process", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout
            yield started, started.stdout.readline().strip()
        finally:
            started.kill()


async def deliver_until_killed(
    running: subprocess.Popen[str], address: str, numbers: Iterator[int], most: int
) -> set[int]:
    """Delivers over many connections, kills after so many answers, and gives what was answered with 204."""
    answered: set[int] = set()

    async def deliver(client: aiohttp.ClientSession) -> None:
        while running.returncode is None:
            number = next(numbers)
            body = event(number, padding="x" * 2_000)
            try:
                async with client.post(address + PATH, data=body, headers=signed(body)) as answer:
                    assert answer.status == 204
            except aiohttp.ClientError:
                return
            answered.add(number)
            if len(answered) == most:
                running.kill()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        await asyncio.gather(*(deliver(client) for _ in range(CONNECTIONS)))
    return answered


@pytest.mark.parametrize("where", ["sqlite", "postgres"])
def test_what_was_answered_is_kept_whenever_the_receiver_is_killed(where: str, tmp_path: Path):
    url = shared().create() if where == "postgres" else f"sqlite:///{tmp_path / 'store.sqlite'}"
    numbers, answered = count(1), set[int]()
    for most in MOMENTS:
        with process(url) as (running, address):
            found = asyncio.run(deliver_until_killed(running, address, numbers, most))
        assert len(found) >= most
        answered |= found
    store = Store(connect(url))
    kept = [int(work.issues[0][0]) for work in store.deliveries.pending(SITE, 0, 100_000)]
    assert answered - {*kept} == set()
    assert len(kept) == len({*kept})
    store.close()
