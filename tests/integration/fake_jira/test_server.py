"""The server dialect over HTTP."""

from __future__ import annotations

import pytest

from fake_jira import running
from tests.integration.fake_jira.asking import ask


@pytest.fixture(scope="module")
def jira():
    with running(issues=300, seed=5) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def truth(jira):
    issues = [issue for project in jira.manifest()["projects"].values() for issue in project["issues"]]
    return {issue["id"]: issue for issue in issues}


def test_envelope(jira):
    found = ask(f"{jira.url}/rest/api/2/search", jql="project = DEMO", maxResults=2)
    assert found.headers["X-AUSERNAME"] == "anonymous"
    assert found.headers["Content-Type"] == "application/json;charset=UTF-8"
    page = found.json
    assert list(page) == ["expand", "startAt", "maxResults", "total", "issues"]
    issue = page["issues"][0]
    assert list(issue) == ["expand", "id", "self", "key", "fields"]
    assert issue["self"] == f"{jira.url}/rest/api/2/issue/{issue['id']}"
    assert issue["expand"].startswith("operations,")
    assert not {"comment", "worklog", "attachment", "timetracking"} & set(issue["fields"])


def test_latest_and_post_are_the_same(jira):
    got = ask(f"{jira.url}/rest/api/latest/search", jql="order by key", maxResults=1, fields="summary").json
    posted = ask(
        f"{jira.url}/rest/api/latest/search", {"jql": "order by key", "maxResults": 1, "fields": ["summary"]}
    ).json
    assert got == posted
    assert "/rest/api/latest/issue/" in got["issues"][0]["self"]


def test_every_whole_issue_matches_the_manifest(jira, truth):
    page = ask(f"{jira.url}/rest/api/2/search", maxResults=1000, fields="*all", expand="changelog").json
    assert page["total"] == len(page["issues"]) == len(truth) == 300
    for issue in page["issues"]:
        expected, fields = truth[issue["id"]], issue["fields"]
        assert issue["key"] == expected["key"]
        assert [comment["id"] for comment in fields["comment"]["comments"]] == expected["comments"]
        assert fields["comment"]["total"] == fields["comment"]["maxResults"] == len(expected["comments"])
        assert fields["worklog"]["total"] == expected["worklogs"]
        assert len(fields["worklog"]["worklogs"]) == min(20, expected["worklogs"])
        assert issue["changelog"]["total"] == len(issue["changelog"]["histories"]) == expected["changes"]
        assert isinstance(fields["description"], str | None)


def test_sizes_are_clipped_without_a_word():
    with running(issues=30, page_cap=7) as jira:
        page = ask(f"{jira.url}/rest/api/2/search", jql="", maxResults=500).json
        assert (page["maxResults"], len(page["issues"]), page["total"]) == (7, 7, 30)
        assert ask(f"{jira.url}/rest/api/2/search", maxResults=0).json["issues"] == []


def test_result_window():
    with running(issues=30, result_window=10) as jira:
        assert ask(f"{jira.url}/rest/api/2/search", startAt=0, maxResults=10).status == 200
        deep = ask(f"{jira.url}/rest/api/2/search", startAt=5, maxResults=10)
        assert deep.status == 500
        assert deep.json["errorMessages"][0].startswith("Search limit exceeded.")


def test_single_issue_and_its_parts(jira, truth):
    busy = max(truth.values(), key=lambda issue: issue["worklogs"])
    issue = ask(f"{jira.url}/rest/api/2/issue/{busy['key'].lower()}").json
    assert issue["expand"].startswith("renderedFields,names,schema,operations")
    assert "changelog" not in issue and "comment" in issue["fields"]
    worklog = ask(f"{jira.url}/rest/api/2/issue/{busy['id']}/worklog").json
    assert worklog["total"] == len(worklog["worklogs"]) == busy["worklogs"]
    assert ask(f"{jira.url}/rest/api/2/issue/{busy['id']}/changelog").status == 404
    chatty = max(truth.values(), key=lambda issue: len(issue["comments"]))
    comments = ask(f"{jira.url}/rest/api/2/issue/{chatty['key']}/comment", startAt=1, maxResults=3).json
    assert [one["id"] for one in comments["comments"]] == chatty["comments"][1:4]


def test_missing_moved_and_unknown(jira):
    missing = ask(f"{jira.url}/rest/api/2/issue/DEMO-99999")
    assert (missing.status, missing.json["errorMessages"]) == (404, ["Issue Does Not Exist"])
    old, number = next(iter(jira.manifest()["moved"].items()))
    assert ask(f"{jira.url}/rest/api/2/issue/{old}").json["id"] == number
    unknown = ask(f"{jira.url}/rest/api/2/nowhere")
    assert (unknown.status, unknown.json["status-code"]) == (404, 404)
    assert ask(f"{jira.url}/rest/api/3/search/jql", jql="project = DEMO").status == 404


