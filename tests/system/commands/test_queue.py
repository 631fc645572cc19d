"""`scrapy queue` as a person meets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jira_crawler import sites
from tests.conftest import command
from tests.servers.redis import RedisServer, running

URL = "https://jira.example.org"
STEM = f"jira:{sites.find(URL).name}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(server: RedisServer) -> str:
    return server.fresh()


@pytest.fixture
def redis(server, redis_url):
    """A fleet in which A1 waits and has failed, and B2 came to nothing."""
    client = server.client(redis_url)
    client.hset(f"{STEM}:jobs", mapping={"A1": '{"project": "A1", "priority": 3}', "B2": '{"project": "B2"}'})
    client.hset(f"{STEM}:projects", mapping={"1": "A1", "2": "A1"})
    client.hset(f"{STEM}:scores", mapping={"1": "0", "2": "0"})
    client.zadd(f"{STEM}:tasks", {"1": 0})
    client.hset(f"{STEM}:failed", "2", "A1-7 cannot be fetched")
    client.hset(f"{STEM}:incomplete", "B2", "it is not there")
    client.lpush("jira:start_urls", "C3")
    client.hset("jira:start_urls:refused", "???", "it says nothing")
    return client


def told(redis_url: str, *arguments: str):
    done = command("queue", "-a", f"site={URL}", *arguments, env={"REDIS_URL": redis_url})
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_what_there_is_to_do_is_shown(redis, redis_url):
    done = told(redis_url)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split(maxsplit=5) for line in done.stdout.splitlines()]
    assert ["A1", "3", "1", "0", "1"] in rows
    assert ["B2", "0", "0", "0", "0", "it is not there"] in [[part.strip() for part in row] for row in rows]
    for line in (
        "workers: none; lead: none",
        "not taken up yet: C3",
        "refused: ???: it says nothing",
        "failed: A1 request 2: A1-7 cannot be fetched",
    ):
        assert line in done.stdout


def test_what_failed_waits_again(redis, redis_url):
    assert "Waiting again: 0 requests" in told(redis_url, "--requeue", "B2").stdout
    assert redis.hgetall(f"{STEM}:incomplete") == {}
    assert redis.hlen(f"{STEM}:failed") == 1
    assert "Waiting again: 1 requests" in told(redis_url, "--requeue", "a1").stdout
    assert redis.hlen(f"{STEM}:failed") == 0
    assert redis.zcard(f"{STEM}:tasks") == 2


def test_an_empty_redis_is_shown_too(redis_url):
    done = told(redis_url)
    assert done.returncode == 0
    assert "workers: none" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-a", "full=true"), "scrapy queue knows site=, not full=."),
        (("-a", "site=nowhere"), "There is no site 'nowhere'"),
        (("-a", "site"), "Invalid -a value, use -a NAME=VALUE"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(redis_url, arguments, said):
    done = told(redis_url, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_without_a_redis_nothing_is_shown():
    done = told("redis://:sesame-made-up@127.0.0.1:9/0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No Redis answers" in done.stderr
    assert "sesame" not in done.stderr


def test_an_entry_that_is_no_text_is_shown(redis, redis_url):
    redis.lpush("jira:start_urls", b"\xff\x1b[2J")
    done = command("queue", "-a", f"site={URL}", env={"REDIS_URL": redis_url})
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout


def test_a_huge_entry_is_shown_in_part(redis, redis_url):
    redis.lpush("jira:start_urls", "x" * 1_000_000)
    redis.hset("jira:start_urls:refused", "y" * 1_000_000, "it says nothing")
    assert len(told(redis_url).stdout) < 10_000
