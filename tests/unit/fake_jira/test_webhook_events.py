"""What a tracker sends of each change: the events, the shape of each body, and where in it the issue is named."""

from __future__ import annotations

import re

import orjson
import pytest

from fake_jira.kinds import EDIT_KINDS
from fake_server import BadOption
from tests.unit.fake_jira.moving import BASE, told, tracker

OF_THE_ISSUE = {"server": {"timestamp", "webhookEvent", "issue_event_type_name", "user", "issue", "changelog"}}
OF_THE_ISSUE["cloud"] = OF_THE_ISSUE["server"]
SLIGHT = {"summary", "issuetype", "project", "assignee", "priority", "status"}
LINK = {"id", "sourceIssueId", "destinationIssueId", "issueLinkType", "systemLink"}
IN_COMMENT = re.compile(rf"{BASE}/rest/api/2/issue/(\d+)/comment/(\d+)")


@pytest.fixture(params=["server", "cloud"])
def jira(request):
    return tracker(dialect=request.param)


def named_in(body):
    """The ids of issues that a receiver can read from a body."""
    if "issue" in body:
        return {body["issue"]["id"]}
    if "comment" in body:
        return {IN_COMMENT.fullmatch(body["comment"]["self"])[1]}
    if "worklog" in body:
        return {body["worklog"]["issueId"]}
    if "issueLink" in body:
        return {str(body["issueLink"]["sourceIssueId"]), str(body["issueLink"]["destinationIssueId"])}
    return set()


@pytest.mark.parametrize("kind", EDIT_KINDS)
def test_a_receiver_finds_every_issue_that_an_edit_has_changed(jira, kind):
    jira.mutations.log.clear()
    found = told(jira, kind)
    assert found
    changed = {entry.id for entry in jira.mutations.log}
    assert set().union(*(named_in(body) for _, body in found)) >= changed
    for delivery, body in found:
        assert delivery.event == body["webhookEvent"]
        assert abs(body["timestamp"] - jira.jira.profile.clock() * 1000) <= 10
        assert named_in(body) <= set(delivery.issues)
        assert b"/rest/api/3/" not in delivery.body and b"@hashcode" not in delivery.body


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("comment", "issue_commented"),
        ("comment_edit", "issue_comment_edited"),
        ("comment_delete", "issue_comment_deleted"),
    ],
)
def test_data_center_tells_of_a_comment_twice_and_never_with_its_issue(kind, names):
    (_, alone), (_, beside) = told(tracker(), kind)
    event = {"comment": "comment_created", "comment_edit": "comment_updated", "comment_delete": "comment_deleted"}[kind]
    expected = {"timestamp", "webhookEvent", "comment"} | ({"user"} if kind != "comment" else set())
    assert (alone["webhookEvent"], alone.keys()) == (event, expected)
    assert (beside["webhookEvent"], beside["issue_event_type_name"]) == ("jira:issue_updated", names)
    assert "changelog" not in beside and ("comment" in beside) == (kind != "comment_delete")
    assert beside["issue"]["fields"]["comment"]["total"] == len(beside["issue"]["fields"]["comment"]["comments"])
    assert beside["timestamp"] == alone["timestamp"] + 10


@pytest.mark.parametrize("kind", ["comment", "comment_edit", "comment_delete"])
def test_cloud_tells_of_a_comment_once_with_some_of_its_issue(kind):
    ((_, body),) = told(tracker(dialect="cloud"), kind)
    assert body.keys() == {"timestamp", "webhookEvent", "comment", "issue"}
    assert body["issue"]["fields"].keys() == SLIGHT
    assert body["comment"]["jsdPublic"] is True and isinstance(body["comment"]["body"], str)
    place = "rest/api/2" if kind == "comment_delete" else "rest/api/2/issue"
    assert body["issue"]["self"] == f"{BASE}/{place}/{body['issue']['id']}"


