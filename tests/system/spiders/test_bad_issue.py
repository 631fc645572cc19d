"""One issue that the server chokes on costs some requests, and nobody but itself."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from fake_jira import running
from tests.conftest import Crawled
from tests.rounds import thorough
from tests.system.spiders.test_jira import payloads
from tests.system.spiders.test_moving_tracker import facts, failing, listed, newest, rows

PAGE, TRIES = 16, 2
CHOSEN = {"PAGE_SIZE": PAGE, "RETRY_TIMES": TRIES - 1, "DOWNLOAD_TIMEOUT": 120}
SOON = {"DOWNLOAD_TIMEOUT": 5}  # where a bad issue takes for ever: what is well must come within that on any machine


@pytest.fixture
def crawl(crawl: Callable[..., Crawled], tmp_path: Path) -> Callable[..., Crawled]:
    """Each run's result is a copy of the folder as that run left it, whatever later runs make of it."""
    number = count()

    def run(*arguments: Any, **chosen: Any) -> Crawled:
        done = crawl(*arguments, **chosen)
        return replace(done, folder=Path(shutil.copytree(done.folder, tmp_path / f"run{next(number)}")))

    return run


def of(sandbox: Any, project: str) -> list[str]:
    """The ids of a project, in the order in which they are walked."""
    issues = sorted(sandbox.jira.corpus.by_id.values(), key=lambda issue: (issue.created, issue.number))
    return [str(issue.id) for issue in issues if issue.project == project]


def refusing(sandbox: Any, *ids: str) -> Any:
    """Lets issues neither come on a page nor by themselves, in whatever parts; a list of ids still names them."""
    sandbox.poison.names = set(ids)
    return failing(sandbox, lambda request: request.path.rpartition("/issue/")[2] in ids)


def with_links(sandbox: Any, project: str = "DEMO") -> str:
    there = sandbox.jira.corpus.by_id
    return next(id_ for id_ in of(sandbox, project)[5:] if b'"issuelinks":[{' in there[int(id_)].fields)


@pytest.mark.parametrize(("dialect", "how"), [("server", "truncated"), ("cloud", "500"), *thorough(("server", "500"))])
def test_it_comes_in_two_parts_and_all_others_with_their_pages(crawl, dialect, how):
    with running(issues=30, dialect=dialect, seed=5) as sandbox:
        calm = crawl(sandbox.url, folder="calm", **CHOSEN)
        undisturbed = len(sandbox.requests)
        bad = with_links(sandbox)
        sandbox.poison.names, sandbox.poison.how = {bad}, how
        done = crawl(sandbox.url, **CHOSEN)
        extra = len(sandbox.requests) - 2 * undisturbed
        everything, whole = set(facts(sandbox)), sandbox.jira.corpus.by_id[int(bad)]
    assert (done.status, done.report["cut"]) == (0, {}), done.out
    assert done.ids == everything
    assert done.sorted_feeds() == calm.sorted_feeds()
    there = payloads(done.folder)[bad]
    assert there["fields"]["issuelinks"]
    assert len(there["fields"]["comment"]["comments"]) == len(whole.comment_ids)
    assert there["changelog"]["total"] == whole.changes
    # A full page twice, then eighths of it down to one issue, then the id, the whole issue and its two parts.
    assert extra <= TRIES + 8 * math.log(PAGE, 8) + 12


@pytest.mark.parametrize("dialect", ["server", *thorough("cloud")])
def test_a_slow_one_comes_in_two_parts(crawl, dialect):
    with running(issues=16, dialect=dialect, seed=1) as sandbox:
        bad = of(sandbox, "DEMO")[5]
        sandbox.poison.names, sandbox.poison.how = {bad}, "slow:10"
        done = crawl(sandbox.url, **CHOSEN | SOON | {"PAGE_SIZE": 4, "RETRY_TIMES": 0})
        everything = set(facts(sandbox))
    assert (done.status, done.report["cut"]) == (0, {}), done.out
    assert done.ids == everything


