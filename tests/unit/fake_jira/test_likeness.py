"""Reports made twice and clones: nearly the same words, and a link that shows the other's title."""

from __future__ import annotations

import re

import pytest

from tests.unit.fake_jira import made_up


@pytest.fixture(scope="module")
def issues():
    return {issue["id"]: issue for issue in made_up.issues("server")}


def runs(issue):
    words = re.findall(r"\w+", issue["fields"]["description"] or "")
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)} if len(words) > 50 else set()


def pairs(issues, relation):
    for issue in issues.values():
        for link in issue["fields"]["issuelinks"]:
            if link["type"]["name"] == relation and "outwardIssue" in link:
                yield issue, link["outwardIssue"]


def test_reports_made_again_are_nearly_the_same(issues):
    alike = []
    for issue, other in pairs(issues, "Duplicate"):
        one, first = runs(issue), runs(issues[other["id"]])
        if one and other["fields"]["summary"] in issue["fields"]["summary"]:
            assert one != first
            alike.append(len(one & first) / len(one | first))
            assert (issue["fields"]["resolution"] or {}).get("name") in (None, "Duplicate")
    assert len(alike) > 20
    assert sum(share >= 0.7 for share in alike) > 0.8 * len(alike)


def test_clones_say_whose_they_are(issues):
    found = list(pairs(issues, "Cloners"))
    assert len(found) > 8
    for clone, original in found:
        first = issues[original["id"]]
        assert clone["fields"]["summary"] == f"CLONE - {original['fields']['summary']}"
        assert original["fields"]["summary"] == first["fields"]["summary"]
        assert clone["fields"]["description"] == first["fields"]["description"]
        assert clone["copy_of"] == 0
        back = [link["inwardIssue"]["id"] for link in first["fields"]["issuelinks"] if "inwardIssue" in link]
        assert clone["id"] in back
