"""The activity panel: generations of markup, folded comments, tabs, history, work log."""

from __future__ import annotations

import pytest
from parsel import Selector

from fake_jira import running
from tests.integration.fake_jira.asking import ask
from tests.integration.fake_jira.browsing import BY_SCRIPT, PANELS, comments, read, said, tab

ROW = ("activity-name", "activity-old-val", "activity-new-val")


@pytest.fixture(scope="module")
def new():
    with running(issues=60, comments_shown=3) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def old():
    with running(issues=60, comments_shown=3, pages="old") as sandbox:
        yield sandbox


def talkative(jira, more_than=6):
    found = [issue for issue in jira.jira.corpus.by_id.values() if more_than < len(issue.comment_ids) < 100]
    issue = max(found, key=lambda issue: len(issue.comment_ids))
    return issue.key, [str(id_) for id_ in issue.comment_ids]


def test_jira_8_writes_each_comment_twice(old):
    key, ids = talkative(old)
    page = read(old.url, tab(key, "comment", "&showAll=true"))
    assert comments(page) == ids
    assert len(page.css(".twixi-wrap.verbose")) == len(page.css(".twixi-wrap.concise")) == len(ids)
    concise = page.css(f"#comment-{ids[0]} .concise .action-details").get()
    words = said(page.css(f"#comment-{ids[0]} .action-body p")).split()
    assert " ".join(words[:4]) in " ".join(concise.split())
    links = page.css("div.activity-comment .verbose a::attr(href)").getall()
    assert any(f"focusedCommentId={ids[0]}&" in link for link in links)
    assert not page.css("h3 button.twixi, .pinned") and "focusedId=" not in page.get()


def test_jira_9_writes_it_once_and_pins_some(new):
    key, ids = talkative(new)
    page = read(new.url, tab(key, "comment", "&showAll=true"))
    assert comments(page) == ids
    assert not page.css(".concise")
    assert len(page.css("div.activity-comment:not(.pinned) h3 > button.twixi")) == len(ids)
    pinned = page.css("#issue_actions_header_container #pinned_comments > .activity-comment.pinned::attr(id)").getall()
    assert pinned == [f"comment-{id_}" for id_ in ids if int(id_) % 5 == 0]
    assert pinned
    assert f"focusedId={ids[0]}&" in page.css(f"#comment-{ids[0]} a.comment-created-date-link").get().replace(
        "&amp;", "&"
    )
    assert "focusedCommentId" not in page.get()


@pytest.mark.parametrize("generation", ["old", "new"])
def test_older_comments_are_folded_away(generation, old, new):
    jira = {"old": old, "new": new}[generation]
    key, ids = talkative(jira)
    page = read(jira.url, f"/browse/{key}")
    assert comments(page) == ids[-3:]
    more = page.css('#issue_actions_container a.collapsed-comments[href*="showAll=true"]')
    assert more.css("span.show-more-comments::attr(data-collapsed-count)").getall() == [str(len(ids) - 3)]
    for headers in ({}, BY_SCRIPT):
        whole = read(jira.url, more.attrib["href"], headers)
        assert comments(whole) == ids
        assert not whole.css(".collapsed-comments")


def test_the_other_order(new):
    key, ids = talkative(new)
    page = read(new.url, f"/browse/{key}?actionOrder=desc")
    assert comments(page) == ids[:-4:-1]
    assert "collapsed-comments" in page.css("#issue_actions_container > div:last-child").get()
    assert comments(read(new.url, page.css("a.collapsed-comments").attrib["href"])) == ids[::-1]
    assert page.css(".issue-activity-sort-link::attr(data-order)").get() == "asc"


