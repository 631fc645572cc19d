"""A lead that is killed at any step: another worker goes on from what is noted, and the result is the same."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from jira_crawler import sites
from tests.system.durability.trial import Nursery
from tests.system.fleet.driver import STEPS
from tests.system.fleet.workers import Workers, assert_same, calm, until


class Scaffold(Nursery):
    """Forks workers, of which those that are named here die at a step, the n-th time that they come by it."""

    driver = "tests.system.fleet.driver"

    def __init__(self) -> None:
        super().__init__()
        self.doomed: dict[str, tuple[str, int]] = {}

    def start(self, arguments: list[str], log: Path, step: str = "", number: int = 0, env: Any = None) -> int:
        return super().start(arguments, log, *self.doomed.pop(log.stem, (step, number)), env)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Scaffold]:
    kept = Scaffold()
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def scene(nursery: Scaffold, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    """A small tracker, and what one process makes of it."""
    with running(issues=24, page_cap=3, seed=7) as sandbox:
        yield sandbox, calm(nursery, sandbox, tmp_path_factory.mktemp("calm"))[0]


def together(fleet: Workers, redis: Any, step: str, number: int) -> None:
    """Lets a worker lead that dies at a step, and another one wait beside it; then gives them work."""
    fleet.nursery.doomed["doomed"] = step, number  # type: ignore[attr-defined]
    fleet.start("doomed")
    until(lambda: "This worker leads" in fleet.log("doomed"), "it leads")
    fleet.start("heir")
    until(lambda: "Waiting for work" in fleet.log("heir"), "the other one waits")
    if number > 1:  # it could take them all
        fleet.signal("heir", signal.SIGSTOP)
    redis.lpush("jira:start_urls", "DEMO,TOOLS")


def bury(fleet: Workers) -> None:
    """Waits until the lead is dead, and lets all that it held run out at once, as it would after a while."""
    pid = fleet.pids["doomed"]
    assert fleet.wait("doomed") == -signal.SIGKILL, fleet.log("doomed")
    fleet.forsake(pid)


@pytest.mark.parametrize(
    ("step", "number"),
    [
        ("push after", 1),  # the first question is asked, and nothing is noted of it
        ("acknowledge before", 9),
        ("last_pass after", 1),
        ("finished after", 1),  # the watermarks are saved
        ("conclude after", 1),  # the round is over
        ("merge before", 1),
    ],
)
def test_a_lead_that_dies_leaves_all_that_the_next_one_needs(workers, redis_server, scene, tmp_path, step, number):
    sandbox, alone = scene
    assert step in STEPS
    fleet = workers(sandbox)
    with redis_server.client(fleet.redis_url) as redis:
        together(fleet, redis, step, number)
        bury(fleet)
        fleet.signal("heir", signal.SIGCONT)
        fleet.finish()
        assert_same(fleet.output, alone)
        left = {key.removeprefix(f"jira:{sites.find(sandbox.url).name}:") for key in redis.keys("jira:*")}
    assert left - {"number", "reports", "workers", "lead"} <= {"outcome", "store"}


def test_a_worker_that_dies_alone_before_the_merge_leaves_it_to_whoever_comes_next(workers, nursery, scene):
    sandbox, alone = scene
    fleet = workers(sandbox)
    nursery.doomed["doomed"] = "merge before", 1
    fleet.start("doomed", projects="DEMO,TOOLS")
    bury(fleet)
    fleet.start("later")
    until((fleet.output / "rejects.jsonl").exists, "the feeds are made")
    assert_same(fleet.output, alone)


@pytest.mark.parametrize(
    "task",
    [
        '{"type": "Request", "url": "x", "callback": "page"}',
        '{"type": "FetchIssue", "project": "DEMO", "dialect": "server", "id": "../../../../wiki"}',
        '{"type": "FetchIssue", "project": "DEMO", "dialect": "of another version", "id": "1"}',
    ],
    ids=["no task", "of another site", "of another dialect"],
)
def test_a_question_that_nobody_can_ask_is_no_end(workers, redis_server, scene, task):
    """A worker of another version may have written it; the others have to come to an end."""
    sandbox, _ = scene
    fleet = workers(sandbox)
    stem = f"jira:{sites.find(sandbox.url).name}"
    with redis_server.client(fleet.redis_url) as redis:
        redis.hset(f"{stem}:data", "0", task)
        redis.hset(f"{stem}:scores", "0", "0")
        redis.zadd(f"{stem}:tasks", {"0": 0})
        fleet.start("only", projects="DEMO", RETRY_TIMES=0)
        assert fleet.wait("only") == 1
    assert "cannot be asked: " in fleet.log("only")


def test_an_entry_that_is_no_text_stops_nobody(workers, redis_server, scene):
    sandbox, _ = scene
    fleet = workers(sandbox)
    with redis_server.client(fleet.redis_url) as redis:
        redis.lpush("jira:start_urls", b"\xff", "https://[::1/browse/A-1")
        fleet.start("only", projects="DEMO")
        assert fleet.wait("only") == 0


def test_a_project_that_failed_keeps_no_other_from_being_complete(workers, nursery, tmp_path):
    with running(issues=24, page_cap=3, seed=7) as whole:
        key = whole.manifest()["projects"]["DEMO"]["issues"][3]["key"]
    with running(issues=24, page_cap=3, seed=7, poison=(key,), poison_hard=True) as broken:
        fleet = workers(broken)
        fleet.start("first", projects="DEMO", RETRY_TIMES=1)
        assert fleet.wait("first") == 1
        fleet.start("second", projects="TOOLS", RETRY_TIMES=1)
        assert fleet.wait("second") == 0, fleet.log("second")
