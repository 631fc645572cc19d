"""Whole crawls of issue pages of an embedded Jira, whatever its markup and however it hides its comments."""

from __future__ import annotations

import json
import re
import signal
from collections import Counter
from dataclasses import replace

import pytest

from fake_jira import running
from fake_jira.faults.switches import read
from tests.conftest import QUICK, Crawled, command
from tests.servers.holding import holding
from tests.system.durability.trial import Nursery


def ids(sandbox) -> set[str]:
    return {facts["id"] for project in sandbox.manifest()["projects"].values() for facts in project["issues"]}


def comments(sandbox) -> int:
    return sum(
        len(each["comments"]) for project in sandbox.manifest()["projects"].values() for each in project["issues"]
    )


def test_every_page_becomes_an_issue_as_rest_would_give_it(crawl):
    """… whatever its markup, and wherever its comments are."""
    other = None
    for pages, page_comments in [("new", "script"), ("old", "dom"), ("new", "ajax")]:
        with running(issues=10, pages=pages, page_comments=page_comments, seed=4) as sandbox:
            other = other or by_task(crawl(sandbox.url, folder="rest"))
            done = crawl(sandbox.url, folder=f"{pages}-{page_comments}", spider="jira_pages")
            assert (done.status, done.report["missing"]) == (0, []), (pages, page_comments)
            assert done.ids == ids(sandbox)
        assert other.total() > 50
        assert by_task(done) == other, (pages, page_comments)


def by_task(done: Crawled) -> Counter[str]:
    return Counter(each["task_type"] for each in done.examples)


@pytest.mark.parametrize("closed", ["401", "403", "login"])
def test_where_rest_is_closed_keys_are_tried_one_after_the_other(crawl, closed):
    with running(issues=9, projects=("DEMO",), rest_closed=closed) as sandbox:
        done = crawl(sandbox.url, spider="jira_pages", projects="DEMO", MISSING_KEYS=5)
        there = {each["id"] for each in sandbox.manifest()["projects"]["DEMO"]["issues"]}
        numbers = [
            int(path.rpartition("-")[2])
            for _, path, _ in sandbox.requests
            if path.startswith("/browse/DEMO-") and "?" not in path
        ]
        last = max(int(each["key"].split("-")[1]) for each in sandbox.manifest()["projects"]["DEMO"]["issues"])
    assert (done.status, done.ids) == (0, there)
    assert len(there) > 3
    assert max(numbers) == last + 5
    assert len(numbers) == len(set(numbers))


def test_a_list_of_keys_is_all_that_is_asked_for(crawl):
    with running(issues=12) as sandbox:
        keys = [each["key"] for each in sandbox.manifest()["projects"]["DEMO"]["issues"][:3]]
        done = crawl(sandbox.url, spider="jira_pages", projects="", keys=",".join(keys).lower())
        assert not [path for _, path, _ in sandbox.requests if "/rest/" in path]
    assert done.status == 0
    assert {each["metadata"]["issue_key"] for each in done.examples} | {each["key"] for each in done.rejects} == set(
        keys
    )


def test_robots_txt_is_obeyed(crawl):
    with running(issues=10, robots="disallow") as sandbox:
        done = crawl(sandbox.url, spider="jira_pages", projects="", keys="DEMO-1")
        assert [path for _, path, _ in sandbox.requests] == ["/robots.txt"]
    assert done.status == 1
    assert "its robots.txt does not want that" in done.out


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("login_form=1", "a login form"),
        ("maintenance=1:200", "a maintenance page"),
        ("half_page=1", "half a page"),
        ("other_markup=1", "not the markup of an issue page"),
    ],
)
def test_a_bad_page_is_a_reject_with_its_reason_and_never_half_an_issue(crawl, fault, said):
    with running(issues=10, faults=(fault,), persistent_faults=True) as sandbox:
        key = sandbox.manifest()["projects"]["DEMO"]["issues"][0]["key"]
        done = crawl(sandbox.url, spider="jira_pages", projects="", keys=key, RETRY_TIMES=1)
    assert (done.status, done.examples) == (1, [])
    assert [each["key"] for each in done.rejects] == [key]
    assert said in done.rejects[0]["reason"]


def test_a_reject_goes_when_its_page_is_read_another_time(crawl):
    with running(issues=10, faults=("maintenance=1:200",), persistent_faults=True) as sandbox:
        key = sandbox.manifest()["projects"]["DEMO"]["issues"][0]["key"]
        bad = crawl(sandbox.url, spider="jira_pages", projects="", keys=key, RETRY_TIMES=1)
        assert [each["key"] for each in bad.rejects] == [key]
        sandbox.application.faults = read([])  # it is mended
        good = crawl(sandbox.url, spider="jira_pages", projects="", keys=key)
    assert (good.status, good.rejects) == (0, [])
    assert {each["metadata"]["issue_key"] for each in good.examples} == {key}


def test_a_key_that_shows_another_issue_with_a_key_of_its_own_is_missed(crawl):
    with running(issues=6) as sandbox:
        one, other = (each["key"] for each in sandbox.manifest()["projects"]["DEMO"]["issues"][:2])
        honest = sandbox.application._answer

        def other_page(ask, fault, credentials):
            wrong = ask.path == f"/browse/{one}"
            return honest(replace(ask, path=f"/browse/{other}") if wrong else ask, fault, credentials)

        sandbox.application._answer = other_page
        done = crawl(sandbox.url, spider="jira_pages", projects="DEMO", browser="never")
    assert done.status == 1
    assert "1 of the keys that the search names led to no issue of their own." in done.out


