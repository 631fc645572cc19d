"""Whole crawls of an embedded Jira: what it holds and what the feeds hold must be the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from zstandard import decompress

from fake_jira import running
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from jira_crawler.store.tables import issues
from tests.servers.hostile import Answer, hostile

FAULTS = (
    "close=0.1",
    "error500=0.1",
    "error502=0.05",
    "error503=0.05:0.1",
    "truncated=0.1",
    "badjson=0.1",
    "html200=0.1",
    "redirect302=0.05",
    "rate429=0.1:0.1",
)
TOKEN_FAULTS = ("token_loop=0.15", "early_end=0.15", "stale_token=0.15")


def ids_of(sandbox) -> set[str]:
    return {facts["id"] for facts in truth(sandbox)}


def truth(sandbox) -> list[dict]:
    return [facts for project in sandbox.manifest()["projects"].values() for facts in project["issues"]]


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_every_issue_is_in_a_feed_or_in_the_rejects(crawl, dialect):
    with running(issues=40, dialect=dialect) as sandbox:
        done = crawl(sandbox.url)
    assert (done.status, done.report["complete"], done.report["missing"]) == (0, True, [])
    assert done.ids == ids_of(sandbox)
    assert done.report["listed"] == 40
    assert "Complete." in done.out


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_faults_cost_time_and_nothing_else(crawl, dialect):
    faults = FAULTS + (TOKEN_FAULTS if dialect == "cloud" else ())
    # Hardly more of an instant than a page: a third of the tokens is wrong, and three in a row are given up.
    with running(issues=48, dialect=dialect, page_cap=8, seed=3) as good:
        calm = crawl(good.url, folder="calm")
    with running(issues=48, dialect=dialect, page_cap=8, seed=3, faults=faults) as bad:
        stormy = crawl(bad.url, folder="stormy", RETRY_TIMES=8)
    assert (calm.status, stormy.status) == (0, 0), stormy.out
    assert stormy.report["retries"] > 0
    texts = [
        json.dumps(done.sorted_feeds()).replace(url, "URL").replace(url[7:], "URL")
        for done, url in ((calm, good.url), (stormy, bad.url))
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_cut_lists_are_completed(crawl, dialect):
    """Worklogs beyond 20, and on Cloud comments beyond 100 and history beyond 40, come from their own addresses."""
    with running(issues=40, dialect=dialect, seed=5) as sandbox:
        done = crawl(sandbox.url)
        facts = truth(sandbox)
    assert (done.status, done.report["cut"]) == (0, {})
    stored = payloads(done.folder)
    for fact in facts:
        fields = stored[fact["id"]]["fields"]
        assert len(fields["worklog"]["worklogs"]) == fact["worklogs"]
        assert [each["id"] for each in fields["comment"]["comments"]] == fact["comments"]
        assert len(stored[fact["id"]]["changelog"]["histories"]) == fact["changes"]
    assert max(fact["worklogs"] for fact in facts) > 20


def test_a_page_cap_below_what_was_asked_is_said_and_survived(crawl):
    with running(issues=16, page_cap=7) as sandbox:
        done = crawl(sandbox.url)
    assert done.status == 0
    assert done.ids == ids_of(sandbox)
    assert "gives at most 7 issues a page; 500 were asked for" in done.log


def test_bounds_read_to_the_minute_lose_nothing(crawl):
    with running(issues=30, page_cap=3, honour_ms=False) as sandbox:
        done = crawl(sandbox.url)
    assert done.status == 0
    assert done.ids == ids_of(sandbox)


def test_a_large_project_is_walked_in_slices(crawl):
    with running(issues=30, page_cap=5) as sandbox:
        done = crawl(sandbox.url, SLICE_ISSUES=8)
        bounded = [path for _, path, _ in sandbox.requests if "created+%3C" in path]
    assert done.status == 0
    assert done.ids == ids_of(sandbox)
    assert bounded


def test_no_question_pages_a_live_set_by_offset(crawl):
    with running(issues=40, page_cap=5) as sandbox:
        crawl(sandbox.url, SCRAPE_ONLY=1)
        offsets = [path for _, path, _ in sandbox.requests if re.search(r"startAt=[1-9]", path)]
        searches = [path for _, path, _ in sandbox.requests if "/search" in path]
    assert len(searches) > 8
    assert len(offsets) < len(searches) / 4  # only inside one instant that holds more than a page


def test_requests_per_thousand_issues(crawl):
    with running(issues=1000) as sandbox:
        done = crawl(sandbox.url, SCRAPE_ONLY=1)  # what is asked does not depend on what becomes of it
        per_issue = [path for _, path, _ in sandbox.requests if "/issue/" in path]
    # 1 introduction, and for each of two projects 2 counts, 2 pages and a last pass; the rest completes cut lists.
    assert done.report["requests"] - len(per_issue) <= 1 + 2 * 5


def test_a_second_run_leaves_the_feeds_alone(crawl):
    with running(issues=16) as sandbox:
        first = crawl(sandbox.url)
        before = {path.name: path.read_bytes() for path in first.folder.glob("*.jsonl")}
        second = crawl(sandbox.url)
    assert second.status == 0
    assert {path.name: path.read_bytes() for path in second.folder.glob("*.jsonl")} == before


def test_a_limit_counts_for_each_project(crawl):
    with running(issues=40, seed=5) as sandbox:
        done = crawl(sandbox.url, limit=5)
    assert done.status == 0
    assert len(done.ids) == 10


def test_a_limit_counts_what_is_asked_for_by_itself_too(crawl):
    """Where no page comes each issue is singled out."""
    with hostile(12, lambda asked: Answer(status=500) if asked.is_page else None) as jira:
        done = crawl(jira.url, projects="ACME", limit=5, RETRY_TIMES=0)
        alone = {asked.path for asked in jira.requests if "/issue/" in asked.path}
    assert (done.status, len(done.ids), len(alone)) == (0, 5, 5), done.out


def test_jql_and_since_narrow_the_crawl(crawl):
    with running(issues=16) as sandbox:
        everything = crawl(sandbox.url, folder="all")
        done = crawl(sandbox.url, folder="some", jql="status = Closed OR status = Resolved", since="2001-01-01")
        late = crawl(sandbox.url, folder="late", since="2100-01-01")
    assert {each["metadata"]["status"] for each in done.examples} <= {"Closed", "Resolved"}
    wanted = {
        e["metadata"]["issue_id"] for e in everything.examples if e["metadata"]["status"] in ("Closed", "Resolved")
    }
    assert {each["metadata"]["issue_id"] for each in done.examples} == wanted
    assert (late.status, late.examples) == (0, [])


def test_of_duplicates_the_lowest_id_stays(crawl):
    with running(issues=60, seed=3) as sandbox:
        done = crawl(sandbox.url, PAGE_SIZE=8, SLICE_ISSUES=20)  # slices mix up the order of arrival
    duplicates = [each for each in done.rejects if each["stage"] == "Deduplicate"]
    assert duplicates
    keys = {each["metadata"]["issue_key"]: int(each["metadata"]["issue_id"]) for each in done.examples}
    for each in duplicates:
        kept = each["reason"].removeprefix("duplicate of ")
        assert keys[kept] < int(each["id"])
        assert each["key"] not in keys


def payloads(folder: Path) -> dict[str, dict]:
    """Every raw payload of a finished crawl's store, by issue id."""
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    with store.engine.connect() as connection:
        found = {row.id: json.loads(decompress(row.payload)) for row in connection.execute(select(issues))}
    store.close()
    return found
