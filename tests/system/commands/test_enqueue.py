"""`scrapy enqueue` as a person or a program meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.conftest import command
from tests.servers.redis import RedisServer, running

PASSWORD = "sesame-made-up"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(tmp_path_factory.mktemp("redis"), password=PASSWORD) as server:
        yield server


@pytest.fixture
def told(server):
    """Runs the command with an empty Redis; gives how it ended and what stands in the list."""
    url = server.fresh()

    def run(*arguments: str):
        done = command("enqueue", *arguments, env={"REDIS_URL": url})
        assert "Traceback" not in done.stderr, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        return done, [json.loads(entry) for entry in server.client(url).lrange("jira:start_urls", 0, -1)]

    return run


def test_projects_are_given_with_all_that_is_wished(told):
    wishes = ("-a", "site=https://jira.example.org", "-a", "full=true", "-a", "verify=only", "--priority", "7")
    done, entries = told("kafka", "SPARK,FLINK", *wishes)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Given to the workers: KAFKA, SPARK, FLINK\n", "")
    asked = {"site": "https://jira.example.org", "priority": 7, "full": True, "verify": "only"}
    assert entries == [{"projects": "kafka,SPARK,FLINK"} | asked]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Say which projects"),
        (("KAFKA", "-a", "limit=5"), "A fleet is given site=, full= and verify=, not limit=."),
        (("KAFKA", "--priority", "high"), "argument --priority: 'high' is not a whole number"),
        (("KAFKA;",), "is not a list of project keys"),
        (("KAFKA", "-a", "site=nowhere"), "There is no site 'nowhere'"),
        (("KAFKA", "-a", "verify=perhaps"), "perhaps"),
        (("KAFKA", "--priority", "99999999"), "is not a whole number from -1,000,000 to 1,000,000"),
        (("KAFKA", "-a", "full"), "Invalid -a value, use -a NAME=VALUE"),
        (("KAFKA", "-a", "site=http://[::1"), "is not an http or https URL"),
        (("KAFKA", "-a", "site=\udcff"), "is not text in UTF-8"),
        (("KAFKA", "--ful"), "There is no option --ful"),
    ],
)
def test_what_cannot_be_given_is_said_in_a_sentence(told, arguments, said):
    done, entries = told(*arguments)
    assert (done.returncode, done.stdout, entries) == (2, "", [])
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_wishes_are_read_as_scrapy_crawl_reads_them(told):
    done, entries = told("KAFKA", "-a", "full=yes", "-a", "verify=1")
    assert done.returncode == 0
    assert (entries[0]["full"], entries[0]["verify"]) == (True, "true")


def test_a_wish_that_says_neither_yes_nor_no_is_refused(told):
    done, entries = told("KAFKA", "-a", "full=perhaps")
    assert (done.returncode, entries) == (2, [])


def test_without_a_redis_nothing_is_given():
    for url, said in (("", "REDIS_URL=redis://"), (f"redis://:{PASSWORD}@127.0.0.1:9/0", "No Redis answers")):
        done = command("enqueue", "KAFKA", env={"REDIS_URL": url})
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert PASSWORD not in done.stderr


def test_a_key_of_another_kind_is_said_in_a_sentence(server):
    url = server.fresh()
    server.client(url).set("jira:start_urls", "something else")
    done = command("enqueue", "KAFKA", env={"REDIS_URL": url})
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
