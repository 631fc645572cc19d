"""A step that somebody adds by the setting alone is run by whatever refines; one taken out is out everywhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_jira import running
from jira_crawler import settings
from tests.conftest import QUICK, Crawled, command
from tests.system.refine.added import MARK

ISSUES = 130  # two chunks, for two processes
ADDED = {"Marked": 350, "NotEveryFifth": 360, "Late": 550}


def pipelines(**changes: int | None) -> str:
    """The setting with some parts more, or fewer."""
    parts: dict[str, int | None] = {**settings.ITEM_PIPELINES}
    for name, place in changes.items():
        ours = next((part for part in parts if part.endswith(f".{name}")), f"tests.system.refine.added.{name}")
        parts[ours] = place
    return json.dumps(parts)


def scrapy(spider: str, folder: Path, changes: dict[str, int | None], **chosen: object) -> Crawled:
    given = [f"{name}={value}" for name, value in chosen.items() if not name.isupper()]
    chosen |= {"OUTPUT_DIR": folder, "STATE_DIR": folder.parent / "state", "ITEM_PIPELINES": pipelines(**changes)}
    settings = [f"{name}={value}" for name, value in {**QUICK, **chosen}.items() if name.isupper()]
    done = command("crawl", spider, *with_switch("-a", given), *with_switch("-s", settings))
    assert "Traceback" not in done.stderr, done.stderr
    return Crawled(done.returncode, done.stdout, done.stderr, folder)


def with_switch(switch: str, values: list[str]) -> list[str]:
    return [part for value in values for part in (switch, value)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(issues=ISSUES) as sandbox:
        yield sandbox.url


@pytest.fixture(scope="module")
def plain(url: str, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """A crawl as it is without the steps."""
    done = scrapy("jira", tmp_path_factory.mktemp("plain") / "output", {}, site=url, projects="DEMO,TOOLS")
    assert done.status == 0, done.log
    return done


@pytest.fixture(scope="module")
def stepped(url: str, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """A crawl with the steps."""
    done = scrapy("jira", tmp_path_factory.mktemp("stepped") / "output", ADDED, site=url, projects="DEMO,TOOLS")
    assert done.status == 0, done.log
    return done


@pytest.fixture
def copy(tmp_path: Path):
    """Copies what a crawl left, to change it."""

    def of(done: Crawled) -> Crawled:
        shutil.copytree(done.folder, tmp_path / "output")
        return Crawled(done.status, done.out, done.log, tmp_path / "output")

    return of


def test_a_crawl_runs_it(plain, stepped):
    assert MARK not in str(plain.examples)
    taught = [each for each in stepped.examples if each["task_type"] == "pretraining"]
    assert len(taught) > 50
    assert all(MARK in str(each) for each in taught)
    reasons = {int(each["id"]): each["reason"] for each in stepped.rejects if each["stage"] == "pipelines"}
    assert set(reasons.values()) == {"every fifth", "too late"}
    assert {number for number, reason in reasons.items() if reason == "every fifth"} == {
        int(id_) for id_ in plain.ids if int(id_) % 5 == 0
    }


@pytest.mark.parametrize("processes", [1, 2])
def test_a_replay_runs_it(plain, stepped, copy, processes):
    done = scrapy("replay", copy(plain).folder, ADDED, REFINE_PROCESSES=processes)
    assert done.status == 0
    assert done.sorted_feeds() == stepped.sorted_feeds()
    assert done.rejects == stepped.rejects
    report = json.loads((done.folder / "replay.json").read_bytes())
    same = ("written", "dropped", "examples", "leaks", "redacted", "dataset")
    assert {name: report[name] for name in same} == {name: stepped.report[name] for name in same}


def test_what_was_lost_with_a_feed_is_made_again_with_it(url, stepped, copy):
    lost = copy(stepped)
    (lost.folder / "DEMO.jsonl").unlink()
    done = scrapy("jira", lost.folder, ADDED, site=url, projects="TOOLS")
    assert done.status == 0
    assert done.sorted_feeds() == stepped.sorted_feeds()
    assert done.rejects == stepped.rejects


def test_a_merge_makes_lines_again_with_it(stepped, copy, tmp_path):
    lost = copy(stepped)
    (lost.folder / "DEMO.jsonl").unlink()

    def merge(changes: dict[str, int | None]):
        given = (f"OUTPUT_DIR={lost.folder}", f"ITEM_PIPELINES={pipelines(**changes)}")
        return command("merge", "--to", str(tmp_path / "to"), "--remake", *with_switch("-s", list(given)))

    without = merge({})
    assert without.returncode == 2
    assert "are made otherwise by now" in without.stderr
    done = merge(ADDED)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted((tmp_path / "to" / "DEMO.jsonl").read_bytes().splitlines()) == sorted(
        (stepped.folder / "DEMO.jsonl").read_bytes().splitlines()
    )


def test_a_step_that_is_taken_out_is_out_everywhere(url, plain, copy, tmp_path):
    out: dict[str, int | None] = {"Deduplicate": None, "Redact": None}
    crawled = scrapy("jira", tmp_path / "crawled", out, site=url, projects="DEMO,TOOLS")
    assert (crawled.status, crawled.report["redacted"]) == (0, {})
    assert "Deduplicate" in {each["stage"] for each in plain.rejects}
    assert "Deduplicate" not in {each["stage"] for each in crawled.rejects}
    done = scrapy("replay", copy(plain).folder, out, REFINE_PROCESSES=2)
    assert done.status == 0
    assert done.sorted_feeds() == crawled.sorted_feeds()
    assert done.rejects == crawled.rejects


@pytest.mark.parametrize("spider", ["jira", "replay"])
def test_what_cannot_be_run_everywhere_is_refused_before_anything_is_opened(tmp_path, spider):
    chosen = {"site": "http://127.0.0.1:9", "projects": "DEMO"} if spider == "jira" else {}
    done = scrapy(spider, tmp_path / "output", {"Tally": 350}, **chosen)
    assert (done.status, done.out) == (2, "")
    assert "added.Tally cannot be run wherever issues are refined: it is made by from_crawler and has no" in done.log
    assert done.log.count("scrapy crawl: ") == 1
    assert not (tmp_path / "output").exists()


def test_a_step_that_cannot_be_made_costs_no_issue_its_lines(plain, copy):
    done = scrapy("replay", copy(plain).folder, {"Unmakeable": 350})
    assert done.status == 2
    assert "added.Unmakeable cannot be made: KeyError: 'WANTED'." in done.log
    assert done.sorted_feeds() == plain.sorted_feeds()
    assert done.rejects == plain.rejects
