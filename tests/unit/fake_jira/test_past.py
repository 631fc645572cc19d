"""Made-up histories: undone from the newest change to the oldest, they fit from end to end."""

from __future__ import annotations

import pytest

from fake_jira.data.generate import MadeUp


@pytest.fixture(scope="module", params=["server", "cloud"])
def issues(request):
    return list(MadeUp(600, 7, ("DEMO", "TOOLS"), request.param, "http://sandbox").issues())


def entries(issue):
    return [item for entry in issue["changelog"]["histories"] for item in entry["items"]]


def named(thing):
    return (thing or {}).get("name")


def shown(fields):
    return {
        "summary": fields["summary"],
        "status": named(fields["status"]),
        "priority": named(fields["priority"]),
        "resolution": named(fields["resolution"]),
        "issuetype": named(fields["issuetype"]),
        "assignee": (fields["assignee"] or {}).get("displayName"),
        "labels": " ".join(fields["labels"]),
    }


def test_each_change_leads_to_what_came_after_it(issues):
    seen = set()
    for issue in issues:
        now = shown(issue["fields"])
        for item in reversed(entries(issue)):
            seen.add(item["field"])
            assert item["fromString"] != item["toString"]
            if item["field"] in now:
                assert item["toString"] == now[item["field"]]
                now[item["field"]] = item["fromString"]
    assert seen == {*shown(issues[0]["fields"]), "description", "Component"}


def test_components_came_and_went_one_by_one(issues):
    for issue in issues:
        names = [named(each) for each in issue["fields"]["components"]]
        for item in reversed(entries(issue)):
            if item["field"] == "Component":
                if item["toString"]:
                    names.remove(item["toString"])
                if item["fromString"]:
                    names.append(item["fromString"])
        assert len(set(names)) == len(names)


def test_history_keeps_descriptions_as_wiki_markup(issues):
    texts = []
    for issue in issues:
        edits = [item for item in entries(issue) if item["field"] == "description"]
        assert [edit["toString"] for edit in edits[:-1]] == [edit["fromString"] for edit in edits[1:]]
        if edits and isinstance(issue["fields"]["description"], str):
            assert edits[-1]["toString"] == issue["fields"]["description"]
        texts += [edit["fromString"] for edit in edits]
    assert len(texts) > 60
    assert any("{code:" in text for text in texts) and any("h3. " in text for text in texts)


def test_an_issue_has_a_resolution_while_it_is_done(issues):
    for issue in issues:
        fields, steps = issue["fields"], [one for one in entries(issue) if one["field"] in ("status", "resolution")]
        assert bool(fields["resolution"]) == bool(fields["resolutiondate"])
        assert bool(fields["resolution"]) == (fields["status"]["statusCategory"]["key"] == "done")
        done = {"Resolved", "Closed"}
        for at, step in enumerate(steps):
            if step["field"] == "status" and (step["fromString"] in done) != (step["toString"] in done):
                assert bool(steps[at + 1]["toString"]) == (step["toString"] in done)


def test_some_are_closed_with_a_word(issues):
    found = 0
    for issue in issues:
        comments, histories = issue["fields"]["comment"]["comments"], issue["changelog"]["histories"]
        if comments and histories and histories[-1]["created"] == comments[-1]["created"]:
            assert histories[-1]["author"] == comments[-1]["author"]
            found += any(item["field"] == "resolution" for item in histories[-1]["items"])
    assert found > 20
