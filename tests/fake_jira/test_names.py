"""`expand=names`, and the release notes that only a name leads to."""

from __future__ import annotations

import pytest

from fake_jira import running
from fake_jira.data.generate import MadeUp

from .asking import ask

NOTE = "customfield_12310192"


@pytest.mark.parametrize(("dialect", "search"), [("server", "2/search"), ("cloud", "3/search/jql")])
def test_names_come_with_a_page_and_with_an_issue_by_itself(dialect, search):
    with running(issues=30, dialect=dialect) as jira:
        asked = {"jql": "project = DEMO", "fields": "*all", "expand": "changelog,names"}
        page = ask(f"{jira.url}/rest/api/{search}", **asked).json
        there = page["issues"][0]
        alone = ask(f"{jira.url}/rest/api/{search[0]}/issue/{there['id']}", expand="names").json
        plain = ask(f"{jira.url}/rest/api/{search[0]}/issue/{there['id']}").json
    assert page["names"] == alone["names"]
    assert "names" not in plain and "names" not in there
    assert there["fields"].keys() <= page["names"].keys()
    assert page["names"][NOTE] == "Release Note"
    assert list(page["names"].values()).count("Release Note") > 1


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_some_of_what_was_fixed_has_a_release_note(dialect):
    fields = [issue["fields"] for issue in MadeUp(2000, 7, ("DEMO", "TOOLS"), dialect, "http://sandbox").issues()]
    noted = [each for each in fields if each[NOTE]]
    assert 0.05 < len(noted) / sum(bool(each["resolution"]) for each in fields) < 0.11
    assert {each["resolution"]["name"] for each in noted} == {"Fixed"}
    assert {type(each[NOTE]) for each in noted} == {str if dialect == "server" else dict}
    assert len({str(each[NOTE]) for each in noted}) == len(noted)