def test_wrong_query_and_unvalidated_query(jira):
    wrong = ask(f"{jira.url}/rest/api/2/search", jql="project = NOPE")
    assert (wrong.status, wrong.json) == (
        400,
        {"errorMessages": ["The value 'NOPE' does not exist for the field 'project'."], "errors": {}},
    )
    lenient = ask(f"{jira.url}/rest/api/2/search", jql="project = NOPE", validateQuery="false").json
    assert lenient["total"] == 0 and lenient["warningMessages"]
    assert ask(f"{jira.url}/rest/api/2/search", jql="", maxResults="many").status == 404
    assert ask(f"{jira.url}/rest/api/2/search", {"maxResults": []}).status == 400


def test_lists(jira):
    def listed(name):
        return ask(f"{jira.url}/rest/api/2/{name}").json

    fields = {field["id"]: field for field in listed("field")}
    assert fields["comment"]["navigable"] is False
    assert fields["issuekey"]["clauseNames"] == ["id", "issue", "issuekey", "key"]
    assert "schema" not in fields["thumbnail"]
    assert len([name for name in fields if name.startswith("customfield_")]) > 30
    assert [project["key"] for project in listed("project")] == ["DEMO", "TOOLS"]
    assert listed("project/demo")["key"] == "DEMO"
    assert ask(f"{jira.url}/rest/api/2/project/NOPE").status == 404
    assert listed("serverInfo")["deploymentType"] == "Server"
    assert {"Open", "Closed"} <= {status["name"] for status in listed("status")}
    assert listed("issueLinkType")["issueLinkTypes"]
    assert listed("priority") and listed("resolution") and listed("issuetype")


def test_the_development_field_differs_at_every_read(jira):
    name = "customfield_12314020"
    pages = [ask(f"{jira.url}/rest/api/2/search", jql="order by key", fields=name).json["issues"] for _ in range(2)]
    first, second = ([issue["fields"].get(name) for issue in page] for page in pages)
    assert first != second
    assert len(set(filter(None, first))) == len([value for value in first if value])


def test_expansions(jira):
    page = ask(
        f"{jira.url}/rest/api/2/search", maxResults=5, expand="names,schema,renderedFields", fields="description"
    ).json
    assert page["names"]["issuetype"] == "Issue Type"
    assert page["schema"]["labels"]["items"] == "string"
    assert all("<p>" in (issue["renderedFields"].get("description") or "<p>") for issue in page["issues"])


def test_selection(jira):
    def fields(wanted):
        return set(
            ask(f"{jira.url}/rest/api/2/search", maxResults=1, fields=wanted).json["issues"][0].get("fields", ())
        )

    assert fields("summary,created") == {"summary", "created"}
    assert "comment" not in fields("*all,-comment") and "worklog" in fields("*all,-comment")
    assert fields("*navigable,comment") > {"summary", "comment"}
    assert "summary" not in fields("-summary")
    assert fields("key") == set()


def test_credentials():
    with running(issues=5, token="sesame") as jira:
        refused = ask(f"{jira.url}/rest/api/2/search")
        assert refused.status == 401
        let_in = ask(f"{jira.url}/rest/api/2/search", headers={"Authorization": "Bearer sesame"})
        assert (let_in.status, let_in.headers["X-Seraph-LoginReason"], let_in.json["total"]) == (200, "OK", 5)
    with running(issues=5, token="sesame", anonymous_ok=True) as jira:
        stranger = ask(f"{jira.url}/rest/api/2/search", jql="project = DEMO", headers={"Authorization": "Bearer no"})
        assert (stranger.status, stranger.json["total"]) == (200, 0)
        assert stranger.headers["X-AUSERNAME"] == "anonymous"
        assert stranger.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_hidden_projects():
    with running(issues=60, hidden=("TOOLS",)) as jira:
        inside = jira.manifest()["projects"]["TOOLS"]["issues"][0]
        assert ask(f"{jira.url}/rest/api/2/search", jql="project = TOOLS").status == 400
        hidden = ask(f"{jira.url}/rest/api/2/issue/{inside['key']}")
        assert (hidden.status, hidden.json["errorMessages"][1]) == (401, "Login Required")
        assert jira.manifest()["projects"]["TOOLS"]["visible"] is False


def test_manifest_and_requests_over_http(jira):
    assert ask(f"{jira.url}/sandbox/manifest").json == jira.manifest()
    ask(f"{jira.url}/rest/api/2/serverInfo")
    assert ["GET", "/rest/api/2/serverInfo", 200] in ask(f"{jira.url}/sandbox/requests").json
