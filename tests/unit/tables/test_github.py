"""What a GitHub says becomes rows: of pull requests, reviews, comments at lines, and signs of what closed what."""

from __future__ import annotations

import msgspec

from jira_crawler.items import ordinal
from jira_crawler.tables.columns import table_of
from jira_crawler.tables.context import Context
from jira_crawler.tables.extract import Landed, StoredIssue, extract
from jira_crawler.tables.learning import learn
from jira_crawler.tables.reading import micros
from jira_crawler.tables.schemas import schemas
from jira_crawler.trackers.github.document import put_together
from jira_crawler.trackers.moments import moment

AT = "2024-05-02T10:00:00Z"
ADA, BOB = {"login": "ada1", "type": "User"}, {"login": "bob2", "type": "User"}
ISSUE = {
    "id": 11,
    "number": 14,
    "html_url": "https://github.com/acme/rocket/pull/14",
    "title": "Burn no more",
    "body": "As bob2 asked for it.",
    "user": ADA,
    "state": "closed",
    "milestone": {"title": "1.0"},
    "created_at": "2024-05-01T10:00:00Z",
    "updated_at": AT,
    "closed_at": AT,
    "pull_request": {"merged_at": AT},
    "draft": False,
}
REMARK = {
    "id": 9,
    "user": BOB,
    "body": "Why, @ada1?",
    "path": "a.py",
    "diff_hunk": "@@ -1 +1 @@",
    "line": 3,
    "original_commit_id": "abc",
    "in_reply_to_id": 8,
    "pull_request_review_id": 70,
    "created_at": AT,
    "updated_at": AT,
}
DETAILS = {
    "additions": 5,
    "deletions": 0,
    "changedFiles": 1,
    "mergedBy": {"__typename": "User", "login": "bob2", "name": "Bob Berg"},
    "mergeCommit": {"oid": "def"},
    "baseRefName": "main",
    "headRefName": "ada1/burn",
    "baseRefOid": "b",
    "headRefOid": "h",
    "headRepository": {"nameWithOwner": "ada1/rocket"},
    "files": {"nodes": [{"path": "a.py"}]},
    "commits": {"nodes": [{"commit": {"oid": "abc", "message": "m"}}]},
    "reviews": {
        "nodes": [
            {
                "databaseId": 70,
                "state": "APPROVED",
                "body": "Fine.",
                "submittedAt": AT,
                "author": {"__typename": "User", "login": "bob2"},
                "commit": {"oid": "abc"},
            }
        ]
    },
    "closingIssuesReferences": {"nodes": [{"number": 3}]},
    "timelineItems": {
        "nodes": [
            {
                "__typename": "ClosedEvent",
                "createdAt": AT,
                "actor": {"__typename": "User", "login": "bob2"},
                "closer": {"__typename": "Commit", "oid": "def"},
            }
        ]
    },
}


def stored(details=DETAILS, **more):
    said = [msgspec.json.encode(each) for each in (ISSUE, REMARK)]
    payload = put_together(
        7001, "acme/rocket", (), said[0], [], [said[1]], msgspec.json.encode(details) if details else None
    )
    return StoredIssue(
        site="github",
        number=ordinal("7001-14"),
        key="acme/rocket#14",
        project="acme/rocket",
        base_url="https://api.github.com",
        dialect="github",
        created=1,
        since=2,
        version="v",
        payload=payload,
        **more,
    )


def rows(redacted=False, **more):
    context = Context(redacted=redacted)
    learnt = {}
    learn([stored(**more)], learnt)
    return extract(stored(**more), Context.made(learnt.values(), {}, {}, redacted=redacted) if learnt else context)


def test_every_row_fits_its_schema_and_every_column_is_filled():
    found, made = rows(landing=Landed("merge", "def", 5)), schemas()
    for table in ("issues", "pull_requests", "reviews", "review_comments", "closings", "status_intervals"):
        (told, *_) = table_of(found[table], made[table]).to_pylist()
        empty = {name for name, value in told.items() if value is None}
        assert table in ("issues", "status_intervals") or empty <= {"other_id", "other_key"}, table


def test_a_pull_request_is_an_issue_with_more():
    found = rows(landing=Landed("merge", "def", 5))
    (issue,), (pull,) = found["issues"], found["pull_requests"]
    assert (issue["kind"], issue["milestone"], issue["resolution"]) == ("pull_request", "1.0", "merged")
    assert (issue["project_id"], issue["url"]) == ("7001", "https://github.com/acme/rocket/pull/14")
    assert issue["issue_id"] == pull["issue_id"] == 700100000014
    assert (pull["additions"], pull["deletions"], pull["changed_files"], pull["files"]) == (5, 0, 1, ["a.py"])
    assert pull["merged_at"] == pull["closed_at"] == micros(moment(AT))
    assert (pull["merged_by"], pull["landed_how"], pull["landed_at"]) == ("bob2", "merge", 5_000)
    told = [(each["kind"], each["other_key"], each["other_id"], each["commit"]) for each in found["closings"]]
    assert told == [("closer", None, None, "def"), ("reference", "acme/rocket#3", 700100000003, None)]
    assert [each["status"] for each in found["status_intervals"]] == ["open", "closed"]
    assert [each["category"] for each in found["status_intervals"]] == ["new", "done"]


def test_unknown_sizes_are_not_nothing():
    (pull,) = rows(details=None)["pull_requests"]
    assert (pull["additions"], pull["deletions"], pull["changed_files"]) == (None, None, None)


def test_who_is_passed_on_is_a_number():
    found = rows(redacted=True)
    (issue,), (pull,), (remark,) = found["issues"], found["pull_requests"], found["review_comments"]
    numbers = {issue["reporter"], pull["merged_by"], remark["author"], found["reviews"][0]["author"]}
    assert numbers == {"user_0", "user_1"}
    assert pull["merged_by"] == remark["author"] == found["closings"][0]["actor"]
    assert remark["body"] == f"Why, @{issue['reporter']}?"
    told = repr(found)
    assert "bob2" not in told
    assert "ada1" not in told
    assert "Bob Berg" not in told