@pytest.mark.parametrize(
    ("dialect", "where"),
    [
        *(("server", where) for where in ((7, 9), (-2, -1), *thorough((0,), (0, 1, 2)))),
        *(("cloud", where) for where in ((0, 1, 2), *thorough((-1,), (7, 8), (-2, -1)))),
    ],
    ids=str,
)
def test_wherever_they_are(crawl, where, dialect):
    with running(issues=30, dialect=dialect, seed=5, page_cap=8) as sandbox:
        demo, tools = of(sandbox, "DEMO"), of(sandbox, "TOOLS")
        sandbox.poison.names = {demo[at] for at in where} | {tools[where[0]]}
        done = crawl(sandbox.url, **CHOSEN | {"RETRY_TIMES": 0})
        everything = set(facts(sandbox))
    assert (done.status, done.report["cut"]) == (0, {}), done.out
    assert done.ids == everything


@pytest.mark.parametrize(
    ("dialect", "honour_ms"),
    [("server", True), ("cloud", False), *thorough(("server", False), ("cloud", True))],
)
def test_many_of_the_same_instant(crawl, dialect, honour_ms):
    """More than a page of them were created in the very second in which the bad one was."""
    with running(issues=16, dialect=dialect, seed=1, page_cap=4, honour_ms=honour_ms) as sandbox:
        made = [sandbox.mutations.apply("create", of(sandbox, "DEMO")[n], project="DEMO").id for n in range(12)]
        created = {sandbox.jira.corpus.by_id[int(id_)].created // 60_000 for id_ in made}
        sandbox.poison.names = {made[4], made[11]}
        done = crawl(sandbox.url, **CHOSEN | {"RETRY_TIMES": 0})
        everything = set(facts(sandbox))
    assert len(created) <= 2
    assert (done.status, done.report["cut"]) == (0, {}), done.out
    assert done.ids == everything


# --- one that never comes


@pytest.mark.parametrize(("dialect", "jobdir"), [("server", True), ("cloud", False)])
def test_what_never_comes_is_a_reject_until_the_next_run_gets_it(crawl, tmp_path, dialect, jobdir):
    chosen = CHOSEN | ({"JOBDIR": tmp_path / "jobs"} if jobdir else {})
    with running(issues=30, dialect=dialect, seed=5) as sandbox:
        bad = of(sandbox, "DEMO")[11]
        key = facts(sandbox)[bad]["key"]
        with refusing(sandbox, bad):
            first = crawl(sandbox.url, **chosen)
        sandbox.poison.names = set()
        everything = set(facts(sandbox))
        second = crawl(sandbox.url, **chosen)
        fresh = crawl(sandbox.url, folder="fresh")
    (reject,) = [each for each in first.rejects if each["id"] == bad]
    assert (reject["key"], reject["stage"], reject["reason"]) == (key, "Fetch", "status 500")
    assert first.status == 1
    assert any(key in sentence for sentence in first.report["missing"])
    assert first.ids == everything
    assert second.status == 0, second.out
    assert not [each for each in second.rejects if each["stage"] == "Fetch"]
    assert second.sorted_feeds() == fresh.sorted_feeds()


def test_an_older_version_is_better_than_none(crawl):
    with running(issues=30, seed=5) as sandbox:
        first = crawl(sandbox.url)
        bad = next(line["metadata"]["issue_id"] for line in first.examples)
        old = newest(sandbox)[bad]
        sandbox.mutations.apply("edit", bad)
        with refusing(sandbox, bad):
            second = crawl(sandbox.url, **CHOSEN)
        kept = payloads(second.folder)[bad]["fields"]["updated"]
        sandbox.poison.names = set()
        third = crawl(sandbox.url)
        now = newest(sandbox)[bad]
    assert (second.status, kept) == (1, old)
    assert [line for line in second.examples if line["metadata"]["issue_id"] == bad]
    assert third.status == 0
    assert payloads(third.folder)[bad]["fields"]["updated"] == now != old


def test_without_its_links_is_better_than_not_at_all(crawl):
    """The rest of it comes, its links never do: it is in the dataset, and the run says what is missing of it."""
    with running(issues=30, seed=5) as sandbox:
        bad = of(sandbox, "DEMO")[11]
        sandbox.poison.names = {bad}

        def links(ask: Any) -> bool:
            return ask.path.endswith(f"/issue/{bad}") and ask.get("fields") == "issuelinks"

        with failing(sandbox, links):
            done = crawl(sandbox.url, **CHOSEN)
        everything = set(facts(sandbox))
    assert done.status == 1
    assert done.ids == everything
    assert rows(done)[bad]["cut"] == "issuelinks"
    assert rows(done)[bad]["stage"] != "Fetch"


@pytest.mark.parametrize("jobdir", [True, *thorough(False)])
def test_one_that_is_bad_for_good_does_not_keep_the_others_from_coming_up_to_date(crawl, tmp_path, jobdir):
    """Run after run a hub does not come; an older issue is edited, and a new one is created."""
    chosen = CHOSEN | ({"JOBDIR": tmp_path / "jobs"} if jobdir else {})
    with running(issues=30, seed=5) as sandbox:
        demo = of(sandbox, "DEMO")
        bad, older = demo[14], demo[3]
        with refusing(sandbox, bad):
            first = crawl(sandbox.url, **chosen)
            sandbox.mutations.apply("edit", older)
            new = sandbox.mutations.apply("create", demo[4]).id
            second = crawl(sandbox.url, **chosen)
        now = newest(sandbox)[older]
    assert (first.status, second.status) == (1, 1)
    assert new in second.ids
    assert payloads(second.folder)[older]["fields"]["updated"] == now


@pytest.mark.parametrize("jobdir", [False, *thorough(True)])
def test_one_that_is_deleted_before_it_ever_came_is_no_gap_any_more(crawl, tmp_path, jobdir):
    chosen = CHOSEN | ({"JOBDIR": tmp_path / "jobs"} if jobdir else {})
    with running(issues=30, seed=5) as sandbox:
        bad = of(sandbox, "DEMO")[11]
        with refusing(sandbox, bad):
            first = crawl(sandbox.url, **chosen)
        sandbox.poison.names = set()
        sandbox.mutations.apply("delete", bad)
        second = crawl(sandbox.url, **chosen)
        proved = crawl(sandbox.url, verify="true", **chosen)
    assert first.status == 1
    assert second.status == 0, second.out
    assert proved.status == 0, proved.out
    assert not [each for each in proved.rejects if each["stage"] == "Fetch"]


@pytest.mark.parametrize("dialect", ["cloud", *thorough("server")])
def test_even_one_that_cannot_be_named_leaves_the_others_alone(crawl, dialect):
    """Every answer that tells of it fails, a bare list of ids too: the minute of it is told."""
    with running(issues=30, dialect=dialect, seed=5) as sandbox:
        bad = of(sandbox, "DEMO")[11]
        sandbox.poison.names = {f"{bad}:dark"}
        first = crawl(sandbox.url, **CHOSEN)
        sandbox.poison.names = set()
        second = crawl(sandbox.url, **CHOSEN)
        everything = listed(sandbox)
        created = datetime.fromtimestamp(sandbox.jira.corpus.by_id[int(bad)].created / 1000, UTC)
    assert first.status == 1
    (told,) = first.report["missing"]
    assert told.startswith(f"A part of DEMO was not listed, created between {created:%Y-%m-%d %H:%M} and ")
    assert first.ids == everything - {bad}
    assert (second.status, second.ids) == (0, everything), second.out


@pytest.mark.parametrize("jobdir", [True, *thorough(False)])
def test_bad_ones_of_all_kinds_are_asked_for_by_themselves_from_then_on(crawl, tmp_path, jobdir):
    """A hub takes longer than anybody waits; the second run meets no page that fails."""
    chosen = CHOSEN | SOON | {"PAGE_SIZE": 32, "RETRY_TIMES": 0} | ({"JOBDIR": tmp_path / "jobs"} if jobdir else {})
    with running(issues=40, seed=5) as sandbox:
        demo = of(sandbox, "DEMO")
        sandbox.poison.names = {f"{demo[6]}:dark", f"{demo[15]}:full", f"{demo[23]}:hub"}
        first = crawl(sandbox.url, **chosen)
        before = len(sandbox.requests)
        second = crawl(sandbox.url, **chosen)
        pages = [
            status for _, path, status in sandbox.requests[before:] if "/search" in path and "*all" in unquote(path)
        ]
        sandbox.poison.names = set()
        third = crawl(sandbox.url, **chosen)
        everything = listed(sandbox)
    assert (first.status, second.status, third.status) == (1, 1, 0), third.out
    assert first.ids == second.ids == everything - {demo[6]}
    assert rows(first)[demo[23]]["cut"] == "issuelinks"
    assert sorted(first.report["missing"]) == sorted(second.report["missing"])
    assert pages and set(pages) == {200}
    assert (third.ids, third.report["cut"]) == (everything, {})
