"""Links in the store: one run gives the same as many, what is gone goes, and a run that dies is done again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Commit, Issue
from jira_crawler.store import linking
from jira_crawler.store.attached import HeldLinks
from jira_crawler.store.link_tables import landings, links, pairs
from jira_crawler.store.linking import History, link
from jira_crawler.store.rows import REMOVED, Row
from jira_crawler.store.store import Store
from tests.rows import row
from tests.unit.links.made import commit, jira, numbered, pull, renamed

TABLES = (links, pairs, landings)
ISSUES = [
    jira("K-1"),
    jira("K-2"),
    numbered(3),
    pull(4, "K-1: mend", merge_commit="a".ljust(40, "0")),
    pull(5, "K-2: mend", state="closed"),
    pull(6, "x", "Fixes #3"),
    pull(7, 'Revert "K-1: mend"', "Reverts acme/kettle#4", at=9, merge_commit="b".ljust(40, "0")),
]
COMMITS = [commit("a", "K-1: mend (#4)"), commit("c", "K-2: mend\n\nCloses #5 from ann/x.")]


class Known:
    """Stands where the dialects are: a payload is the place of an issue among those that are known."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def row(self, issue: Issue, **more: Any) -> Row:
        self.issues.append(issue)
        told = {"site": issue.site, "id": issue.id, "key": issue.key, "project": issue.project}
        version = {"version": str(len(self.issues)), "payload": b"%d" % (len(self.issues) - 1)}
        return row(len(self.issues), **told | version | more)

    def read_issue(self, raw: Any) -> Issue:
        if raw.payload == b"broken":
            raise Malformed("broken")
        return self.issues[int(raw.payload)]


@pytest.fixture
def known(monkeypatch) -> Known:
    made = Known()
    monkeypatch.setattr(linking, "reader", lambda dialect, base: made)
    return made


def history(commits: Iterable[Commit] = COMMITS) -> list[History]:
    return [History("github", "github.com/acme/kettle", "acme/kettle", commits)]


def told(store: Store) -> list[list[tuple[Any, ...]]]:
    """All rows of the tables of links, in order."""
    with store.engine.connect() as connection:
        found = [connection.execute(select(table).order_by(*table.primary_key)).all() for table in TABLES]
    return [[tuple(each) for each in rows] for rows in found]


def test_links_pairs_and_landings_are_in_the_store(store, known):
    store.save([known.row(issue) for issue in ISSUES], {})
    result = link(store, history())
    assert (result.read, result.known) == (9, {"issue": 3, "pull": 4, "commit": 2})
    found = {
        (each.id, each.other_id): (each.grade, each.landed_how, each.reverted_by) for each in store.links.all_pairs()
    }
    assert found == {
        ("1", "7-4"): ("B", "squash", "b".ljust(40, "0")),
        ("2", "7-5"): ("B", "script", ""),
        ("7-3", "7-6"): ("B", "merged", ""),
    }
    assert list(store.links.all_links()) == result.judged.links
    assert store.links.landings([("github", "7-5")])["github", "7-5"].how == "script"


def test_one_run_is_the_same_as_many(store, known, tmp_path):
    rows = [known.row(issue) for issue in ISSUES]
    for n, each in enumerate(rows):
        store.save([each], {})
        link(store, history(COMMITS[: n + 1]))
    many = told(store)
    with store.engine.begin() as connection:
        for table in TABLES:
            connection.execute(table.delete())
    assert link(store, history(), anew=True).read == 9
    assert told(store) == many
    assert [len(rows) for rows in many] == [5, 3, 4]


def test_a_second_run_reads_and_changes_nothing(store, known):
    store.save([known.row(issue) for issue in ISSUES], {})
    link(store, history())
    before, latest = told(store), store.changes.latest()
    result = link(store, history())
    assert (result.read, told(store), store.changes.latest()) == (0, before, latest)


def test_pull_requests_that_land_have_changed_for_whoever_follows(store, known):
    store.save([known.row(issue) for issue in ISSUES], {})
    link(store)
    store.consumers.advance("tables", store.changes.latest())
    before = store.changes.latest()
    link(store, history())
    assert sorted(each.id for each in store.changes(before, 100)) == ["7-4", "7-5"]


def test_what_changed_is_read_again_and_what_is_gone_says_nothing(store, known):
    rows = [known.row(issue) for issue in ISSUES]
    store.save(rows, {})
    link(store, history())
    late = pull(6, "x", "Fixes #3", changes=(renamed("x", "y", 1),))
    gone = [known.row(ISSUES[0], stage=REMOVED), known.row(ISSUES[4], payload=b"broken")]
    store.save([*gone, known.row(late)], {})
    assert link(store, history()).read == 1
    # The commit is a change by itself, as its pull request cannot be read any more.
    assert {(each.id, each.other_id) for each in store.links.all_pairs()} == {("2", ""), ("7-3", "7-6")}


def test_links_to_elsewhere_count_as_soon_as_they_are_asked_for(store, known):
    store.save([known.row(issue) for issue in ISSUES], {})
    link(store)
    address = "https://github.com/acme/kettle/pull/4"
    remote = HeldLinks("jira", "1", 1, orjson.dumps([{"id": 1, "object": {"url": address}}]))
    store.save([], {}, links=[remote])
    assert link(store).read == 1
    assert {each.id: each.grade for each in store.links.all_pairs()}["1"] == "A"


def test_commits_that_are_not_on_the_branch_any_more_go(store, known):
    store.save([known.row(issue) for issue in ISSUES], {})
    link(store, history())
    assert link(store, history(COMMITS[:1])).read == 0
    assert {each.id: each.landed_how for each in store.links.all_pairs()}["2"] == ""
    assert link(store).known["commit"] == 1, "what was read of a clone stays when none is given"


def test_a_run_that_dies_is_done_again(store, known, monkeypatch):
    store.save([known.row(issue) for issue in ISSUES], {})
    link(store)
    monkeypatch.setattr(linking, "judge", lambda *_: 1 / 0)
    store.save([known.row(pull(9, "K-2: once more"))], {})
    with pytest.raises(ZeroDivisionError):
        link(store)
    monkeypatch.undo()
    monkeypatch.setattr(linking, "reader", lambda dialect, base: known)
    assert link(store).read == 1
    assert ("2", "7-9") in {(each.id, each.other_id) for each in store.links.all_pairs()}


def test_a_forgotten_issue_takes_its_links_with_it(store, known):
    store.save([known.row(issue) for issue in ISSUES], {})
    link(store, history())
    [found] = store.erasure.find("K-1", "jira")
    counted = store.erasure.erase(found, 1)
    assert (counted["what it says of others"], counted["links to changes"], counted["pairs with changes"]) == (1, 2, 1)
    [found] = store.erasure.find("acme/kettle#6", "github")
    assert store.erasure.erase(found, 1)["pairs with changes"] == 1
    rows = [each for table in told(store) for each in table]
    assert all("K-1" not in str(each) or "7-7" in str(each) for each in rows)
    left = told(store)
    link(store)
    assert told(store) == left
