"""`verify` accounts for every difference between what the tracker lists and what we hold, and removes on proof only."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from fake_jira import running
from fake_jira.data.stored import PRESENT
from tests.conftest import QUICK, Crawled, command
from tests.system.spiders.test_jira import payloads
from tests.system.spiders.test_moving_tracker import facts, failing, forgotten, rows


@pytest.fixture
def crawl(crawl: Callable[..., Crawled], tmp_path: Path) -> Callable[..., Crawled]:
    """Each run's result is a copy of the folder as that run left it, whatever later runs make of it."""
    number = count()

    def run(*arguments: Any, **chosen: Any) -> Crawled:
        done = crawl(*arguments, **chosen)
        return replace(done, folder=Path(shutil.copytree(done.folder, tmp_path / f"run{next(number)}")))

    return run


def edit_store(folder: Path, statement: str, *values: str) -> int:
    database = sqlite3.connect(folder / "store.sqlite")
    with database:
        changed = database.execute(statement, values).rowcount
    database.close()
    return changed


def show(sandbox: Any, id_: str) -> None:
    """Undoes `hide`: the issue is as it was, and `updated` says nothing of it."""
    corpus = sandbox.jira.corpus
    with corpus.lock:
        corpus.put(replace(corpus.by_id[int(id_)], state=PRESENT))


def in_feeds(done: Any) -> set[str]:
    return {line["metadata"]["issue_id"] for line in done.examples}


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_what_is_missing_here_is_found_and_fetched(crawl, tmp_path, dialect):
    with running(issues=30, dialect=dialect, page_cap=8) as sandbox:
        first = crawl(sandbox.url)
        victim = sorted(in_feeds(first))[7]
        assert edit_store(tmp_path / "output", "DELETE FROM issues WHERE id = ?", victim) == 1
        done = crawl(sandbox.url, verify="true")
    assert done.status == 0, done.out
    project = rows(done)[victim]["project"]
    assert done.report["verified"][project]["missed"] == 1
    assert done.sorted_feeds() == first.sorted_feeds()


def test_a_gap_is_found_without_being_asked_for(crawl, tmp_path):
    """Where the tracker counts more than we hold, every id is listed, `verify` or not."""
    with running(issues=16) as sandbox:
        first = crawl(sandbox.url)
        for victim in sorted(in_feeds(first))[7:10]:
            edit_store(tmp_path / "output", "DELETE FROM issues WHERE id = ?", victim)
        done = crawl(sandbox.url)
    assert done.status == 0
    assert sum(found.get("missed", 0) for found in done.report["verified"].values()) == 3
    assert done.sorted_feeds() == first.sorted_feeds()


@pytest.mark.parametrize(("dialect", "way"), [("server", "command"), ("cloud", "argument")])
def test_what_went_is_removed_with_the_reason(crawl, tmp_path, dialect, way):
    with running(issues=30, dialect=dialect, page_cap=8) as sandbox:
        first = crawl(sandbox.url)
        before = rows(first)
        deleted, hidden, archived, moved = sorted(in_feeds(first))[3:27:6]
        for kind, id_ in (("delete", deleted), ("hide", hidden), ("archive", archived)):
            sandbox.mutations.apply(kind, id_)
        home = facts(sandbox)[moved]["project"]
        to = {"DEMO": "TOOLS", "TOOLS": "DEMO"}[home]
        after = sandbox.mutations.apply("move", moved, project=to).after
        if way == "argument":
            done = crawl(sandbox.url, verify="true")
            status = done.status
        else:
            crawl(sandbox.url)
            settings = QUICK | {"OUTPUT_DIR": str(tmp_path / "output"), "STATE_DIR": str(tmp_path / "state")}
            flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
            ran = command("verify", "-a", "projects=DEMO,TOOLS", "-a", f"site={sandbox.url}", *flags)
            done, status = replace(first, folder=tmp_path / "output"), ran.returncode
            assert "Traceback" not in ran.stderr
    assert status == 0
    removed = {each["id"]: each["reason"] for each in done.rejects if each["stage"] == "Removed"}
    assert removed.keys() == {deleted, hidden}
    assert all(reason for reason in removed.values())
    assert {archived, moved} <= in_feeds(done)
    assert not {deleted, hidden} & in_feeds(done)
    assert (rows(done)[moved]["project"], rows(done)[moved]["key"]) == (to, after)
    assert {line["metadata"]["issue_key"] for line in done.feeds[to]} >= {after}
    assert not [line for line in done.feeds[home] if line["metadata"]["issue_id"] == moved]
    forgotten(done, before, {deleted, hidden})
    certificate = done.report["verified"]
    assert set(certificate) == {"DEMO", "TOOLS"}
    assert sum(each["listed"] for each in certificate.values()) == 27
    assert sum(each.get("deleted_or_hidden", 0) for each in certificate.values()) == 2