def test_a_comment_without_its_issue_in_cloud_too():
    jira = tracker(dialect="cloud", webhook_faults=("bare_comment=1",))
    ((delivery, body),) = told(jira, "comment")
    assert body.keys() == {"timestamp", "webhookEvent", "comment"}
    assert named_in(body) == set(delivery.issues)


def test_an_updated_issue_comes_with_its_last_change(jira):
    ((_, body),) = told(jira, "priority")
    cloud = jira.jira.name == "cloud"
    assert body.keys() == OF_THE_ISSUE[jira.jira.name]
    assert body["issue"].keys() == {"id", "self", "key", "fields"}
    assert body["changelog"].keys() == {"id", "items"}
    (item,) = body["changelog"]["items"]
    assert item["toString"] == body["issue"]["fields"]["priority"]["name"]
    assert ("fieldId" in item) == cloud
    assert ({"comment", "worklog"} & body["issue"]["fields"].keys() == set()) == cloud
    assert not isinstance(body["issue"]["fields"]["description"], dict)


def test_data_center_has_names_for_some_transitions():
    jira, seen = tracker(), set()
    for _ in range(40):
        ((_, body),) = told(jira, "transition", "DEMO-13")
        to = next(item["toString"] for item in body["changelog"]["items"] if item["field"] == "status")
        seen.add((to, body["issue_event_type_name"]))
    assert seen == {
        ("Closed", "issue_closed"),
        ("Resolved", "issue_resolved"),
        ("Reopened", "issue_reopened"),
        ("In Progress", "issue_work_started"),
        ("Open", "issue_generic"),
    }
    ((_, body),) = told(tracker(dialect="cloud"), "transition")
    assert body["issue_event_type_name"] == "issue_generic"


def test_names_of_other_changes(jira):
    assert [body["issue_event_type_name"] for _, body in told(jira, "assign")] == ["issue_assigned"]
    ((_, moved),) = told(jira, "move")
    assert moved["issue_event_type_name"] == "issue_moved"
    assert moved["changelog"]["items"][-1]["toString"] == moved["issue"]["key"]
    ((_, made),) = told(jira, "create")
    assert (made["webhookEvent"], made["issue_event_type_name"]) == ("jira:issue_created", "issue_created")
    assert ("changelog" in made) == (jira.jira.name == "cloud")


def test_a_link_is_told_by_the_ids_of_its_ends_alone(jira):
    ((_, made),) = told(jira, "link", "DEMO-13")
    assert made.keys() == {"timestamp", "webhookEvent", "issueLink"} and made["issueLink"].keys() == LINK
    source = jira.jira.corpus.find("DEMO-13").id
    assert made["issueLink"]["sourceIssueId"] == source
    ((_, gone),) = told(jira, "unlink", made["issueLink"]["destinationIssueId"])
    assert gone["webhookEvent"] == "issuelink_deleted"


def test_the_ends_of_a_link_do_not_change_with_the_end_that_takes_it_away(jira):
    ((_, made),) = told(jira, "link", "DEMO-13")
    links = 1 + len(jira.edits._links(jira.jira.corpus.by_id[made["issueLink"]["destinationIssueId"]]))
    for _ in range(links):
        ((_, gone),) = told(jira, "unlink", made["issueLink"]["destinationIssueId"])
        if gone["issueLink"]["id"] == made["issueLink"]["id"]:
            break
    assert gone["issueLink"] == made["issueLink"]


def test_cloud_tells_later_of_what_went_with_an_issue():
    jira = tracker(dialect="cloud")
    for kind in ("comment", "worklog", "attach", "link"):
        jira.edits.one(kind, "DEMO-13")
    issue = jira.jira.corpus.find("DEMO-13")
    found = told(jira, "delete", "DEMO-13")
    (first, body), *others = found
    assert (first.event, first.flow, first.due) == ("jira:issue_deleted", "Primary", jira.announcer.sender.now())
    assert body["issue"]["id"] == str(issue.id) and "changelog" not in body
    assert {one.flow for one, _ in others} == {"Secondary"}
    assert {one.event for one, _ in others} >= {
        "comment_deleted",
        "worklog_deleted",
        "attachment_deleted",
        "issuelink_deleted",
    }
    assert sum(one.event == "comment_deleted" for one, _ in others) == len(issue.comment_ids)
    assert all(0 < one.due - first.due <= 900 for one, _ in others)


