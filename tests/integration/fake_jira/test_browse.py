"""Which pages there are, who sees them, and what a visitor gets in place of one."""

from __future__ import annotations

from urllib.parse import unquote
from urllib.robotparser import RobotFileParser

import pytest
from parsel import Selector

from fake_jira import running
from fake_server import BadOption
from tests.integration.fake_jira.asking import ask
from tests.integration.fake_jira.browsing import BY_SCRIPT, comments, read, see, tab


@pytest.fixture(scope="module")
def jira():
    with running(issues=60, hidden=("TOOLS",)) as sandbox:
        yield sandbox


def first(jira, project="DEMO", state="present"):
    return next(one for one in jira.jira.corpus.by_id.values() if (one.project, one.state) == (project, state))


def test_a_hidden_issue_leads_to_the_form(jira):
    for headers in ({}, BY_SCRIPT):
        found = see(jira.url, f"/browse/{first(jira, 'TOOLS').key}?page=x", headers)
        assert found.status == 302
        path, _, query = found.headers["Location"].partition("?")
        assert path == "/login.jsp" and query.startswith("permissionViolation=true&os_destination=%2Fbrowse%2FTOOLS-")
        assert unquote(query).endswith("?page=x&page_caps=&user_role=")
        assert found.headers["X-AUSERNAME"] == "anonymous"
    form = see(jira.url, found.headers["Location"])
    assert form.status == 200 and b'<form id="login-form"' in form.body
    assert not Selector(form.body.decode()).css("#summary-val, #key-val")
    assert see(jira.url, "/projects/TOOLS").status == 302


def test_so_does_any_where_strangers_are_not_let_in():
    with running(issues=20, token="secret", hidden=("TOOLS",)) as jira:
        assert see(jira.url, "/browse/DEMO-1").status == 302
        assert see(jira.url, "/browse/DEMO-1", {"Authorization": "Bearer wrong"}).status == 302
        known = {"Authorization": "Bearer secret"}
        assert see(jira.url, "/browse/DEMO-1", known).headers["X-AUSERNAME"] == "crawler"
        hidden = first(jira, "TOOLS").key
        assert see(jira.url, f"/browse/{hidden}", known).status == 200
        jira.mutations.apply("hide", hidden)
        assert see(jira.url, f"/browse/{hidden}", known).status == 403


@pytest.mark.parametrize("name", ["DEMO-99999", "NONE-1", "10001", "DEMO-0", "DEMO-x", "%3Cb%3E", "DEMO-1%C2%B2"])
def test_what_was_never_given_is_not_there(jira, name):
    found = see(jira.url, f"/browse/{name}")
    assert found.status == 404 and b"error-image-canNotBeViewed" in found.body
    assert not Selector(found.body.decode()).css("#summary-val, #key-val")


def test_deleted_moved_and_archived():
    with running(issues=30) as jira:
        gone, moved, old = (one.key for one in list(jira.jira.corpus.by_id.values())[:3])
        jira.mutations.apply("delete", gone)
        jira.mutations.apply("archive", old)
        new = jira.mutations.apply("move", moved).after
        assert see(jira.url, f"/browse/{gone}").status == 404
        assert read(jira.url, f"/browse/{old}").css("#archived-issue")
        found = see(jira.url, tab(moved, "comment", "&showAll=true"))
        assert (found.status, found.headers["Location"]) == (302, tab(new, "comment", "&showAll=true"))
        assert read(jira.url, f"/browse/{new}").css("#key-val::text").get() == new
        made_up = next(iter(jira.jira.corpus.moved))
        assert see(jira.url, f"/browse/{made_up}").status == 302
        jira.mutations.apply("hide", new)
        assert see(jira.url, f"/browse/{moved}").headers["Location"].startswith("/login.jsp?permissionViolation")


def test_keys_in_small_letters_and_projects(jira):
    assert see(jira.url, "/browse/demo-1").headers["Location"] == "/browse/DEMO-1"
    assert see(jira.url, "/browse/demo").headers["Location"] == "/projects/DEMO"
    assert read(jira.url, "/projects/DEMO/issues").css("#sidebar, a[href='/projects/DEMO/issues']")
    assert see(jira.url, "/projects/NONE").status == 404


@pytest.mark.parametrize(("how", "status"), [("401", 401), ("403", 403), ("login", 302)])
def test_the_rest_may_be_closed_while_pages_are_open(how, status):
    with running(issues=5, rest_closed=how) as jira:
        for path in ("/rest/api/2/serverInfo", "/rest/api/2/search", "/rest/api/latest/issue/DEMO-1", "/rest/x"):
            found = see(jira.url, path)
            assert found.status == status
            assert (found.headers["Location"] or "").startswith("/login.jsp?" if status == 302 else "")
        assert read(jira.url, "/browse/DEMO-1").css("#key-val")
        assert sum(len(one["issues"]) for one in jira.manifest()["projects"].values()) == 5


