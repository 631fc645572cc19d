"""Made-up issues: the same for the same seed, unlike one another but for the copies, and made to trip crawlers up."""

from __future__ import annotations

import json
import re

import pytest

from fake_jira.data.generate import MadeUp
from tests.unit.fake_jira import made_up


@pytest.fixture(scope="module")
def issues():
    return made_up.issues("server")


def words(issue):
    fields = issue["fields"]
    return (fields["summary"], fields["description"], tuple(one["body"] for one in fields["comment"]["comments"]))


def test_everything_follows_from_the_seed(issues):
    again = MadeUp(2000, 7, ("DEMO", "TOOLS"), "server", "http://sandbox").issues()
    other = MadeUp(2000, 8, ("DEMO", "TOOLS"), "server", "http://sandbox").issues()
    assert json.dumps(next(again)) == json.dumps(issues[0]) != json.dumps(next(other))
    assert list(again) == issues[1:]


def test_copies_are_exact_and_nothing_else_is(issues):
    by_id = {int(issue["id"]): issue for issue in issues}
    copies = [issue for issue in issues if issue["copy_of"]]
    assert 5 < len(copies) < 40
    assert all(words(one)[:2] == words(by_id[one["copy_of"]])[:2] for one in copies)
    hubs = {id(issue) for place, issue in enumerate(issues) if place % 997 == 17}
    assert all(
        words(one) == words(by_id[one["copy_of"]])
        for one in copies
        if id(one) not in hubs and id(by_id[one["copy_of"]]) not in hubs
    )
    alone = [one for one in issues if not one["copy_of"] and not one["fields"]["summary"].startswith("CLONE - ")]
    descriptions = [words(issue)[1] for issue in alone if words(issue)[1]]
    assert len(set(descriptions)) == len(descriptions)


def test_keys_have_gaps_and_instants_have_crowds(issues):
    numbers = sorted(int(issue["key"].partition("-")[2]) for issue in issues if issue["key"].startswith("DEMO-"))
    assert numbers[-1] > len(numbers)
    assert len(set(numbers)) == len(numbers)
    created = [issue["fields"]["created"] for issue in issues]
    assert created == sorted(created)
    assert max(created.count(one) for one in set(created)) >= 3
    minutes = [one[:16] for one in created]
    assert max(minutes.count(one) for one in set(minutes)) >= 15


def test_what_crawlers_trip_over_is_there(issues):
    fields = [issue["fields"] for issue in issues]
    assert any(one["assignee"] is None for one in fields)
    assert any(one["priority"] is None for one in fields)
    assert any(one["description"] is None for one in fields)
    assert any("parent" in one for one in fields) and any(one["subtasks"] for one in fields)
    assert any(len(one["worklog"]["worklogs"]) > 20 for one in fields)
    assert any("author" not in comment for one in fields for comment in one["comment"]["comments"])
    assert any(issue["remotelinks"] for issue in issues)
    relations = {link["type"]["name"] for one in fields for link in one["issuelinks"]}
    assert relations == {"Blocks", "Duplicate", "Reference", "Cloners"}
    assert sum(value is None for name, value in fields[0].items() if name.startswith("customfield_")) > 30


def test_markup_and_secrets(issues):
    text = "\n".join(str(part) for issue in issues for part in words(issue)[1:])
    for mark in (
        "{code:java}",
        "{noformat}",
        "||part||",
        "h3. ",
        "{panel:title=",
        "{quote}",
        "[~",
        "|https://",
        "\tat org",
    ):
        assert mark in text, mark
    assert re.search(r"AKIA[A-Z2-7]{16}", text)
    assert re.search(r"ghp_\w{36}", text)
    assert re.search(r"\w+@\w+\.example\.net", text)
    assert re.search(r"://admin:\w+@", text)


def test_both_dialects_tell_the_same_story(issues):
    for one, other in zip(issues[:200], made_up.issues("cloud")[:200], strict=True):
        assert (one["id"], one["key"], one["fields"]["summary"]) == (
            other["id"],
            other["key"],
            other["fields"]["summary"],
        )
        assert len(one["fields"]["comment"]["comments"]) == len(other["fields"]["comment"]["comments"])
        assert one["fields"]["updated"] == other["fields"]["updated"]
