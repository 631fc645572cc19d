"""What a fleet is given to crawl, by whom, and what is told of it."""

from __future__ import annotations

import json

import pytest

from fake_jira import running
from tests.conftest import command, read_lines
from tests.servers import postgres
from tests.system.fleet.workers import until


def told(fleet, *arguments: str):
    """Runs a command beside a fleet."""
    return command(*arguments, env={"REDIS_URL": fleet.redis_url, "STORE_URL": fleet.store_url})


def projects(fleet) -> set[str]:
    """The projects whose merged feeds are there and not empty."""
    return {path.stem for path in fleet.output.glob("*.jsonl") if "." not in path.stem and path.stat().st_size} - {
        "rejects"
    }


def test_workers_wait_empty_handed_and_are_given_projects_by_a_command(workers, sandbox):
    fleet = workers(sandbox)
    for name in ("first", "second"):
        fleet.start(name)
    for name in ("first", "second"):
        until(lambda name=name: "Waiting for work" in fleet.log(name), "both wait")
    assert not sandbox.requests
    done = told(fleet, "enqueue", "DEMO", "tools", "-a", f"site={sandbox.url}")
    assert (done.returncode, done.stdout) == (0, "Given to the workers: DEMO, TOOLS\n"), done.stderr
    fleet.finish()
    assert projects(fleet) == {"DEMO", "TOOLS"}
    report = json.loads((fleet.output / "report.json").read_bytes())
    assert (report["complete"], report["listed"], report["workers"]) == (True, 36, 2)
    assert report["requests"] == len(sandbox.requests)
    assert report["written"] == sum(each["in_feed"] for each in report["dataset"].values())


@pytest.mark.parametrize("form", ["DEMO", "{url}/projects/DEMO", "{url}/browse/DEMO-12"])
def test_a_list_in_redis_is_all_it_takes(workers, redis_server, sandbox, form):
    fleet = workers(sandbox)
    with redis_server.client(fleet.redis_url) as client:
        client.lpush(
            "jira:start_urls", form.format(url=sandbox.url), "not a project", "https://else.example.org/browse/A-1"
        )
        fleet.start("only")
        fleet.finish()
        assert projects(fleet) == {"DEMO"}
        assert client.lrange("jira:start_urls", 0, -1) == ["https://else.example.org/browse/A-1"]
        assert "not a project" in client.hgetall("jira:start_urls:refused")
    shown = told(fleet, "queue", "-a", f"site={sandbox.url}")
    assert "refused: not a project: " in shown.stdout
    assert "not taken up yet: https://else.example.org/browse/A-1" in shown.stdout


def test_what_failed_is_shown_and_can_be_requeued(workers, tmp_path):
    """An issue that the tracker does not give up is in the queue as failed; when it is mended, it comes."""
    with running(issues=24, page_cap=3) as whole:
        key = whole.manifest()["projects"]["DEMO"]["issues"][7]["key"]
    with running(issues=24, page_cap=3, poison=(key,), poison_hard=True) as broken:
        fleet = workers(broken)
        fleet.start("first", projects="DEMO", RETRY_TIMES=1)
        assert fleet.wait("first") == 1
        assert f"INCOMPLETE: {key} cannot be fetched" in fleet.log("first")
        shown = told(fleet, "queue", "-a", f"site={broken.url}").stdout
        assert "failed: DEMO request" in shown
        assert f"{key} cannot be fetched" in shown
        broken.poison.names = set()  # it is mended
        requeued = told(fleet, "queue", "--requeue", "-a", f"site={broken.url}").stdout
        assert "Waiting again: 1 requests" in requeued
        fleet.start("second")
        fleet.finish()
    lines = read_lines(fleet.output / "DEMO.jsonl")
    assert key in {line["metadata"]["issue_key"] for line in lines}
    assert "DEMO" not in told(fleet, "queue", "-a", f"site={broken.url}").stdout


def test_a_project_that_is_not_there_keeps_no_other_from_being_crawled(workers, sandbox):
    fleet = workers(sandbox)
    fleet.start("only", projects="DEMO,NOPE")
    assert fleet.wait("only") == 1
    assert "has no project NOPE" in fleet.log("only")
    assert projects(fleet) == {"DEMO"}


def test_a_worker_that_stays_takes_the_next_job(workers, sandbox):
    fleet = workers(sandbox)
    fleet.start("only", STAY=1)
    told(fleet, "enqueue", "DEMO", "-a", f"site={sandbox.url}")
    until(lambda: fleet.log("only").count("This round of the fleet is complete") == 1, "the first round ends")
    told(fleet, "enqueue", "TOOLS", "-a", f"site={sandbox.url}")
    until(lambda: fleet.log("only").count("This round of the fleet is complete") == 2, "the second round ends")
    until(lambda: projects(fleet) == {"DEMO", "TOOLS"}, "both are merged")


def test_a_second_round_brings_what_changed_only(workers, sandbox):
    fleet = workers(sandbox)
    fleet.start("first", projects="DEMO,TOOLS")
    fleet.finish()
    before = len(sandbox.requests)
    feeds = {path.name: path.read_bytes() for path in fleet.output.glob("[A-Z]*.jsonl")}
    fleet.start("second", projects="DEMO,TOOLS")
    fleet.finish()
    assert len(sandbox.requests) - before < 10
    assert {path.name: path.read_bytes() for path in fleet.output.glob("[A-Z]*.jsonl")} == feeds


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"STORE_URL": ""}, "share a store"),
        ({"STORE_URL": "sqlite:///x"}, "share a store"),
        ({"REDIS_URL": "redis://:sesame@127.0.0.1:9/0"}, "No Redis answers at REDIS_URL"),
        ({"REDIS_URL": "nonsense"}, "REDIS_URL is not redis://HOST:PORT/NUMBER"),
        ({"limit": "5"}, "a fleet crawls whole projects"),
    ],
)
def test_what_a_fleet_cannot_do_is_said_in_a_sentence(workers, sandbox, settings, said):
    fleet = workers(sandbox)
    fleet.start("only", projects="DEMO", **settings)
    assert fleet.wait("only") == 2
    log = fleet.log("only")
    assert said in log
    assert "Traceback" not in log
    assert "sesame" not in log


def test_a_worker_with_another_store_is_refused(workers, sandbox, tmp_path):
    fleet = workers(sandbox)
    fleet.start("first", projects="DEMO")
    fleet.finish()
    fleet.start("second", projects="DEMO", STORE_URL=postgres.shared().create())
    assert fleet.wait("second") in (1, 2)
    assert "another store" in fleet.log("second")
