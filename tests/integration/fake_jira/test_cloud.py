"""The cloud dialect over HTTP."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from fake_jira import running
from tests.integration.fake_jira.asking import ask


@pytest.fixture(scope="module")
def jira():
    with running(issues=300, seed=5, dialect="cloud") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def truth(jira):
    return [issue for project in jira.manifest()["projects"].values() for issue in project["issues"]]


def walk(jira, **asked):
    issues, token = [], None
    while True:
        page = ask(f"{jira.url}/rest/api/3/search/jql", {**asked, **({"nextPageToken": token} if token else {})}).json
        issues += page["issues"]
        token = page.get("nextPageToken")
        assert page["isLast"] is (token is None)
        assert "total" not in page
        if token is None:
            return issues


def test_the_old_search_is_gone(jira):
    for version in ("2", "3", "latest"):
        gone = ask(f"{jira.url}/rest/api/{version}/search", jql="project = DEMO")
        assert gone.status == 410
        assert "CHANGE-2046" in gone.json["errorMessages"][0]


def test_ids_alone_by_default(jira):
    page = ask(f"{jira.url}/rest/api/3/search/jql", jql="project = DEMO", maxResults=2).json
    assert [list(issue) for issue in page["issues"]] == [["id"], ["id"]]


def test_pages_cover_everything_once_even_in_a_random_order(jira, truth):
    issues = walk(jira, jql="project in (DEMO, TOOLS) order by status", maxResults=37)
    assert sorted(issue["id"] for issue in issues) == sorted(issue["id"] for issue in truth)


def test_pages_are_small_when_much_is_asked(jira):
    asked = {"jql": "project in (DEMO, TOOLS)", "maxResults": 5000}
    assert len(ask(f"{jira.url}/rest/api/3/search/jql", asked).json["issues"]) == 300
    assert len(ask(f"{jira.url}/rest/api/3/search/jql", {**asked, "fields": ["id", "key"]}).json["issues"]) == 300
    for much in ({"fields": ["*all"]}, {"fields": ["summary"]}, {"fields": ["id"], "expand": "changelog"}):
        assert len(ask(f"{jira.url}/rest/api/3/search/jql", {**asked, **much}).json["issues"]) == 100


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"jql": "order by created"}, 400),
        ({"jql": ""}, 400),
        ({"jql": "project = DEMO", "maxResults": 5001}, 400),
        ({"jql": "project = DEMO", "maxResults": 0}, 400),
        ({"jql": "project = DEMO", "startAt": 5}, 400),
        ({"jql": "project = DEMO", "nextPageToken": "rubbish"}, 400),
        ({"jql": "project = NOPE"}, 400),
        ({"jql": "key < DEMO-99999"}, 200),
    ],
)
def test_rules(jira, asked, status):
    assert ask(f"{jira.url}/rest/api/3/search/jql", asked).status == status


def test_a_post_needs_a_body_and_a_get_ignores_what_it_does_not_know(jira):
    assert ask(f"{jira.url}/rest/api/3/search/jql", jql="project = DEMO", startAt=5).status == 200
    request = Request(f"{jira.url}/rest/api/3/search/jql?jql=project=DEMO", b"", {"Content-Type": "application/json"})
    with pytest.raises(HTTPError) as refused, urlopen(request, timeout=600):
        pass
    with refused.value as answer:
        assert (answer.code, answer.headers["Content-Type"]) == (415, "application/problem+json")


def test_embedded_lists_are_cut_and_can_be_completed(jira, truth):
    hub = max(truth, key=lambda issue: len(issue["comments"]))
    where = f"{jira.url}/rest/api/3/issue/{hub['id']}"
    issue = ask(where, expand="changelog").json
    comment = issue["fields"]["comment"]
    assert comment["total"] == 120 == len(hub["comments"])
    assert [one["id"] for one in comment["comments"]] == hub["comments"][-100:]
    histories = issue["changelog"]["histories"]
    assert (issue["changelog"]["total"], len(histories)) == (60, 40)
    assert histories[0]["created"] > histories[-1]["created"]

    rest = ask(f"{where}/comment", startAt=0, maxResults=500, orderBy="created").json
    assert (rest["maxResults"], [one["id"] for one in rest["comments"]]) == (100, hub["comments"][:100])
    assert ask(f"{where}/comment", orderBy="author").status == 400
    changes = ask(f"{where}/changelog", startAt=50).json
    assert (changes["total"], len(changes["values"]), changes["isLast"]) == (60, 10, True)


def test_bodies_and_people(jira):
    issues = walk(jira, jql="project = DEMO", fields=["*all"], maxResults=100)
    for issue in issues:
        for body in (issue["fields"]["description"], *(one["body"] for one in issue["fields"]["comment"]["comments"])):
            assert body is None or (body["type"], body["version"]) == ("doc", 1)
    people = [issue["fields"]["creator"] for issue in issues]
    assert all("accountId" in person and not {"name", "key"} & set(person) for person in people)
    assert any("customfield_10030" in issue["fields"] for issue in issues)


def test_count(jira):
    found = ask(f"{jira.url}/rest/api/3/search/approximate-count", {"jql": "project in (DEMO, TOOLS)"})
    assert found.json == {"count": 300}


def test_approximate_counts_may_be_off():
    with running(issues=50, dialect="cloud", count_off=3) as jira:
        asked = {"jql": "project in (DEMO, TOOLS)"}
        counts = {ask(f"{jira.url}/rest/api/3/search/approximate-count", asked).json["count"] for _ in range(30)}
    assert counts <= set(range(47, 54)) and len(counts) > 3


def test_missing_keys_match_nothing(jira, truth):
    there = next(issue for issue in truth if issue["key"].startswith("DEMO-"))
    for jql, found in (
        ("key = DEMO-99999", []),
        ("id = 99999999", []),
        (f"key in ({there['key']}, DEMO-99999)", [{"id": there["id"]}]),
        ("key > DEMO-99999", []),
    ):
        assert ask(f"{jira.url}/rest/api/3/search/jql", {"jql": jql}).json["issues"] == found
    assert ask(f"{jira.url}/rest/api/3/search/jql", {"jql": "key = abc"}).status == 400


def test_bulk(jira, truth):
    ids = [issue["id"] for issue in truth[:40]]
    found = ask(
        f"{jira.url}/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": [*ids[::-1], "NOPE-1"], "fields": ["summary"]}
    ).json
    assert [issue["id"] for issue in found["issues"]] == sorted(ids, key=int)
    assert len(found["issueErrors"]) == 1
    assert ask(f"{jira.url}/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ids * 3}).status == 400

    changes, token = 0, None
    while True:
        asked = {"issueIdsOrKeys": ids, "maxResults": 25, **({"nextPageToken": token} if token else {})}
        page = ask(f"{jira.url}/rest/api/3/changelog/bulkfetch", asked).json
        changes += sum(len(log["changeHistories"]) for log in page["issueChangeLogs"])
        token = page.get("nextPageToken")
        if not token:
            break
    assert changes == sum(issue["changes"] for issue in truth[:40])


def test_server_info_in_either_version(jira):
    for version in ("2", "3"):
        assert ask(f"{jira.url}/rest/api/{version}/serverInfo").json["deploymentType"] == "Cloud"


def test_bad_credentials_are_anonymous():
    with running(issues=5, dialect="cloud", basic="me@example.org:sesame") as jira:
        stranger = ask(f"{jira.url}/rest/api/3/search/jql", jql="project = DEMO", headers={"Authorization": "Basic x"})
        assert (stranger.status, stranger.json["issues"]) == (200, [])
        assert stranger.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
        assert ask(f"{jira.url}/rest/api/3/issue/DEMO-1").status == 404
        known = {"Authorization": "Basic bWVAZXhhbXBsZS5vcmc6c2VzYW1l"}
        let_in = ask(f"{jira.url}/rest/api/3/search/jql", jql="project = DEMO", headers=known)
        assert let_in.json["issues"] and let_in.headers["X-AUSERNAME"] == "me@example.org"
