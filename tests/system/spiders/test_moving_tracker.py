"""A tracker that moves: what stood still is there once, what changed is there as it is now, what went is gone."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from zstandard import decompress

from fake_jira import running
from tests.conftest import Crawled
from tests.rounds import thorough
from tests.system.spiders.test_jira import FAULTS, TOKEN_FAULTS, payloads

REQUESTS_A_PROJECT = 5


@pytest.fixture
def crawl(crawl: Callable[..., Crawled], tmp_path: Path) -> Callable[..., Crawled]:
    """Each run's result is a copy of the folder as that run left it, whatever later runs make of it."""
    number = count()

    def run(*arguments: Any, **chosen: Any) -> Crawled:
        done = crawl(*arguments, **chosen)
        return replace(done, folder=Path(shutil.copytree(done.folder, tmp_path / f"run{next(number)}")))

    return run


def facts(sandbox: Any) -> dict[str, dict[str, Any]]:
    """What the sandbox says of every issue that is not deleted, by id."""
    projects = sandbox.manifest()["projects"].items()
    return {fact["id"]: fact | {"project": project} for project, each in projects for fact in each["issues"]}


def still(sandbox: Any) -> set[str]:
    return {id_ for id_, fact in facts(sandbox).items() if not fact["touched"] and fact["became"] == "present"}


def listed(sandbox: Any) -> set[str]:
    return {id_ for id_, fact in facts(sandbox).items() if fact["became"] in ("present", "moved")}


def newest(sandbox: Any) -> dict[str, str]:
    """When each issue was last changed, as the issue itself says and not the index."""
    return {str(issue.id): json.loads(issue.fields)["updated"] for issue in sandbox.jira.corpus.by_id.values()}


def lines_of(done: Crawled, url: str) -> dict[str, Counter[str]]:
    """Every line of each issue, without the address of the tracker and what depends on all that is there: its value."""
    found: dict[str, Counter[str]] = {}
    for line in done.examples:
        told = {name: found for name, found in line["metadata"].items() if not name.startswith("value")}
        text = json.dumps(line | {"metadata": told}, sort_keys=True).replace(url, "URL").replace(url[7:], "URL")
        found.setdefault(line["metadata"]["issue_id"], Counter())[text] += 1
    return found


def rows(done: Crawled) -> dict[str, sqlite3.Row]:
    database = sqlite3.connect(done.folder / "store.sqlite")
    database.row_factory = sqlite3.Row
    found = {row["id"]: row for row in database.execute("SELECT * FROM issues")}
    database.close()
    return found


@contextmanager
def failing(sandbox: Any, which: Callable[[Any], bool], status: int = 500) -> Iterator[None]:
    """Answers some questions with an error, as long as it lasts."""
    honest = sandbox.application._answer

    def answer(ask: Any, fault: Any, credentials: str) -> Any:
        fails = which(ask)
        found = honest(ask, fault, credentials)
        if not fails:
            return found
        return type(found)(b'{"errorMessages": ["No."]}', status, found.headers, found.content_type)

    sandbox.application._answer = answer
    try:
        yield
    finally:
        sandbox.application._answer = honest


@pytest.mark.parametrize(("dialect", "rate"), [("server", 1.0), ("cloud", 0.5)])
def test_a_moving_tracker_with_every_fault_at_once(crawl, dialect, rate):
    faults = FAULTS + (TOKEN_FAULTS if dialect == "cloud" else ())
    shape = {"issues": 120, "dialect": dialect, "page_cap": 10, "seed": 1}
    with running(**shape) as calm:
        undisturbed = lines_of(crawl(calm.url, folder="calm"), calm.url)
    with running(**shape, mutate=rate, faults=faults) as sandbox:
        moving = crawl(sandbox.url, RETRY_TIMES=8)
        stood = still(sandbox)
        assert len(sandbox.mutations.log) > 15 and len(stood) > 50
        assert moving.status == 0, moving.out
        once_and_right(moving, sandbox.url, stood, undisturbed)

        sandbox.mutations.rate = 0
        after = crawl(sandbox.url, RETRY_TIMES=8)
        assert after.status == 0, after.out
        assert listed(sandbox) <= after.ids
        stored, now = payloads_there(after), newest(sandbox)
        assert {id_ for id_ in listed(sandbox) if stored[id_]["fields"]["updated"] != now[id_]} == set()

        before = rows(after)
        proved = crawl(sandbox.url, RETRY_TIMES=8, verify="true")
        assert proved.status == 0, proved.out
        truth = facts(sandbox)
    once_and_right(proved, sandbox.url, stood, undisturbed)
    assert set(proved.report["verified"]) == {"DEMO", "TOOLS"}
    kept = {id_ for id_, fact in truth.items() if fact["became"] != "hidden"}
    assert {line["metadata"]["issue_id"] for line in proved.examples} <= kept
    left = rows(proved)
    assert {id_ for id_, row in left.items() if row["stage"] == "Removed"} == left.keys() - kept
    forgotten(proved, before, left.keys() - kept)
    for id_ in left.keys() & kept:
        assert (left[id_]["project"], left[id_]["key"]) == (truth[id_]["project"], truth[id_]["key"])
    for project, lines in proved.feeds.items():
        for line in lines:
            about = truth[line["metadata"]["issue_id"]]
            assert (project, line["metadata"]["issue_key"]) == (about["project"], about["key"])
    archived = {id_ for id_, fact in truth.items() if fact["became"] == "archived"} & before.keys()
    assert archived <= proved.ids
    assert {reject["stage"] for reject in proved.rejects if reject["id"] in archived} <= {"Deduplicate", "WriteFeeds"}


