"""A whole crawl, proof included, without a process, a server or a clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.crawl.listing import ENOUGH
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.scope import CrawlScope
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.trackers.contract import Query
from tests.unit.crawl.driver import NOBODY, URL, Answer, Run, Tracker

BROKEN = Reply(status=599, failure=Failure("status 500", reached=True))


@pytest.fixture(params=["server", "cloud"])
def dialect(request: Any) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["server", "cloud"])
def jira(request: Any) -> Tracker:
    """One that nobody changes."""
    return Tracker(issues=150, dialect=request.param)


@pytest.fixture
def living(dialect: str) -> Tracker:
    """One of this test alone."""
    return Tracker(issues=60, dialect=dialect)


def ids(jira: Tracker) -> set[str]:
    return {str(issue.id) for issue in jira.issues()}


def instead(jira: Answer, reply: Reply, when: Callable[[str], bool]) -> Answer:
    """Answers some questions, by their address and body, in another way."""
    return lambda query: reply if when(query.address + query.body.decode()) else jira(query)


def is_page(asked: str) -> bool:
    return "/search" in asked and "%2Aall" in asked


def is_listing(asked: str) -> bool:
    return "/search" in asked and "fields=created" in asked


def is_count(asked: str) -> bool:
    return "maxResults=0" in asked or "approximate-count" in asked


class Count:
    """Tells every project to be larger than it is, from the n-th count on."""

    def __init__(self, jira: Tracker, more: int, after: int = 1) -> None:
        self.jira, self.more, self.left = jira, more, after

    def __call__(self, query: Query) -> Reply:
        reply = self.jira(query)
        if not is_count(query.address):
            return reply
        self.left -= 1
        if self.left >= 0:
            return reply
        number = len(self.jira.issues()) + self.more
        body = b'{"count": %d}' if self.jira.jira.name == "cloud" else b'{"total": %d, "issues": []}'
        return Reply(body=body % number)


# --- a calm site


def test_a_calm_crawl_brings_every_issue_complete_and_proves_it(jira: Tracker, tmp_path: Path) -> None:
    done = Run(jira, tmp_path / "a", page=40, window_issues=60).crawl()
    assert (done.missing, done.failed, done.stopped) == ([], [], "")
    assert {raw.id for raw in done.came} == ids(jira)
    assert done.kinds["SplitWindow"] > 0
    assert done.kinds["CompleteList"] > 0
    assert not any(raw.cut for raw in done.came)
    certificate = done.session.certificates["DEMO"]
    assert (certificate.held, certificate.verified) == (150, None)
    assert done.progress is not None and done.progress.finished == done.state.run
    assert done.state.phases == 0


def test_the_next_crawl_asks_for_what_changed(living: Tracker, tmp_path: Path) -> None:
    Run(living, tmp_path / "a").crawl()
    quiet = Run(living, tmp_path / "a", hour=24).crawl()
    assert (len(quiet.asked), quiet.came) == (4, [])  # who is it, how many, what changed, how many
    new = living.application.mutations.apply("create", project="DEMO").id
    changed = Run(living, tmp_path / "a", hour=48).crawl()
    assert {raw.id for raw in changed.came} == {str(new)}
    assert (changed.missing, set(changed.rows)) == ([], ids(living))


def test_what_comes_while_the_listing_goes_on_is_in_the_last_pass(living: Tracker, tmp_path: Path) -> None:
    pages = 0

    def answer(query: Query) -> Reply:
        nonlocal pages
        reply = living(query)
        pages += is_page(query.address)
        if pages == 2 and is_page(query.address):
            living.application.mutations.apply("edit", str(living.issues()[0].id), project="DEMO")
        return reply

    done = Run(answer, tmp_path / "a", page=20).crawl()
    came = [raw.id for raw in done.came]
    assert done.missing == []
    assert came.count(str(living.issues()[0].id)) == 2


def test_a_limit_is_kept_and_proves_nothing(jira: Tracker, tmp_path: Path) -> None:
    done = Run(jira, tmp_path / "a", scope=CrawlScope(("DEMO",), limit=7)).crawl()
    assert (len(done.came), done.missing) == (7, [])
    assert done.kinds["Recount"] == 0
    assert done.progress is None


def test_a_filter_lists_what_it_says_and_leaves_no_mark_for_the_next_crawl(jira: Tracker, tmp_path: Path) -> None:
    done = Run(jira, tmp_path / "a", scope=CrawlScope(("DEMO",), "priority = Major")).crawl()
    assert 0 < len(done.came) < 150
    assert (done.missing, done.progress) == ([], None)
    assert done.session.certificates["DEMO"].held == len(done.came)


# --- what does not come


def test_a_page_that_fails_is_asked_for_in_parts(jira: Tracker, tmp_path: Path) -> None:
    left = 3

    def answer(query: Query) -> Reply:
        nonlocal left
        if is_page(query.address) and left:
            left -= 1
            return BROKEN
        return jira(query)

    done = Run(answer, tmp_path / "a", page=64).crawl()
    sizes = [task.size for task in done.asked if type(task).__name__ == "FetchPage"]
    assert sizes[:3] == [64, 8, 1]
    assert done.kinds["Isolate"] > 0
    assert (done.missing, {raw.id for raw in done.came}) == ([], ids(jira))


def test_a_list_that_stays_cut_costs_itself(jira: Tracker, tmp_path: Path) -> None:
    done = Run(instead(jira, BROKEN, lambda asked: "/worklog" in asked), tmp_path / "a").crawl()
    assert {raw.id for raw in done.came} == ids(jira)
    cut = [raw for raw in done.came if "worklog" in raw.cut]
    assert len(cut) == done.session.truncated["worklog"] == len(done.missing) > 0
    assert done.missing[0] == f"The list of worklog entries of {cut[0].key} stayed cut: status 500."
    assert {type(task).__name__ for task, _ in done.failed} == {"CompleteList"}
    again = done.resumed(answer=jira).crawl()
    assert again.missing == []
    assert {raw.id for raw in again.came if not raw.cut} >= {raw.id for raw in cut}


@pytest.mark.parametrize("most", [3, 6, 12, 20])
def test_a_run_that_is_taken_up_asks_for_what_is_left(jira: Tracker, tmp_path: Path, most: int) -> None:
    begun = Run(jira, tmp_path / "a", page=20, window_issues=60).crawl(most)
    assert len(begun.came) < 150
    done = begun.resumed().crawl()
    assert (done.missing, set(done.rows)) == ([], ids(jira))
    pages = [task.identity for run in (begun, done) for task in run.asked if type(task).__name__ == "FetchPage"]
    # What an earlier process has asked is not asked again, but for what changed meanwhile, and what it was killed at.
    assert len(pages) - len(set(pages)) <= 1
    assert done.progress is not None and done.progress.finished == begun.state.run


@pytest.mark.parametrize("case", ["dark", "full", "hub"])
def test_a_bad_issue_costs_itself_and_nobody_else(living: Tracker, tmp_path: Path, case: str) -> None:
    living.poison(_25=case)
    bad = str(living.issues()[25].id)
    done = Run(living, tmp_path / "a").crawl()
    assert ids(living) - {bad} <= {raw.id for raw in done.came}
    if case == "dark":
        assert [said.startswith("A part of DEMO was not listed, created between ") for said in done.missing] == [True]
        assert done.kinds["SearchDark"] > 5
    assert (bad in done.rows) == (case != "dark")
    assert len(done.asked) < 60
    # It is proved all the same, but for that: the next run asks for its minute by itself.
    assert done.progress is not None and done.progress.finished
    again = Run(living, tmp_path / "a", hour=1).crawl()
    assert again.missing == done.missing
    assert again.kinds["ListMinute"] in (1, 2)  # for what changed, and for what is lacking
    assert {task.size for task in again.asked if type(task).__name__ == "FetchPage"} <= {500}
    living.poison()
    mended = Run(living, tmp_path / "a", hour=2).crawl()
    assert (mended.missing, bad in mended.rows) == ([], True)


# --- proof


def test_where_more_are_counted_than_came_every_id_is_accounted_for(living: Tracker, tmp_path: Path) -> None:
    lost = living.issues()[30]
    Run(living, tmp_path / "a").crawl()
    forgetful = Run(living, tmp_path / "a", hour=1)
    forgetful.dataset.store.progress.remove(forgetful.session.site.name, str(lost.id), "by mistake")
    again = forgetful.crawl()
    assert again.kinds["ListIds"] > 0
    assert again.session.certificates["DEMO"].verified == {"missed": 1, "listed": 60}
    assert [raw.id for raw in again.came] == [str(lost.id)]
    assert again.missing == []


def test_what_is_counted_and_never_comes_is_missing(living: Tracker, tmp_path: Path) -> None:
    done = Run(Count(living, 10), tmp_path / "a").crawl()
    assert done.missing == [f"10 of the 70 issues of DEMO that {URL} counts did not come."]
    assert done.progress is not None and not done.progress.finished


def test_what_is_gone_is_removed_with_the_reason(living: Tracker, tmp_path: Path) -> None:
    Run(living, tmp_path / "a").crawl()
    gone = living.issues()[11]
    living.application.mutations.apply("delete", str(gone.id), project="DEMO")
    done = Run(living, tmp_path / "a", verify="true", hour=1).crawl()
    assert done.missing == []
    assert done.session.certificates["DEMO"].verified == {"listed": 59, "deleted_or_hidden": 1}
    assert str(gone.id) not in done.rows
    dataset = Dataset(tmp_path / "a")
    row = dataset.store.row(done.session.site.name, str(gone.id))
    dataset.close()
    assert row is not None
    assert (row.stage, row.reason) == ("Removed", "deleted or hidden (status 404)")


def test_a_count_that_does_not_come_leaves_a_crawl_unproved(jira: Tracker, tmp_path: Path) -> None:
    counts = 0

    def answer(query: Query) -> Reply:
        nonlocal counts
        counts += is_count(query.address)
        return BROKEN if is_count(query.address) and counts > 1 else jira(query)

    done = Run(answer, tmp_path / "a").crawl()
    assert done.missing == ["DEMO was listed, but not proved complete: status 500."]


# --- a site that would not


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (NOBODY, "cannot be reached: nobody listens there."),
        (BROKEN, "is not a Jira, or not now: it answers with status 500."),
        (Reply(status=401), "does not talk to visitors without credentials (status 401)."),
        (Reply(status=404), "is not a Jira: it has no serverInfo (status 404)."),
    ],
)
def test_a_site_that_is_none_ends_the_crawl_with_a_sentence(
    jira: Tracker, tmp_path: Path, reply: Reply, said: str
) -> None:
    done = Run(lambda query: reply, tmp_path / "a").crawl()
    assert (done.stopped, len(done.asked), done.came) == (f"{URL} {said}", 1, [])


def test_a_last_word_ends_the_crawl_wherever_it_is_said(jira: Tracker, tmp_path: Path) -> None:
    spent = Reply(status=599, failure=Failure("The budget is spent.", last_word=True))
    done = Run(instead(jira, spent, is_page), tmp_path / "a").crawl()
    assert (done.stopped, done.missing, done.failed) == ("The budget is spent.", ["The budget is spent."], [])


def test_a_project_that_is_not_there_ends_the_crawl_before_it_begins(jira: Tracker, tmp_path: Path) -> None:
    done = Run(jira, tmp_path / "a", scope=CrawlScope(("DEMO", "NOPE"))).crawl()
    assert done.stopped.startswith(f"{URL} has no project NOPE, or does not show it to this visitor: ")
    assert done.came == []


def test_a_site_that_dies_is_left_alone_soon(jira: Tracker, tmp_path: Path) -> None:
    answered = 0

    def dying(query: Query) -> Reply:
        nonlocal answered
        answered += 1
        return jira(query) if answered < 8 else NOBODY

    done = Run(dying, tmp_path / "a", page=10, window_issues=40).crawl()
    assert len(done.asked) < 8 + 3 * ENOUGH
    assert "A part of DEMO was not listed: nobody listens there." in done.missing
    assert done.progress is not None and not done.progress.finished
    again = done.resumed(answer=jira).crawl()
    assert (again.missing, set(again.rows)) == ([], ids(jira))


def test_a_site_that_answers_other_questions_is_given_up(jira: Tracker, tmp_path: Path) -> None:
    first = jira(Run(jira, tmp_path / "b").engine.query(_first_page(jira, tmp_path / "c")))
    done = Run(instead(jira, first, is_page), tmp_path / "a", page=50, window_issues=5).crawl()
    assert done.stopped.startswith(f"{URL} does not answer what it is asked: ")


def _first_page(jira: Tracker, folder: Path) -> Any:
    asked = Run(jira, folder, page=50).crawl().asked
    return next(task for task in asked if type(task).__name__ == "FetchPage")