def test_tabs_name_their_addresses(new):
    page = read(new.url, "/browse/DEMO-1")
    tabs = page.css("ul#issue-tabs li[data-id][data-key][data-label][data-href]")
    assert [one.attrib["data-id"] for one in tabs][:4] == [
        "all-tabpanel",
        "comment-tabpanel",
        "worklog-tabpanel",
        "changehistory-tabpanel",
    ]
    assert tabs[3].attrib["data-key"] == f"{PANELS}:changehistory-tabpanel"
    assert page.css("ul#issue-tabs li.active::attr(data-id)").getall() == ["comment-tabpanel"]
    for one in tabs:
        assert one.css("a.ajax-activity-content::attr(href)").get(one.attrib["data-href"]) == one.attrib["data-href"]
        whole, fragment = (read(new.url, one.attrib["data-href"], headers) for headers in ({}, BY_SCRIPT))
        for found in (whole, fragment):
            assert found.css("li.active::attr(data-id)").getall() == [one.attrib["data-id"]]
            assert found.css("#issue_actions_container.issuePanelContainer")
        assert whole.css("#summary-val") and not fragment.css("#summary-val, title, #activitymodule")


def test_history(new):
    searched = ask(f"{new.url}/rest/api/2/search", expand="changelog", fields="creator,created", maxResults=100)
    descriptions = 0
    for issue in searched.json["issues"]:
        page = read(new.url, tab(issue["key"], "changehistory"), BY_SCRIPT)
        blocks = page.css("#issue_actions_container > .issue-data-block")
        assert "created issue" in said(blocks[0])
        assert blocks[0].css("time::attr(datetime)").get()[:19] == issue["fields"]["created"][:19]
        given = issue["changelog"]["histories"]
        assert len(blocks) == len(given) + 1
        for block, change in zip(blocks[1:], given, strict=True):
            assert block.attrib["id"] == f"changehistory-{change['id']}"
            assert block.css("time::attr(datetime)").get()[:19] == change["created"][:19]
            author = change.get("author") or {"displayName": "Anonymous"}
            assert said(block.css(".action-details")).startswith(author["displayName"])
            rows = [[said(row.css(f"td.{name}")) for name in ROW] for row in block.css("tbody tr")]
            assert [row[1:] for row in rows] == [[value(item, "from"), value(item, "to")] for item in change["items"]]
            descriptions += [row[0] for row in rows].count("Description")
    assert descriptions


def value(item, end):
    number = item[end]
    parts = [item[f"{end}String"], f"[ {number} ]" if number else None]
    return " ".join(" ".join(part for part in parts if part).split())


def test_work_log(new):
    seen = 0
    for issue in new.jira.corpus.by_id.values():
        page = read(new.url, tab(issue.key, "worklog"), BY_SCRIPT)
        given = ask(f"{new.url}/rest/api/2/issue/{issue.key}/worklog").json["worklogs"]
        blocks = page.css("#issue_actions_container > .issue-data-block")
        assert [block.attrib["id"] for block in blocks] == [f"worklog-{one['id']}" for one in given]
        for block, work in zip(blocks, given, strict=True):
            assert block.css("a.user-hover::attr(rel)").get() == work["author"]["name"]
            assert block.css("time::attr(datetime)").get()[:19] == work["started"][:19]
            assert block.css(f"#wl-{work['id']}-d::text").get() == "10m"
            assert said(block.css(f"#wl-{work['id']}-c")) == work["comment"]
            seen += 1
    assert seen > 20


def test_all_of_it_together(new):
    issue = max(new.jira.corpus.by_id.values(), key=lambda issue: min(len(issue.comment_ids), issue.changes))
    page = read(new.url, tab(issue.key, "all"), BY_SCRIPT)
    dates = [Selector(block).css("time::attr(datetime)").get() for block in page.css(".issue-data-block").getall()]
    assert len(dates) == 1 + len(issue.comment_ids) + issue.changes + issue.worklogs
    assert dates == sorted(dates)
    assert len(comments(page)) == len(issue.comment_ids)


def test_new_comments_are_shown():
    with running(issues=3) as jira:
        before = comments(read(jira.url, "/browse/DEMO-1"))
        jira.mutations.apply("comment", "DEMO-1")
        jira.mutations.apply("edit", "DEMO-1")
        assert len(comments(read(jira.url, "/browse/DEMO-1"))) == len(before) + 1
        assert read(jira.url, tab("DEMO-1", "changehistory")).css(f"td.{ROW[0]}")
