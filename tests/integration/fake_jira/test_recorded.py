"""Recorded issues of any completeness, from folders, archives and lines."""

from __future__ import annotations

from fake_jira import running
from tests.integration.fake_jira.asking import ask


def test_over_http(folder):
    with running(data=(folder,)) as jira:
        page = ask(f"{jira.url}/rest/api/2/search", jql="project = OLD", fields="*all", expand="changelog").json
        assert page["total"] == 2
        for issue in page["issues"]:
            assert issue["self"].startswith(jira.url)
            assert issue["fields"]["comment"]["total"] == 1
            assert issue["changelog"] == {"startAt": 0, "maxResults": 0, "total": 0, "histories": []}


def test_as_cloud(folder):
    with running(data=(folder,), dialect="cloud") as jira:
        asked = {"jql": "key = OLD-1", "fields": ["*all"]}
        fields = ask(f"{jira.url}/rest/api/3/search/jql", asked).json["issues"][0]["fields"]
        assert [node["type"] for node in fields["description"]["content"]] == ["paragraph", "codeBlock", "paragraph"]
        assert fields["comment"]["comments"][0]["author"]["accountId"] == fields["reporter"]["accountId"]
