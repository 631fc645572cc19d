"""`expand=names`, and the release notes that only a name leads to."""

from __future__ import annotations

import pytest

from fake_jira import running
from tests.integration.fake_jira.asking import ask
from tests.unit.fake_jira.test_names import NOTE


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