def payloads_there(done: Crawled) -> dict[str, Any]:
    """The payloads of what the store still holds; what was removed has none."""
    return {id_: json.loads(decompress(row["payload"])) for id_, row in rows(done).items() if row["payload"]}


def once_and_right(done: Crawled, url: str, ids: set[str], undisturbed: dict[str, Counter[str]]) -> None:
    """Each of these is in a feed or in the rejects, once; its lines are those of an undisturbed crawl."""
    rejected = Counter(reject["id"] for reject in done.rejects)
    written = lines_of(done, url)
    assert ids - written.keys() - rejected.keys() == set()
    for id_ in ids:
        assert (id_ in written) + rejected[id_] == 1
        # Which of two twins stays may differ where the other one has moved on.
        if id_ in written and id_ in undisturbed:
            assert written[id_] == undisturbed[id_]


def forgotten(done: Crawled, before: dict[str, sqlite3.Row], ids: set[str]) -> None:
    """Nothing of these payloads is left in the store, not even in its free pages."""
    kept = b"".join(path.read_bytes() for path in done.folder.glob("store.sqlite*"))
    after = rows(done)
    for id_ in ids & before.keys():
        payload = before[id_]["payload"]
        assert after[id_]["payload"] == b""
        # A SQLite page may begin anywhere in it, so several short pieces are looked for.
        pieces = [payload[at : at + 24] for at in range(16, len(payload) - 24, max(24, len(payload) // 8))]
        assert pieces and not any(piece in kept for piece in pieces)


def test_a_payload_that_is_there_is_found(crawl):
    """The counterpart of `forgotten`: pieces of a payload that is kept are indeed in the file."""
    with running(issues=12) as sandbox:
        done = crawl(sandbox.url)
    with pytest.raises(AssertionError):
        forgotten(done, rows(done), {"10011", *list(rows(done))[:1]})
    kept = (done.folder / "store.sqlite").read_bytes()
    payload = next(iter(rows(done).values()))["payload"]
    assert payload[16:40] in kept


@pytest.mark.parametrize("jobdir", [True, *thorough(False)])
def test_an_issue_that_goes_while_its_lists_are_completed_is_no_gap(crawl, tmp_path, jobdir):
    """Between the page and the question for the rest of its worklogs the issue was deleted: there is no rest."""
    chosen = {"JOBDIR": tmp_path / "jobs"} if jobdir else {}
    with running(issues=40, seed=5) as sandbox:
        victim = next(id_ for id_, fact in facts(sandbox).items() if fact["worklogs"] > 20)

        def gone(ask: Any) -> bool:
            if ask.path.endswith(f"/issue/{victim}/worklog") and victim in facts(sandbox):
                sandbox.mutations.apply("delete", victim)
            return False

        with failing(sandbox, gone):
            first = crawl(sandbox.url, **chosen)
        second = crawl(sandbox.url, **chosen)
        assert sandbox.manifest()["deleted"]
    assert second.status == 0, second.out
    assert first.status == 0, first.out


# --- run after run


def test_what_changed_replaces_what_was_there(crawl):
    with running(issues=30, page_cap=7) as sandbox:
        first = crawl(sandbox.url)
        chosen = [line["metadata"]["issue_id"] for line in first.examples][::15]
        old = lines_of(first, sandbox.url)
        for id_ in dict.fromkeys(chosen):
            sandbox.mutations.apply("edit", id_)
            sandbox.mutations.apply("comment", id_)
        created = sandbox.mutations.apply("create", chosen[0])
        moved = sandbox.mutations.apply("move", chosen[-1])
        second = crawl(sandbox.url)
        fresh = crawl(sandbox.url, folder="fresh")
        new = lines_of(second, sandbox.url)
    assert second.status == 0
    assert second.sorted_feeds() == fresh.sorted_feeds()
    assert created.id in second.ids
    # `updated` is in every line, so that none of the old ones can be right by chance.
    assert all(not old[id_] & new.get(id_, Counter()) for id_ in chosen)
    assert rows(second)[moved.id]["key"] == moved.after


def test_an_unchanged_run_costs_next_to_nothing_and_full_lists_everything_again(crawl):
    with running(issues=16, page_cap=4) as sandbox:
        first = crawl(sandbox.url)
        before = len(sandbox.requests)
        second = crawl(sandbox.url)
        cost = len(sandbox.requests) - before
        sandbox.mutations.apply("edit", next(iter(listed(sandbox))))
        full = crawl(sandbox.url, full="true")
    assert (first.status, second.status, full.status) == (0, 0, 0)
    assert cost < REQUESTS_A_PROJECT * 2
    assert second.report["listed"] == 0
    assert full.report["listed"] >= 16
    assert full.ids == first.ids


@pytest.mark.parametrize("jobdir", [False, *thorough(True)])
def test_a_run_that_was_incomplete_is_completed_by_the_next(crawl, tmp_path, jobdir):
    chosen = {"JOBDIR": tmp_path / "jobs"} if jobdir else {}
    with running(issues=30, seed=5, page_cap=10) as sandbox:
        refused = 0

        def later_pages(ask: Any) -> bool:
            """The first page comes, later ones never do; but no crawler is kept asking for ever."""
            nonlocal refused
            refused += "created >=" in ask.get("jql") and "TOOLS" in ask.get("jql")
            return 0 < refused < 1_000 and "created >=" in ask.get("jql") and "TOOLS" in ask.get("jql")

        with failing(sandbox, later_pages):
            broken = crawl(sandbox.url, RETRY_TIMES=1, PAGE_SIZE=4, **chosen)
        assert refused < 200  # an outage is no reason to ask ever more
        assert broken.status == 1
        assert not broken.report["complete"]
        assert len(broken.ids) < 30
        # Meanwhile what is listed already goes on changing.
        changed = sandbox.mutations.apply("edit", next(iter(broken.ids & listed(sandbox))))
        done = crawl(sandbox.url, **chosen)
        fresh = crawl(sandbox.url, folder="fresh")
        now = newest(sandbox)
    assert done.status == 0, done.out
    assert done.sorted_feeds() == fresh.sorted_feeds()
    assert payloads(done.folder)[changed.id]["fields"]["updated"] == now[changed.id]


def test_a_project_may_join_later(crawl):
    with running(issues=16, page_cap=4) as sandbox:
        one = crawl(sandbox.url, projects="DEMO")
        both = crawl(sandbox.url)
        fresh = crawl(sandbox.url, folder="fresh")
    assert (one.status, both.status) == (0, 0)
    assert both.sorted_feeds() == fresh.sorted_feeds()
    assert both.report["listed"] < 16


@pytest.mark.parametrize("dialect", ["cloud", *thorough("server")])
def test_an_index_that_lags_loses_no_edit(crawl, dialect):
    lag, ahead, stands = 200.0, 0.0, 0.0
    with running(issues=16, dialect=dialect, index_lag=lag, clock=lambda: (stands or time.time()) + ahead) as sandbox:
        first = crawl(sandbox.url)
        id_ = next(iter(first.ids))
        stands = time.time()  # however long the next crawl takes, the index does not catch up meanwhile
        sandbox.mutations.apply("edit", id_)
        early = crawl(sandbox.url)
        lagging = payloads(early.folder)[id_]["fields"]["updated"] != newest(sandbox)[id_]
        ahead = lag + 1
        late = crawl(sandbox.url)
        now = newest(sandbox)[id_]
    assert lagging
    assert (early.status, late.status) == (0, 0)
    assert payloads(late.folder)[id_]["fields"]["updated"] == now


@pytest.mark.parametrize(
    "narrow", [{"limit": 5}, {"jql": "status = Closed"}, {"since": "2100-01-01"}], ids=["limit", "jql", "since"]
)
def test_a_narrow_run_does_not_stand_for_a_whole_one(crawl, narrow):
    with running(issues=16, page_cap=8) as sandbox:
        some = crawl(sandbox.url, **narrow)
        one, other = sorted(listed(sandbox))[3:5]
        edited = sandbox.mutations.apply("edit", one)
        whole = crawl(sandbox.url)
        again = sandbox.mutations.apply("edit", other)
        crawl(sandbox.url, **narrow)  # after a whole run as little as before
        last = crawl(sandbox.url)
        now = newest(sandbox)
        everything = listed(sandbox)
    assert some.status == 0 and len(some.ids) < 16
    assert whole.status == 0 and whole.ids == everything
    assert last.status == 0
    stored = payloads(last.folder)
    for id_ in (edited.id, again.id):
        assert stored[id_]["fields"]["updated"] == now[id_]
