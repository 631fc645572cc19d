"""Whole crawls of issue pages, by the engine alone: which issues come, what is asked for, and what is missing."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from jira_crawler.crawl.html_tasks import FetchHtmlIssue, FetchHtmlPanel
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import CrawlState, StopCrawl
from jira_crawler.crawl.tasks import ListIds
from jira_crawler.trackers import reader
from tests.unit.crawl.html_site import BASE, RUN, Crawl, HtmlSite, key_numbers, silent, status

WHOLE = ("DEMO", "TOOLS")


def page(site: HtmlSite, key: str) -> Reply:
    """The page of an issue as the site shows it."""
    reply = site.reply(Crawl(site).engine, FetchHtmlIssue(key=key))
    site.asked.clear()
    return reply


def renamed(reply: Reply, old: str, new: str) -> Reply:
    """The page of an issue that has another key."""
    return Reply(body=reply.body.replace(f'data-issue-key="{old}"'.encode(), f'data-issue-key="{new}"'.encode()))


@pytest.mark.parametrize(
    ("pages", "comments"), [("new", "dom"), ("old", "dom"), ("new", "script"), ("old", "literal"), ("new", "ajax")]
)
def test_every_issue_is_read_once_and_in_full(pages, comments):
    site = HtmlSite(pages=pages, page_comments=comments)
    crawl = Crawl(site, projects=WHOLE).run()
    assert (crawl.findings, crawl.rejects) == ([], {})
    assert crawl.read == set(site.keys())
    assert len(crawl.held.issues) == crawl.session.state.listed == len(site.issues())
    assert not [issue.cut for issue in crawl.held.issues if issue.cut]
    assert max(Counter(site.paths()).values()) == 1
    told = {facts["key"]: len(facts["comments"]) for facts in site.issues()}
    assert sum(told.values()) > 10
    for raw in crawl.held.issues:
        assert len(reader(raw.dialect, BASE).read_issue(raw).comments) == told[raw.key]


def test_a_page_that_is_begun_is_read_to_its_end():
    site = HtmlSite(page_comments="ajax")
    Crawl(site, projects=("DEMO",)).run()
    kinds = [each.task for each in site.asked if isinstance(each.task, FetchHtmlIssue | FetchHtmlPanel)]
    panels = [(before, task) for before, task in pairwise(kinds) if isinstance(task, FetchHtmlPanel)]
    assert panels
    for before, panel in panels:
        assert panel.shown.key == (before.key if isinstance(before, FetchHtmlIssue) else before.shown.key)


def test_pages_are_asked_for_as_pages():
    site = HtmlSite(issues=5)
    crawl = Crawl(site, projects=("DEMO",)).run()
    for each in site.asked:
        wanted = isinstance(each.task, FetchHtmlIssue | FetchHtmlPanel)
        assert (("Accept", "text/html") in crawl.engine.query(each.task).headers) == wanted
        by_script = ("X-Requested-With", "XMLHttpRequest") in crawl.engine.query(each.task).headers
        assert by_script == isinstance(each.task, FetchHtmlPanel)


def test_a_list_of_keys_is_all_that_is_asked_for():
    site = HtmlSite()
    keys = tuple(site.keys("DEMO")[:3])
    crawl = Crawl(site, keys=keys).run()
    assert (crawl.read, crawl.findings) == (set(keys), [])
    assert not [path for path in site.paths() if "/rest/" in path]


@pytest.mark.parametrize("closed", ["401", "403", "login"])
@pytest.mark.parametrize("order", [1, -1])
def test_where_rest_is_closed_keys_are_tried_one_after_the_other(closed, order):
    site = HtmlSite(rest_closed=closed)
    crawl = Crawl(site, projects=("DEMO",), order=order).run()
    numbers = list(key_numbers(site, "DEMO"))
    last = max(int(key.rpartition("-")[2]) for key in site.keys("DEMO"))
    assert (crawl.read, crawl.findings) == (set(site.keys("DEMO")), [])
    assert sorted(numbers) == list(range(1, last + 20 + 1))
    assert crawl.session.state.tried == {"DEMO": last}


@pytest.mark.parametrize(("gap", "last"), [(6, 5 + 6), (7, 12 + 7)])
def test_a_gap_in_the_keys_is_crossed_unless_it_is_too_wide(gap, last):
    site = HtmlSite(rest_closed="401")
    key = site.keys("DEMO")[0]
    shown = page(site, key)
    site.replies |= {f"/browse/DEMO-{n}": status(404) for n in range(1, 100)}
    site.replies |= {f"/browse/DEMO-{n}": renamed(shown, key, f"DEMO-{n}") for n in (5, 12)}
    crawl = Crawl(site, projects=("DEMO",), gap=gap).run()
    assert sorted(key_numbers(site, "DEMO")) == list(range(1, last + 1))
    assert (len(crawl.read), crawl.findings) == (1 + (gap == 7), [])


def test_a_key_that_was_deleted_leads_on():
    site = HtmlSite(rest_closed="401")
    for n in range(1, 200):
        site.replies[f"/browse/DEMO-{n}"] = status(410 if n == 4 else 404)
    Crawl(site, projects=("DEMO",), gap=5).run()
    assert max(key_numbers(site, "DEMO")) == 9


def test_a_project_without_an_issue_may_not_exist():
    site = HtmlSite(rest_closed="401")
    crawl = Crawl(site, projects=("DEMO", "NONE")).run()
    assert crawl.findings == [f"{BASE} shows no issue of NONE, or has no such project."]
    assert sorted(key_numbers(site, "NONE")) == list(range(1, 21))


def test_a_site_that_has_something_else_for_every_key_is_left():
    site = HtmlSite(rest_closed="401")
    for n in range(1, 2_000):
        site.replies[f"/browse/DEMO-{n}"] = status(500)
    crawl = Crawl(site, projects=("DEMO",), gap=3).run()
    assert "The keys of DEMO lead to no issue that can be read, 30 in a row." in crawl.findings
    assert max(key_numbers(site, "DEMO")) == 33
    assert len(crawl.rejects) == 33


def test_no_answer_is_no_issue_and_leads_nowhere():
    site = HtmlSite(rest_closed="401")
    for n in range(1, 50):
        site.replies[f"/browse/DEMO-{n}"] = silent()
    crawl = Crawl(site, projects=("DEMO",), gap=4).run()
    assert sorted(key_numbers(site, "DEMO")) == [1, 2, 3, 4]
    assert crawl.rejects == {f"DEMO-{n}": "no answer in time" for n in range(1, 5)}


# --- what the search says


def test_a_project_that_the_search_does_not_know():
    crawl = Crawl(HtmlSite(), projects=("NONE",)).run()
    (said,) = crawl.findings
    assert said.startswith(f"{BASE} has no project NONE, or does not show it to this visitor: ")


def test_a_listing_of_several_pages_names_each_key_once():
    site = HtmlSite(issues=24, page_cap=4)
    crawl = Crawl(site, projects=("DEMO",)).run()
    assert len([each for each in site.asked if isinstance(each.task, ListIds)]) > 2
    assert (crawl.read, crawl.findings) == (set(site.keys("DEMO")), [])
    assert crawl.session.counted == {"DEMO": len(site.keys("DEMO"))}


def test_where_the_search_breaks_off_keys_are_tried():
    site = HtmlSite()
    site.replies["/rest/api/2/search"] = status(500)
    crawl = Crawl(site, projects=("DEMO",)).run()
    assert (crawl.read, crawl.findings) == (set(site.keys("DEMO")), [])


@pytest.fixture(scope="module")
def counting() -> list[str]:
    """The addresses at which a calm crawl has issues counted."""
    site = HtmlSite()
    Crawl(site, projects=("DEMO",)).run()
    found = [path for path in site.paths() if "maxResults=0" in path]
    assert found
    return found


@pytest.mark.parametrize(("more", "missing"), [(1, True), (0, False), (-1, False)])
def test_a_search_that_names_fewer_than_it_counts_is_no_proof(counting, more, missing):
    site = HtmlSite()
    here = len(site.keys("DEMO"))
    counted = Reply(body=f'{{"startAt":0,"maxResults":0,"total":{here + more},"issues":[]}}'.encode())
    site.replies |= dict.fromkeys(counting, counted)
    crawl = Crawl(site, projects=("DEMO",)).run()
    said = f"The search names {here} of the {here + more} issues of DEMO that it counts."
    assert crawl.findings == [said] * missing


def test_what_came_after_the_run_began_is_not_counted(counting):
    (path,) = counting
    assert str(RUN - RUN % 60_000) in path


def test_a_search_that_does_not_count_is_no_proof(counting):
    site = HtmlSite()
    site.replies |= {path: status(503) for path in counting}
    crawl = Crawl(site, projects=("DEMO",)).run()
    assert crawl.read == set(site.keys("DEMO"))
    assert crawl.findings == ["DEMO was listed, but not proved complete: status 503."]


def test_an_issue_without_a_key_is_missed():
    site = HtmlSite()
    first = site.keys("DEMO")[0]
    site.replies["/rest/api/2/search"] = lambda honest: Reply(
        body=honest.body.replace(f'"key":"{first}"'.encode(), b'"key":""')
    )
    crawl = Crawl(site, projects=("DEMO",)).run()
    assert "The search names an issue of DEMO without a key." in crawl.findings
    assert crawl.read == set(site.keys("DEMO")) - {first}


def test_two_keys_that_lead_to_one_issue_are_missed():
    site = HtmlSite()
    one, other = site.keys("DEMO")[:2]
    site.replies[f"/browse/{one}"] = status(302, location=f"{BASE}/browse/{other}")
    crawl = Crawl(site, projects=("DEMO",)).run()
    assert crawl.findings == ["1 of the keys that the search names led to no issue of their own."]


def test_where_something_is_missing_anyhow_keys_are_not_counted():
    site = HtmlSite()
    one, other, bad = site.keys("DEMO")[:3]
    site.replies[f"/browse/{one}"] = status(302, location=f"{BASE}/browse/{other}")
    site.replies[f"/browse/{bad}"] = status(500)
    crawl = Crawl(site, projects=("DEMO",)).run()
    assert crawl.findings == [f"The page of {bad} cannot be read: status 500."]


def test_the_last_word_of_a_site_ends_the_crawl():
    site = HtmlSite()
    site.replies["/browse/" + site.keys("DEMO")[0]] = silent("too many requests for today", last_word=True)
    with pytest.raises(StopCrawl, match="too many requests for today"):
        Crawl(site, projects=("DEMO",)).run()


# --- keys that moved


def test_an_issue_that_moved_is_read_under_its_new_key():
    site = HtmlSite()
    there = site.keys("TOOLS")[0]
    site.replies["/browse/TOOLS-9000"] = status(302, location=f"/browse/{there}")
    crawl = Crawl(site, keys=("TOOLS-9000",)).run()
    assert (crawl.read, crawl.findings) == ({there}, [])
    assert crawl.session.state.moves == {"TOOLS-9000": there}


def test_a_page_that_shows_another_key_moved_as_well():
    site = HtmlSite()
    one, other = site.keys("DEMO")[:2]
    site.replies[f"/browse/{one}"] = page(site, other)
    crawl = Crawl(site, keys=(one,)).run()
    assert (crawl.read, crawl.session.state.moves) == ({other}, {one: other})


def test_an_issue_that_moved_out_of_what_is_asked_for_is_left():
    site = HtmlSite()
    moved, there = site.keys("DEMO")[0], site.keys("TOOLS")[0]
    site.replies[f"/browse/{moved}"] = status(301, location=f"/browse/{there}")
    crawl = Crawl(site, projects=("DEMO",)).run()
    assert crawl.read == set(site.keys("DEMO")) - {moved}
    assert (crawl.findings, crawl.rejects) == ([], {})
    assert crawl.session.state.left == {"DEMO": 1}


def test_keys_that_lead_in_a_circle_are_a_reject():
    site = HtmlSite()
    for one, other in ((1, 2), (2, 3), (3, 1)):
        site.replies[f"/browse/DEMO-{one}"] = status(302, location=f"/browse/DEMO-{other}")
    crawl = Crawl(site, keys=("DEMO-1",)).run()
    assert crawl.rejects == {"DEMO-3": "it leads to DEMO-1, and that leads on and on"}
    assert crawl.findings == ["The page of DEMO-3 cannot be read: it leads to DEMO-1, and that leads on and on."]


def test_keys_that_lead_on_and_on_are_a_reject():
    site = HtmlSite()
    for n in range(1, 50):
        site.replies[f"/browse/DEMO-{n}"] = status(302, location=f"/browse/DEMO-{n + 1}")
    crawl = Crawl(site, keys=("DEMO-1",)).run()
    assert crawl.rejects == {"DEMO-6": "it leads to DEMO-7, and that leads on and on"}


def test_where_keys_are_tried_one_that_moved_leads_on_as_well():
    site = HtmlSite(rest_closed="401")
    there = site.keys("TOOLS")[0]
    site.replies |= {f"/browse/DEMO-{n}": status(404) for n in range(1, 50)}
    site.replies["/browse/DEMO-5"] = status(302, location=f"/browse/{there}")
    crawl = Crawl(site, projects=("DEMO",), gap=6).run()
    assert sorted(key_numbers(site, "DEMO")) == list(range(1, 12))
    assert crawl.session.state.left == {"DEMO": 1}


# --- pages that are bad


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("login_form=1", "a login form"),
        ("maintenance=1:200", "a maintenance page"),
        ("half_page=1", "half a page"),
        ("other_markup=1", "not the markup of an issue page"),
    ],
)
def test_a_bad_page_is_a_reject_with_its_reason_and_never_half_an_issue(fault, said):
    site = HtmlSite(faults=(fault,), persistent_faults=True)
    key = site.keys("DEMO")[0]
    crawl = Crawl(site, keys=(key,), retries=2).run()
    passing = said.startswith(("half", "a maintenance"))
    assert len(site.asked) == (3 if passing else 1)
    assert crawl.read == set()
    assert said in crawl.rejects[key]
    assert crawl.findings == [f"The page of {key} cannot be read: {crawl.rejects[key]}."]
    assert [task.attempt for task, _ in crawl.failed] == [2 if passing else 0]


def test_passing_trouble_passes():
    site = HtmlSite(faults=("half_page=0.3", "maintenance=0.2:200"), seed=2)
    crawl = Crawl(site, projects=WHOLE, retries=20).run()
    assert (crawl.findings, crawl.read) == ([], set(site.keys()))
    assert any(each.task.attempt for each in site.asked)


def test_what_was_asked_again_on_the_way_counts_as_well():
    site = HtmlSite()
    key = site.keys("DEMO")[0]
    site.replies[f"/browse/{key}"] = Reply(body=page(site, key).body[:2_000], attempt=4)
    Crawl(site, keys=(key,), retries=5).run()
    assert [each.task.attempt for each in site.asked][:2] == [0, 5]


@pytest.mark.parametrize("number", [301, 302, 303, 401, 403])
def test_a_hidden_page_is_a_reject_and_nothing_is_missing(number):
    site = HtmlSite()
    key = site.keys("DEMO")[0]
    site.replies[f"/browse/{key}"] = status(number, location=f"{BASE}/login.jsp")
    crawl = Crawl(site, keys=(key,)).run()
    assert crawl.rejects == {key: "hidden from this visitor"}
    assert (crawl.findings, crawl.failed) == ([], [])


@pytest.mark.parametrize("number", [404, 410, 500])
def test_a_key_that_was_given_and_has_no_page_is_missing(number):
    site = HtmlSite()
    site.replies["/browse/DEMO-1"] = status(number)
    crawl = Crawl(site, keys=("DEMO-1",)).run()
    assert crawl.findings == [f"The page of DEMO-1 cannot be read: status {number}."]
    assert crawl.rejects == {"DEMO-1": f"status {number}"}


def test_a_reject_is_forgotten_when_its_page_is_read():
    site = HtmlSite()
    one, other = site.keys("DEMO")[:2]
    crawl = Crawl(site, keys=(one, other))
    crawl.held.rejects = {one: "unreadable-1", "DEMO-9000": "unreadable-2"}
    crawl.run()
    assert crawl.held.forgotten == ["unreadable-1"]


# --- panels, and a browser


@pytest.fixture(scope="module")
def panels() -> dict[str, FetchHtmlPanel]:
    """The panels that a calm crawl asks for, by address."""
    site = HtmlSite(page_comments="ajax")
    Crawl(site, projects=WHOLE).run()
    return {each.path: each.task for each in site.asked if isinstance(each.task, FetchHtmlPanel)}


@pytest.mark.parametrize("reply", [status(500), silent(), status(200)])
def test_a_panel_that_does_not_come_leaves_its_list_cut(panels, reply):
    site = HtmlSite(page_comments="ajax")
    address, task = next(item for item in panels.items() if item[1].which == "comment")
    site.replies[address] = reply
    key, why = task.shown.key, reply.trouble or "an empty page"
    crawl = Crawl(site, keys=(key,), retries=1).run()
    (issue,) = crawl.held.issues
    assert (issue.key, issue.failed, issue.cut[0]) == (key, "", "comment")
    assert [sentence for _, sentence in crawl.failed] == [f"The comment of {key} did not come: {why}."]
    assert crawl.findings == [f"The comment of {key} did not come: {why}."]
    assert site.paths().count(address) == (2 if reply.status == 200 else 1)


def test_a_browser_opens_what_does_not_come_otherwise():
    site = HtmlSite(page_comments="browser")
    crawl = Crawl(site, projects=WHOLE).run()
    opened = [each.task.key for each in site.asked if isinstance(each.task, FetchHtmlIssue) and each.task.browser]
    assert (crawl.read, crawl.findings) == (set(site.keys()), [])
    assert 0 < len(opened) == len(set(opened))
    assert not [issue.cut for issue in crawl.held.issues if issue.cut]
    by_browser = [each for each in site.asked if isinstance(each.task, FetchHtmlIssue) and each.task.browser]
    assert all("showAll=true" in each.path and each.task.priority > 0 for each in by_browser)


def test_without_a_browser_the_comments_are_missed():
    site = HtmlSite(page_comments="browser")
    crawl = Crawl(site, projects=WHOLE, browser="never").run()
    cut = {issue.key for issue in crawl.held.issues if issue.cut}
    assert crawl.read == set(site.keys())
    assert cut
    assert set(crawl.findings) == {
        f"Not all comments of {key} came: they need a browser (browser=auto)." for key in cut
    }


def test_a_browser_opens_every_page_if_told_to():
    site = HtmlSite(page_comments="browser")
    crawl = Crawl(site, projects=WHOLE, browser="always").run()
    pages = [each.task for each in site.asked if isinstance(each.task, FetchHtmlIssue)]
    assert (crawl.read, crawl.findings) == (set(site.keys()), [])
    assert len(pages) == len(site.keys())
    assert all(task.browser and not task.priority for task in pages)


# --- a run that is taken up again


def test_a_state_that_is_taken_up_again_knows_what_was_tried():
    site = HtmlSite(rest_closed="401")
    before = CrawlState(run=1, tried={"DEMO": 0, "TOOLS": 7}, left={"TOOLS": 2})
    crawl = Crawl(site, keys=(site.keys("TOOLS")[0],), state=before).run()
    assert crawl.findings == [f"{BASE} shows no issue of DEMO, or has no such project."]