def test_passing_trouble_passes(crawl):
    faults = ("half_page=0.2", "maintenance=0.1", "error503=0.1:0.1")
    with running(issues=10, faults=faults, seed=2) as sandbox:
        done = crawl(sandbox.url, spider="jira_pages", RETRY_TIMES=8)
        assert (done.status, done.ids) == (0, ids(sandbox))
    assert done.report["retries"] > 0


def test_comments_that_only_a_browser_shows_are_read_in_full(crawl, chromium):
    with running(issues=4, page_comments="browser", seed=2) as sandbox:
        rest = crawl(sandbox.url, folder="rest")
        without = crawl(sandbox.url, folder="without", spider="jira_pages", browser="never")
        done = crawl(sandbox.url, folder="pages", spider="jira_pages", BROWSER_PATH=chromium)
        assert comments(sandbox) > 10
    assert without.status == 1
    assert "they need a browser" in without.out
    assert (done.status, done.report["missing"], done.report["cut"]) == (0, [], {})
    assert len(done.examples) == len(rest.examples) > len(without.examples)


def test_a_browser_opens_every_page_if_told_to_and_a_worn_one_is_replaced(tmp_path, chromium):
    """… behind its last page."""
    with running(issues=3, page_comments="script") as sandbox:
        asked = ["-a", f"site={sandbox.url}", "-a", "projects=DEMO,TOOLS", "-a", "browser=always", "-s", "STATS_DUMP=1"]
        chosen = QUICK | {"OUTPUT_DIR": tmp_path / "output", "STATE_DIR": tmp_path / "state", "BROWSER_PATH": chromium}
        asked += [part for name, value in chosen.items() for part in ("-s", f"{name}={value}")]
        status = (nursery := ShortLived()).wait(
            nursery.start(["crawl", "jira_pages", *asked], tmp_path / "out", "worn", 2, errors=tmp_path / "err")
        )
        log = (tmp_path / "err").read_text()
        assert status == 0, log
        assert Crawled(status, "", log, tmp_path / "output").ids == ids(sandbox)
    assert "Traceback" not in log
    counts = dict(re.findall(r"'playwright/(\w+_count(?:/closed)?)': (\d+)", log))
    assert (counts["page_count"], counts["page_count/closed"], counts["context_count"]) == ("3", "3", "3")
    assert counts["browser_count"] == "2"


class ShortLived(Nursery):
    driver = "tests.system.spiders.short_lived_browser"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"projects": ""}, "Say either which projects or which issues to read"),
        ({"projects": "DEMO", "keys": "DEMO-1"}, "Say either which projects or which issues to read"),
        ({"projects": "", "keys": "DEMO"}, "keys=DEMO is not a list of issue keys"),
        ({"projects": "DEMO", "browser": "maybe"}, "browser=maybe is none of auto, always, never"),
        ({"projects": "DEMO", "browser": "always", "BROWSER_PATH": "/nowhere"}, "BROWSER_PATH=/nowhere is no program"),
    ],
)
def test_wrong_arguments_are_a_sentence(crawl, arguments, said):
    with running(issues=5) as sandbox:
        done = crawl(sandbox.url, spider="jira_pages", **arguments)
        assert not sandbox.requests
    assert done.status in (1, 2)
    assert said in done.log + done.out


def test_a_kill_costs_nothing_with_jobdir(tmp_path):
    """The same command goes on: every issue once, and no page asked for that was settled before."""
    nursery = Nursery()
    try:
        with running(issues=20, seed=6) as sandbox:
            folder = tmp_path / "output"
            settings = QUICK | {"OUTPUT_DIR": folder, "STATE_DIR": tmp_path / "state", "JOBDIR": tmp_path / "job"}
            settings |= {"COMMIT_SECONDS": "0.05", "COMMIT_ISSUES": "3"}
            arguments = ["crawl", "jira_pages", "-a", "projects=DEMO,TOOLS", "-a", f"site={sandbox.url}"]
            arguments += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
            for _ in range(2):
                with holding(sandbox, 15) as held:
                    killed = nursery.start(arguments, tmp_path / "log")
                    held.wait()
                    nursery.signal(killed, signal.SIGKILL)
                    nursery.wait(killed)
            last = nursery.start(arguments, tmp_path / "log")
            assert nursery.wait(last) == 0, (tmp_path / "log").read_text()
            there = ids(sandbox)
            pages = Counter(path for _, path, _ in sandbox.requests if path.startswith("/browse/"))
        lines = [
            json.loads(line) for path in folder.glob("[A-Z]*.jsonl") for line in path.read_text("utf-8").splitlines()
        ]
        rejects = [json.loads(line) for line in (folder / "rejects.jsonl").read_text("utf-8").splitlines()]
        assert {line["metadata"]["issue_id"] for line in lines} | {each["id"] for each in rejects} == there
        assert len({line["id"] for line in lines}) == len(lines)
        assert max(pages.values()) <= 3
    finally:
        nursery.close()


def test_the_command_is_listed():
    assert "jira_pages" in command("list").stdout.split()
