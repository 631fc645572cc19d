"""What people do in a tracker: each kind of edit changes what it says, at both ends, and writes it into the history."""

from __future__ import annotations

import orjson
import pytest

from fake_jira.data.shelving import shelve, unshelve
from fake_jira.kinds import EDIT_KINDS
from fake_server import BadOption
from tests.unit.fake_jira.moving import BASE, tracker

IN_HISTORY = {
    "summary": {"summary"},
    "description": {"description"},
    "transition": {"status"},
    "priority": {"priority"},
    "assign": {"assignee"},
    "label": {"labels"},
    "worklog": {"WorklogId", "timespent"},
    "worklog_edit": {"timespent"},
    "worklog_delete": {"WorklogId", "timespent"},
    "attach": {"Attachment"},
    "detach": {"Attachment"},
    "link": {"Link"},
    "unlink": {"Link"},
    "move": {"project", "Key"},
}
IN_FIELDS = {"label": "labels", "assign": "assignee", "transition": "status"}


@pytest.fixture(params=["server", "cloud"])
def jira(request):
    return tracker(dialect=request.param)


def whole(jira, number):
    return unshelve(jira.jira.corpus.by_id[int(number)])


@pytest.mark.parametrize("kind", sorted(IN_HISTORY))
def test_each_edit_is_in_the_history_and_in_the_fields(jira, kind):
    start = {id_: unshelve(issue) for id_, issue in jira.jira.corpus.by_id.items()}
    done = jira.edits.one(kind)
    before, after = start[int(done.id)], whole(jira, done.id)
    (change,) = after["changelog"]["histories"][len(before["changelog"]["histories"]) :]
    items = {item["field"]: item for item in change["items"]}
    assert IN_HISTORY[kind] <= items.keys() <= IN_HISTORY[kind] | {"resolution"}
    assert all(item["from"] != item["to"] or item["fromString"] != item["toString"] for item in items.values())
    assert ("fieldId" in change["items"][0]) == (jira.jira.name == "cloud")
    assert after["fields"]["updated"] == change["created"] > before["fields"]["updated"]
    changed = {name for name, value in after["fields"].items() if value != before["fields"].get(name)}
    assert IN_FIELDS.get(kind, "updated") in changed and len(changed) > 1
    stored = jira.jira.corpus.by_id[int(done.id)]
    assert shelve(unshelve(stored), BASE, jira.jira.embedding) == stored


@pytest.mark.parametrize(("kind", "more"), [("comment", 1), ("comment_edit", 0), ("comment_delete", -1)])
def test_comments_move_the_issue_but_are_in_no_history(jira, kind, more):
    start = {id_: unshelve(issue) for id_, issue in jira.jira.corpus.by_id.items()}
    done = jira.edits.one(kind)
    before, after = start[int(done.id)], whole(jira, done.id)
    old, new = (one["fields"]["comment"]["comments"] for one in (before, after))
    assert len(new) - len(old) == more and new != old
    assert after["changelog"] == before["changelog"]
    assert after["fields"]["updated"] > before["fields"]["updated"]
    if kind == "comment_edit":
        (edited,) = [one for one in new if one not in old]
        assert edited["created"] < edited["updated"] <= after["fields"]["updated"]


def test_a_link_has_two_ends_and_one_id(jira):
    done = jira.edits.one("link", "DEMO-13")
    here = whole(jira, done.id)
    link = here["fields"]["issuelinks"][-1]
    there = whole(jira, link["outwardIssue"]["id"])
    back = there["fields"]["issuelinks"][-1]
    assert (back["id"], back["inwardIssue"]["key"]) == (link["id"], "DEMO-13")
    assert there["changelog"]["histories"][-1]["items"][0]["to"] == "DEMO-13"
    ends = [entry.id for entry in jira.mutations.log if entry.kind == "link"]
    assert sorted(ends) == sorted((here["id"], there["id"]))
    while whole(jira, done.id)["fields"]["issuelinks"]:
        jira.edits.one("unlink", "DEMO-13")
    assert link["id"] not in [one["id"] for one in whole(jira, there["id"])["fields"]["issuelinks"]]


def test_what_is_deleted_leaves_no_link_behind(jira):
    jira.edits.one("link", "DEMO-13")
    gone = jira.jira.corpus.find("DEMO-13").id
    others = [
        link["outwardIssue"]["id"] for link in whole(jira, gone)["fields"]["issuelinks"] if "outwardIssue" in link
    ]
    jira.edits.one("delete", "DEMO-13")
    assert jira.jira.corpus.find("DEMO-13") is None and others
    for other in others:
        ends = [link.get("inwardIssue", {}).get("id") for link in whole(jira, other)["fields"]["issuelinks"]]
        assert str(gone) not in ends


def test_a_parent_goes_after_its_children(jira):
    families = [issue for issue in jira.jira.corpus.by_id.values() if orjson.loads(issue.fields)["subtasks"]]
    parent = families[0]
    with pytest.raises(BadOption, match="sub-tasks, which go first"):
        jira.edits.one("delete", parent.id)
    for child in orjson.loads(parent.fields)["subtasks"]:
        jira.edits.one("delete", child["id"])
    assert whole(jira, parent.id)["fields"]["subtasks"] == []
    jira.edits.one("delete", parent.id)
    assert parent.id not in jira.jira.corpus.by_id


def test_a_closed_issue_has_a_resolution_and_an_open_one_has_none(jira):
    seen = set()
    for _ in range(40):
        done = jira.edits.one("transition", "DEMO-13")
        fields = whole(jira, done.id)["fields"]
        is_done = fields["status"]["statusCategory"]["key"] == "done"
        assert bool(fields["resolution"]) == bool(fields["resolutiondate"]) == is_done
        seen.add(is_done)
    assert seen == {True, False}


def test_work_adds_up(jira):
    for kind in ("worklog", "worklog", "worklog_edit", "worklog_delete"):
        done = jira.edits.one(kind, "DEMO-13")
    fields = whole(jira, done.id)["fields"]
    assert fields["timespent"] == sum(log["timeSpentSeconds"] for log in fields["worklog"]["worklogs"]) > 0


def test_the_seed_decides():
    def story(seed):
        jira = tracker(seed=seed, issues=40)
        for _ in range(300):
            jira.edits.one()
        return jira.mutations.log, [
            (one.number, one.identifier, one.sha256) for one in jira.announcer.sender.deliveries
        ]

    first, again, other = story(1), story(1), story(2)
    assert first == again != other
    assert {entry.kind for entry in first[0]} == set(EDIT_KINDS)


def test_chosen_kinds_only():
    jira = tracker(edit_kinds=("label", "move"))
    assert {jira.edits.one().kind for _ in range(30)} == {"label", "move"}


def test_what_cannot_be_done_is_said(jira):
    for wanted in (("melt", None), ("", "NOPE-1"), ("label", "NOPE-1")):
        with pytest.raises(BadOption):
            jira.edits.one(*wanted)
    bare = next(issue for issue in jira.jira.corpus.by_id.values() if not issue.comment_ids)
    with pytest.raises(BadOption, match=f"{bare.key} has nothing for comment_edit to do"):
        jira.edits.one("comment_edit", bare.key)
    assert jira.mutations.log == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"edit_kinds": ("melt",)},
        {"edit_kinds": ()},
        {"webhooks": "ftp://x/"},
        {"webhooks": "here"},
        {"webhook_scale": 0.0},
        {"edits_per_second": -1.0},
        {"stale_searches": -1},
        {"dialect": "cloud", "agent": "token"},
    ],
)
def test_wrong_choices(wrong):
    with pytest.raises(BadOption):
        tracker(**wrong)