def allowed(url, robot="Robot"):
    text = see(url, "/robots.txt")
    assert text.status == 200 and text.headers["Content-Type"].startswith("text/plain")
    rules = RobotFileParser()
    rules.parse(text.body.decode().splitlines())
    return rules.can_fetch(robot, f"{url}/browse/DEMO-1"), rules.crawl_delay(robot)


def test_robots(jira):
    assert allowed(jira.url) == (True, None)
    with running(issues=2, robots="disallow", crawl_delay=5) as other:
        assert allowed(other.url) == (False, 5)
        assert see(other.url, "/browse/DEMO-1").status == 200
    with running(issues=2, robots="none") as other:
        assert see(other.url, "/robots.txt").status == 404


def test_no_pages_where_none_are_wanted():
    for options in ({"pages": ""}, {"dialect": "cloud"}):
        with running(issues=2, **options) as jira:
            assert [see(jira.url, path).status for path in ("/browse/DEMO-1", "/robots.txt")] == [404, 404]


def test_pages_count_towards_limits_and_are_noted():
    with running(issues=3, rate_limit=(2, 60.0)) as jira:
        assert [see(jira.url, path).status for path in ("/browse/DEMO-1", "/robots.txt", "/browse/DEMO-1")] == [
            200,
            200,
            429,
        ]
        assert jira.requests[-1] == ("GET", "/browse/DEMO-1", 429)
    with running(issues=3, ban_after=1, latency=0.05) as jira:
        assert [see(jira.url, "/browse/DEMO-1").status for _ in range(2)] == [200, 403]


def test_a_poisoned_issue_has_no_page():
    with running(issues=3, poison=("DEMO-1",)) as jira:
        assert see(jira.url, "/browse/DEMO-1").status == 500
        assert see(jira.url, tab("DEMO-1", "comment"), BY_SCRIPT).status == 200


@pytest.fixture
def faulty(jira):
    yield jira
    jira.faults.rates.clear()
    jira.faults.values.clear()


@pytest.mark.parametrize(
    ("name", "value", "status", "words"),
    [
        ("maintenance", "", 503, b"down for maintenance"),
        ("maintenance", "200", 200, b"down for maintenance"),
        ("login_form", "", 200, b'<form id="login-form"'),
        ("other_markup", "", 200, b'data-testid="issue.views.issue-details"'),
        ("rate429", "1", 429, b"Rate limit exceeded"),
    ],
)
def test_other_pages_in_its_place(faulty, name, value, status, words):
    faulty.faults.rates[name], faulty.faults.values[name] = 1.0, value
    found = see(faulty.url, f"/browse/DEMO-1?{name}{value}")
    assert found.status == status and words in found.body
    assert b'id="key-val"' not in found.body and b"issue_actions_container" not in found.body
    assert see(faulty.url, f"/browse/DEMO-1?{name}{value}").status == 200
    if name != "rate429":
        assert ask(f"{faulty.url}/rest/api/2/serverInfo").json["version"]


def test_half_a_page(faulty):
    whole = see(faulty.url, "/browse/DEMO-1").body
    faulty.faults.rates["half_page"] = 1.0
    half = see(faulty.url, "/browse/DEMO-1")
    assert half.status == 200 and int(half.headers["Content-Length"]) == len(half.body)
    assert abs(len(half.body) - len(whole) // 2) < 200
    assert b'id="key-val"' in half.body and b"</html>" not in half.body
    assert b"</html>" in see(faulty.url, "/browse/DEMO-1").body


def test_pages_take_nothing_from_the_manifest(jira):
    before = jira.manifest()
    pages = [comments(read(jira.url, f"/browse/{one['key']}")) for one in before["projects"]["DEMO"]["issues"]]
    assert any(pages)
    assert jira.manifest() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"pages": "newest"},
        {"page_comments": "magic"},
        {"rest_closed": "500"},
        {"robots": "maybe"},
        {"comments_shown": -1},
        {"crawl_delay": -0.5},
        {"faults": ("maintenance=1:soon",)},
    ],
)
def test_wrong_choices(wrong):
    with pytest.raises(BadOption, match=r"--(pages|page-comments|rest-closed|robots|comments|crawl-delay|fault)"):
        running(issues=1, **wrong).__enter__()
