"""A document of GitHub becomes an issue: people by login, programs marked, an account that is gone is nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Body, Closing, Person, RawIssue, ordinal
from jira_crawler.text.bots import is_bot
from jira_crawler.trackers import lasting, reader
from jira_crawler.trackers.github.document import put_together

PAST = "2024-05-01T10:00:00Z"


def item(**changes):
    return {
        "id": 11,
        "number": 12,
        "node_id": "I_12",
        "html_url": "https://github.com/acme/rocket/issues/12",
        "title": "It burns",
        "body": "On *launch*.",
        "user": {"login": "ada1", "type": "User"},
        "labels": [{"name": "bug"}, {"name": None}],
        "state": "closed",
        "state_reason": "completed",
        "assignee": {"login": "bob2", "type": "User"},
        "milestone": {"title": "1.0"},
        "created_at": PAST,
        "updated_at": "2024-05-03T10:00:00Z",
        "closed_at": "2024-05-02T10:00:00Z",
        "type": {"name": "Bug"},
        "reactions": {"+1": 3},
    } | changes


def document(issue=None, comments=(), review_comments=(), details=None, former=()):
    said = [[msgspec.json.encode(each) for each in listed] for listed in (comments, review_comments)]
    told = msgspec.json.encode(details) if details else None
    return put_together(7001, "acme/rocket", former, msgspec.json.encode(issue or item()), *said, told)


def raw(payload):
    return RawIssue(
        site="github",
        base_url="https://api.github.com",
        dialect="github",
        project="acme/rocket",
        id="7001-12",
        key="acme/rocket#12",
        payload=payload,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def read(*args, **parts):
    return reader("github", "https://api.github.com").read_issue(raw(document(*args, **parts)))


def test_an_issue_is_named_by_its_repositorys_id_and_its_number():
    issue = read()
    assert (issue.id, issue.key, issue.project) == ("7001-12", "acme/rocket#12", "acme/rocket")
    assert (issue.status, issue.status_category, issue.resolution) == ("closed", "done", "completed")
    assert (issue.labels, issue.milestone, issue.issue_type) == (("bug",), "1.0", "Bug")
    assert issue.description == Body("On *launch*.", "markdown")
    assert issue.resolved == datetime(2024, 5, 2, 10, tzinfo=UTC)
    assert issue.pull is None
    assert ordinal(issue.id) == 700100000012


def test_comments_are_in_order_and_by_whom_they_are():
    said = [
        {"id": 3, "user": None, "body": None, "created_at": "2024-05-02T10:00:00Z"},
        {"id": 2, "user": {"login": "ghost", "type": "User"}, "body": "a", "created_at": PAST},
        {"id": 4, "user": {"login": "Copilot", "type": "Bot"}, "body": "b", "created_at": "2024-05-04T10:00:00Z"},
        {"id": 5, "user": {"login": "bumper[bot]", "type": "Bot"}, "body": "c", "created_at": "2024-05-05T10:00:00Z"},
    ]
    found = read(comments=said).comments
    assert [each.id for each in found] == ["2", "3", "4", "5"]
    assert [each.author and each.author.id for each in found] == [None, None, "Copilot[bot]", "bumper[bot]"]
    assert found[1].body.source == ""
    assert [is_bot(each.author) for each in found] == [False, False, True, True]


def test_a_profiles_name_is_known_wherever_its_login_stands():
    details = {
        "author": {"__typename": "User", "login": "ada1", "name": "Ada Aalto"},
        "participants": {"nodes": [{"login": "bob2", "name": "Bob Berg"}]},
    }
    issue = read(comments=[{"id": 1, "user": {"login": "bob2", "type": "User"}, "created_at": PAST}], details=details)
    assert issue.reporter == Person("ada1", "Ada Aalto", "ada1")
    assert issue.comments[0].author == issue.assignee == Person("bob2", "Bob Berg", "bob2")


def test_a_pull_request_has_its_details_or_does_not_know():
    item_ = item(pull_request={"merged_at": "2024-05-02T10:00:00Z"}, draft=False, state_reason=None, type=None)
    bare = read(item_)
    assert bare.pull
    assert (bare.resolution, bare.pull.merged, bare.pull.additions) == ("merged", bare.resolved, None)
    remark = {
        "id": 9,
        "user": {"login": "bob2", "type": "User"},
        "body": "Why?",
        "path": "a.py",
        "diff_hunk": "@@ -1 +1 @@",
        "line": None,
        "original_line": 4,
        "commit_id": None,
        "original_commit_id": "abc",
        "in_reply_to_id": 8,
        "pull_request_review_id": 70,
        "created_at": PAST,
    }
    details = {
        "additions": 0,
        "deletions": 2,
        "changedFiles": 1,
        "mergeCommit": {"oid": "def"},
        "headRepository": None,
        "reviews": {
            "nodes": [
                {
                    "databaseId": 70,
                    "state": "APPROVED",
                    "body": "",
                    "submittedAt": PAST,
                    "author": None,
                    "commit": None,
                },
                {"databaseId": 71, "state": "PENDING", "body": "not yet", "submittedAt": None},
            ]
        },
        "commits": {"nodes": [{"commit": {"oid": "abc", "message": "m", "author": {"name": "A", "user": None}}}]},
        "closingIssuesReferences": {"nodes": [{"number": 3, "repository": {"nameWithOwner": "acme/other"}}, None]},
    }
    pull = read(item_, review_comments=[remark], details=details)
    assert pull.pull
    assert (pull.pull.additions, pull.pull.deletions, pull.pull.merge_commit) == (0, 2, "def")
    assert [(each.id, each.state, each.author) for each in pull.pull.reviews] == [("70", "approved", None)]
    assert [(each.line, each.commit, each.reply_to) for each in pull.pull.review_comments] == [(4, "abc", "8")]
    assert pull.pull.commits[0].author == Person("", "A", "")
    assert pull.closings == (Closing(kind="reference", other="acme/other#3"),)


@pytest.mark.parametrize(
    ("told", "other", "id_"),
    [
        (None, "acme/rocket#3", "7001-3"),
        ({"nameWithOwner": "acme/rocket"}, "acme/rocket#3", "7001-3"),
        ({"nameWithOwner": "Acme/Old"}, "acme/rocket#3", "7001-3"),
        ({"nameWithOwner": "acme/older", "databaseId": 7001}, "acme/rocket#3", "7001-3"),
        ({"nameWithOwner": "acme/other"}, "acme/other#3", ""),
        ({"nameWithOwner": "acme/other", "databaseId": 7009}, "acme/other#3", "7009-3"),
        ({"nameWithOwner": "acme/old", "databaseId": 7009}, "acme/old#3", "7009-3"),  # who has that name now
    ],
)
def test_the_other_end_of_a_closing_goes_by_the_name_of_today(told, other, id_):
    details = {"closingIssuesReferences": {"nodes": [{"number": 3, "repository": told}]}}
    found = read(details=details, former=["acme/old"])
    assert found.closings == (Closing(kind="reference", other=other, other_id=id_),)


def test_an_address_of_a_former_name_is_not_passed_on():
    old = item(html_url="https://github.com/acme/old/issues/12")
    assert read(old, former=["Acme/Old"]).url == "https://github.com/acme/rocket/issues/12"
    assert read(old).url == "https://github.com/acme/old/issues/12"


def test_a_trial_merge_is_no_merge():
    open_ = item(pull_request={"merged_at": None}, state="open", state_reason=None, closed_at=None)
    pull = read(open_, details={"mergeCommit": {"oid": "trial"}}).pull
    assert pull
    assert (pull.merge_commit, pull.merged) == ("", None)


def test_events_say_who_closed_it_with_what_and_what_it_was_called():
    events = [
        {"__typename": "RenamedTitleEvent", "createdAt": PAST, "previousTitle": "It burnt", "currentTitle": "It burns"},
        {"__typename": "ClosedEvent", "createdAt": PAST, "closer": {"__typename": "Commit", "oid": "abc"}},
        {"__typename": "ReopenedEvent", "createdAt": PAST},
        {"__typename": "ClosedEvent", "createdAt": PAST, "closer": {"__typename": "PullRequest", "number": 14}},
        {"__typename": "ClosedEvent", "createdAt": PAST, "closer": None},
        {"__typename": "ConnectedEvent", "createdAt": PAST, "source": {"number": 15}},
        {"__typename": "ReferencedEvent", "createdAt": PAST, "isCrossRepository": False, "commit": {"oid": "def"}},
        {"__typename": "ReferencedEvent", "createdAt": PAST, "isCrossRepository": True, "commit": {"oid": "of a fork"}},
        {"__typename": "ReferencedEvent", "createdAt": PAST, "commit": None},
        None,
    ]
    issue = read(details={"timelineItems": {"nodes": events}})
    assert [(each.kind, each.other, each.commit) for each in issue.closings] == [
        ("closer", "", "abc"),
        ("closer", "acme/rocket#14", ""),
        ("connected", "acme/rocket#15", ""),
        ("referenced", "", "def"),
    ]
    assert [(each.field, each.after) for each in issue.changes] == [
        ("summary", "It burns"),
        ("status", "closed"),
        ("status", "open"),
        ("status", "closed"),
        ("status", "closed"),
    ]
    assert issue.original
    assert issue.original.title == "It burnt"


def test_a_pull_request_of_its_own_list_is_one_too():
    listed = item(base={"ref": "trunk", "sha": "1"}, head={"ref": "mend", "sha": "2"}, merged_at=None)
    pull = read(listed).pull
    assert pull
    assert (pull.base, pull.head, pull.head_commit) == ("trunk", "mend", "2")


@pytest.mark.parametrize(
    "payload",
    [
        b"{}",
        b"[]",
        b"not json",
        document(item(created_at="yesterday")),
        document(item(number=0)),
        document().replace(b"acme/rocket", b"../etc/pass"),
    ],
)
def test_what_is_no_document_is_malformed(payload):
    with pytest.raises(Malformed):
        reader("github", "https://api.github.com").read_issue(raw(payload))


def test_a_vote_makes_no_new_version_and_an_edit_does():
    voted, edited = read(item(reactions={"+1": 4})), read(item(body="On launch, twice."))
    assert lasting(read()) == lasting(voted)
    assert lasting(read()) != lasting(edited)


def test_a_glance_tells_what_a_row_says():
    head = reader("github", "https://api.github.com").read_head(raw(document()))
    assert head
    assert (head.project, head.key, head.created) == ("acme/rocket", "acme/rocket#12", 1714557600000)
    assert reader("github", "https://api.github.com").read_head(raw(b"{}")) is None
