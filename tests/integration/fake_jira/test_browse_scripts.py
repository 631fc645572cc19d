"""Comments that come by script: what can be read off the page, and what a real browser makes of it."""

from __future__ import annotations

import json
import re

import pytest
from parsel import Selector

from fake_jira import running
from fake_jira.pages.scripts import is_computed
from tests.integration.fake_jira.browsing import BY_SCRIPT, comments, read, see, tab

LITERAL = r'"((?:[^"\\\n]|\\.)*)"'


@pytest.fixture(scope="module", params=["script", "literal", "ajax", "browser"])
def jira(request):
    with running(issues=60, page_comments=request.param, comments_shown=4) as sandbox:
        yield sandbox


@pytest.fixture
def issue(jira):
    """With comments of all kinds, more than are shown at first."""
    found = [issue for issue in jira.jira.corpus.by_id.values() if 6 < len(issue.comment_ids) < 100]
    return max(found, key=lambda issue: len(issue.comment_ids))


def how(jira):
    return jira.application.options.page_comments


def test_a_plain_reader_finds_no_comment_in_the_page(jira, issue):
    for name in ("comment", "all"):
        page = read(jira.url, tab(issue.key, name, "&showAll=true"))
        assert page.css("h1#summary-val") and page.css("#description-val")
        assert not page.css(".activity-comment, .action-body")


def test_what_the_script_holds_is_the_panel(jira, issue):
    text = see(jira.url, tab(issue.key, "comment", "&showAll=true")).body.decode()
    if how(jira) == "script":
        assert '<big-pipe data-id="activity-panel-pipe-id"' in text
        held = re.search(rf'WRM\._unparsedData\["activity-panel-pipe-id"\]={LITERAL};\nif\(window\.WRM', text)[1]
        assert all(mark in held for mark in ("\\u003cdiv", '\\\\\\"', "\\\\n", "\\\\/")) and "<" not in held
        panel = json.loads(json.loads(f'"{held}"'.replace("\\'", "'")))
    elif how(jira) == "literal":
        held = re.search(rf"innerHTML={LITERAL};", text)[1]
        assert all(mark in held for mark in ("\\u003c", '\\"', "\\n", "<\\/", "\\u0022"))
        panel = json.loads(f'"{held}"')
    else:
        assert str(issue.comment_ids[0]) not in text
        return
    assert comments(Selector(panel)) == [str(id_) for id_ in issue.comment_ids]


def test_the_tab_by_request(jira, issue):
    address = tab(issue.key, "comment", "&showAll=true")
    fragment = read(jira.url, address, BY_SCRIPT)
    expected = [] if how(jira) == "browser" else [str(id_) for id_ in issue.comment_ids]
    assert comments(fragment) == expected
    changed = max(jira.jira.corpus.by_id.values(), key=lambda issue: issue.changes)
    history = read(jira.url, tab(changed.key, "changehistory"), BY_SCRIPT)
    assert len(history.css("#issue_actions_container > [id^=changehistory-]")) == changed.changes > 3


def test_a_token_has_to_be_computed():
    with running(issues=3, page_comments="browser") as jira:
        text = see(jira.url, "/browse/DEMO-1").body.decode()
        challenge = re.search(r"var number = (\d+);", text)[1]
        number = int(challenge)
        for _ in range(1000):
            number = number * 48271 % 2147483647
        address = re.search(r'"(/plugins/servlet/activity\?[^"]+)"', text)[1]
        assert see(jira.url, f"{address}{number:x}").status == 200
        assert see(jira.url, f"{address}{number + 1:x}").status == 403
        assert see(jira.url, address).status == 403
        assert see(jira.url, f"{address}{number:x}".replace("DEMO-1", "DEMO-999")).status == 404
    assert not is_computed("0", "0") and not is_computed("²", "0") and not is_computed("9" * 5000, "0")


@pytest.fixture(scope="module")
def plain():
    with running(issues=60, comments_shown=0) as sandbox:
        yield sandbox


def bodies(page):
    return [" ".join(one.split()) for one in page.css(".action-body").xpath("string()").getall()]


@pytest.fixture(scope="module")
def browser(chromium):
    playwright = pytest.importorskip("playwright.sync_api", reason="NO PLAYWRIGHT: pip install playwright")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


def test_a_browser_sees_all_comments(jira, plain, issue, browser):
    context = browser.new_context()
    try:
        page = context.new_page()
        wrong = []
        page.on("pageerror", lambda error: wrong.append(error))
        for address, ids in (
            (f"/browse/{issue.key}", issue.comment_ids[-4:]),
            (tab(issue.key, "comment", "&showAll=true&actionOrder=desc"), issue.comment_ids[::-1]),
            (tab(issue.key, "all"), issue.comment_ids),
        ):
            page.goto(jira.url + address)
            page.wait_for_selector("#activitymodule #issue_actions_container .activity-comment .action-body")
            built = Selector(page.content())
            assert comments(built) == [str(id_) for id_ in ids]
            assert built.css("#issue-tabs li.active")
            assert not built.css("big-pipe, #activitymodule #activitymodule")
            assert set(bodies(built)) <= set(bodies(read(plain.url, tab(issue.key, "all"))))
        assert not wrong
    finally:
        context.close()