def test_what_moved_away_leaves_with_its_new_key_as_the_reason(crawl):
    with running(issues=16) as sandbox:
        first = crawl(sandbox.url, projects="DEMO")
        moved = sorted(in_feeds(first))[3]
        after = sandbox.mutations.apply("move", moved, project="TOOLS").after
        done = crawl(sandbox.url, projects="DEMO", verify="true")
        both = crawl(sandbox.url)
    assert done.status == 0
    assert moved not in in_feeds(done)
    assert [each["reason"] for each in done.rejects if each["stage"] == "Removed"] == [f"moved to {after}"]
    # Whoever asks for the other project later finds it there.
    assert both.status == 0
    assert rows(both)[moved]["key"] == after


@pytest.mark.parametrize(("dialect", "status"), [("server", 500), ("cloud", 403)])
def test_nothing_is_removed_because_a_listing_failed(crawl, dialect, status):
    with running(issues=24, seed=5, dialect=dialect, page_cap=5) as sandbox:
        first = crawl(sandbox.url)
        gone = first.feeds["DEMO"][5]["metadata"]["issue_id"]
        sandbox.mutations.apply("delete", gone)
        asked = 0

        def last_page(ask: Any) -> bool:
            nonlocal asked
            listing = ask.get("fields") == "created" and "DEMO" in ask.get("jql")
            asked += listing
            return listing and asked > 1

        with failing(sandbox, last_page, status):
            done = crawl(sandbox.url, verify="true", RETRY_TIMES=1)
        lookups = [path for _, path, _ in sandbox.requests if f"/issue/{gone}?" in path]
    assert asked > 1
    assert done.status == 1
    assert any("not listed to the end" in sentence for sentence in done.report["missing"])
    assert (in_feeds(done), lookups) == (in_feeds(first), [])
    assert done.sorted_feeds() == first.sorted_feeds()


def test_nothing_is_removed_because_a_direct_answer_failed(crawl):
    with running(issues=16) as sandbox:
        first = crawl(sandbox.url)
        gone = sorted(in_feeds(first))[5]
        sandbox.mutations.apply("delete", gone)
        with failing(sandbox, lambda request: request.path.endswith(f"/issue/{gone}")):
            done = crawl(sandbox.url, verify="true", RETRY_TIMES=1)
        last = crawl(sandbox.url, verify="true")
    assert done.status == 1
    assert gone in in_feeds(done)
    assert last.status == 0
    assert gone not in in_feeds(last)


def test_a_hidden_issue_that_is_shown_again_comes_back(crawl):
    with running(issues=16) as sandbox:
        first = crawl(sandbox.url)
        id_ = sorted(in_feeds(first))[5]
        sandbox.mutations.apply("hide", id_)
        without = crawl(sandbox.url, verify="true")
        show(sandbox, id_)
        again = crawl(sandbox.url, verify="true")
    assert id_ not in in_feeds(without)
    assert again.status == 0
    assert again.sorted_feeds() == first.sorted_feeds()
    assert not [each for each in again.rejects if each["stage"] == "Removed"]


def test_the_twin_of_a_removed_issue_comes_back(crawl):
    with running(issues=60, seed=3) as sandbox:
        first = crawl(sandbox.url)
        keys = {
            each["reason"].removeprefix("duplicate of ") for each in first.rejects if each["stage"] == "Deduplicate"
        }
        held = sorted(keys)[0]
        twins = {each["id"] for each in first.rejects if each["reason"] == f"duplicate of {held}"}
        gone = sandbox.mutations.apply("delete", held)
        done = crawl(sandbox.url, verify="true")
    assert done.status == 0
    assert gone.id not in in_feeds(done)
    assert len(twins & in_feeds(done)) == 1
    assert min(twins, key=int) in in_feeds(done)


def test_a_later_run_leaves_what_was_removed_alone(crawl):
    with running(issues=16) as sandbox:
        first = crawl(sandbox.url)
        gone = sorted(in_feeds(first))[5]
        sandbox.mutations.apply("delete", gone)
        crawl(sandbox.url, verify="true")
        before = len(sandbox.requests)
        done = crawl(sandbox.url)
        cost = len(sandbox.requests) - before
        again = crawl(sandbox.url, verify="true")
    assert (done.status, again.status) == (0, 0)
    assert cost < 10
    assert json.dumps(done.report["proof"])  # both counts are in the report
    assert gone not in in_feeds(again)
    assert [each["id"] for each in again.rejects if each["stage"] == "Removed"] == [gone]


def test_a_removed_issue_is_removed_from_the_frontier_too(crawl, tmp_path):
    """The folder of a resumable crawl holds payloads while lists are completed; a finished crawl leaves none."""
    with running(issues=40, seed=5) as sandbox:
        cut = next(id_ for id_, fact in facts(sandbox).items() if fact["worklogs"] > 20)
        done = crawl(sandbox.url, JOBDIR=tmp_path / "jobs")
        secret = json.dumps(payloads(done.folder)[cut]["fields"]["description"])[1:60].encode()
        sandbox.mutations.apply("delete", cut)
        proved = crawl(sandbox.url, JOBDIR=tmp_path / "jobs", verify="true")
    assert (done.status, proved.status) == (0, 0)
    assert not [path.name for path in (tmp_path / "jobs").iterdir() if secret in path.read_bytes()]