def test_data_center_tells_of_a_deletion_with_the_whole_issue_and_of_its_links():
    jira = tracker()
    jira.edits.one("comment", "DEMO-13")
    jira.edits.one("link", "DEMO-13")
    found = told(jira, "delete", "DEMO-13")
    assert [one.event for one, _ in found][-1] == "jira:issue_deleted"
    assert {one.event for one, _ in found[:-1]} == {"issuelink_deleted"}
    assert found[-1][1]["issue"]["fields"]["comment"]["comments"]
    assert {one.flow for one, _ in found} == {"Primary"} and {one.identifier for one, _ in found} == {""}


def test_what_no_jira_tells_of(jira):
    sender = jira.announcer.sender
    for kind in ("hide", "archive"):
        jira.mutations.apply(kind)
    assert not sender.deliveries
    jira.mutations.apply("edit")
    jira.mutations.apply("delete")
    assert {one.event for one in sender.deliveries} >= {"jira:issue_updated", "jira:issue_deleted"}


def test_versions_and_projects(jira):
    sender, roster = jira.announcer.sender, jira.roster
    project = next(one for one in jira.jira.corpus.vocabulary.listed("project") if one["key"] == "DEMO")
    roster.version("created", "DEMO", "9.0")
    roster.version("created", "DEMO", "9.1")
    roster.version("released", "DEMO", "9.1")
    roster.version("deleted", "DEMO", "9.0", merged_to="9.1")
    roster.rename("DEMO", "Other")
    bodies = [(one.event, orjson.loads(one.body)) for one in sender.deliveries]
    assert [name for name, _ in bodies] == [
        "jira:version_created",
        "jira:version_created",
        "jira:version_released",
        "jira:version_deleted",
        "project_updated",
    ]
    assert {body["version"]["projectId"] for _, body in bodies[:4]} == {int(project["id"])}
    assert bodies[3][1]["mergedTo"]["name"] == "9.1" and bodies[2][1]["version"]["released"]
    assert bodies[4][1]["project"] == {**bodies[4][1]["project"], "id": project["id"], "name": "Other"}


def test_nothing_is_kept_for_nobody():
    jira = tracker(webhooks="")
    jira.edits.one()
    assert not jira.announcer.sender.deliveries


def test_whoever_reads_what_deliveries_name_knows_everything(jira):
    """Not one edit changes an issue without naming it, and none without moving its date, so that polling finds it."""
    corpus, sender = jira.jira.corpus, jira.announcer.sender
    held = dict(corpus.by_id)
    start = dict(held)
    for _ in range(200):
        before = len(sender.deliveries)
        jira.edits.one()
        for delivery in list(sender.deliveries)[before:]:
            for id_ in map(int, named_in(orjson.loads(delivery.body))):
                held[id_] = corpus.by_id.get(id_)
    assert {id_: issue for id_, issue in held.items() if issue} == corpus.by_id
    for id_, issue in corpus.by_id.items():
        if id_ in start and issue != start[id_]:
            assert issue.updated > start[id_].updated
            assert issue.updated >= jira.jira.profile.clock() * 1000


def test_recorded_issues_are_told_of_too(folder):
    for dialect in ("server", "cloud"):
        jira = tracker(data=(folder,), dialect=dialect)
        for kind in EDIT_KINDS:
            try:
                found = told(jira, kind, "OLD-1" if kind not in ("link", "unlink") else None)
            except BadOption:
                continue
            for delivery, body in found:
                assert named_in(body) <= set(delivery.issues)
                assert named_in(body) or "attachment" in body
        assert {entry.kind for entry in jira.mutations.log} >= {
            "summary",
            "comment",
            "comment_delete",
            "attach",
            "delete",
        }
