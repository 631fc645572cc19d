"""What GitHub is asked, how its pages go on, and that an answer with errors is none."""

from __future__ import annotations

import msgspec
import pytest

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.github import graphql, names, rest


def test_a_start_of_1970_is_not_sent():
    assert "since" not in rest.listing("r", "a/b", "comment").address
    assert "since=1970-01-01T00%3A00%3A01Z" in rest.listing("r", "a/b", "comment", since=1_000).address
    assert "since" not in rest.listing("r", "a/b", "commit", sha="main").address


def test_the_next_page_is_where_the_link_says():
    link = '<https://h/repositories/1/issues?after=Y%3D&page=2>; rel="next", <https://h/x?page=9>; rel="last"'
    assert rest.next_page({"link": link}) == "https://h/repositories/1/issues?after=Y%3D&page=2"
    before = '<https://h/x?before=Z>; rel="prev", <https://h/x?after=Q>; rel="next"'
    assert rest.next_page({"link": before}) == "https://h/x?after=Q"
    assert rest.next_page({"link": '<https://h/x?before=Z>; rel="prev"'}) == rest.next_page({}) == ""


def test_pieces_say_which_issue_they_are_of():
    comment = {"id": 5, "issue_url": "https://h/repos/a/b/issues/12", "updated_at": "2024-05-01T10:00:00Z"}
    remark = {
        "id": 6,
        "pull_request_url": "https://h/repos/a/b/pulls/13",
        "url": "https://h/repos/a/b/pulls/comments/6",
    }
    issue = {"id": 7, "number": 14, "node_id": "I", "comments": 3, "pull_request": {"merged_at": None}}
    kinds = {"comment": comment, "review_comment": remark, "issue": issue}
    found = {kind: rest.read_list(msgspec.json.encode([each]), kind)[0] for kind, each in kinds.items()}
    assert [found[kind].number for kind in kinds] == [12, 13, 14]
    assert found["comment"].updated == 1714557600000
    assert (found["issue"].is_pull, found["issue"].node, found["issue"].said) == (True, "I", 3)
    with pytest.raises(Unreadable):
        rest.read_list(b'[{"id": 1}]', "comment")
    with pytest.raises(Unreadable):
        rest.read_list(b'{"message": "Not Found"}', "issue")


@pytest.mark.parametrize(
    ("errors", "limited", "heavy"),
    [
        ([{"type": "RATE_LIMIT", "message": "m"}], True, False),
        ([{"type": "RATE_LIMITED", "message": "m"}], True, False),
        ([{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "m"}], False, True),
        ([{"message": "Something went wrong"}], False, False),
        ("odd", False, False),
    ],
)
def test_an_answer_with_errors_is_never_read(errors, limited, heavy):
    body = msgspec.json.encode({"data": {"nodes": [{"number": 1}]}, "errors": errors})
    with pytest.raises(graphql.NotWhole) as caught:
        graphql.read_details(body, ["I_1"])
    assert (caught.value.limited, caught.value.heavy) == (limited, heavy)


def test_what_is_not_there_is_told_and_spoils_nothing_else():
    node = {"number": 1, "updatedAt": "2024-05-01T10:00:00Z", "repository": {"databaseId": 7}}
    told = {"data": {"nodes": [node, None]}, "errors": [{"type": "NOT_FOUND", "message": "m"}]}
    here, gone = graphql.read_details(msgspec.json.encode(told), ["I_1", "I_2"])
    assert here
    assert (here.number, here.repository, here.missing) == (1, 7, ())
    assert gone is None


def test_a_long_list_goes_on_behind_its_cursor():
    page = {"hasNextPage": True, "endCursor": "c1"}
    node = {"number": 1, "reviews": {"nodes": [{"databaseId": 1}], "pageInfo": page}}
    (first,) = graphql.read_details(msgspec.json.encode({"data": {"nodes": [node]}}), ["PR_1"])
    assert first
    assert first.missing == (graphql.Missing("reviews", "c1"),)
    end = {"hasNextPage": False, "endCursor": "c2"}
    answer = {"data": {"node": {"reviews": {"nodes": [{"databaseId": 2}], "pageInfo": end}}}}
    whole, left = graphql.read_more(msgspec.json.encode(answer), first.payload, first.missing[0])
    assert left is None
    assert [each["databaseId"] for each in msgspec.json.decode(whole)["reviews"]["nodes"]] == [1, 2]
    same = {"hasNextPage": True, "endCursor": "c1"}
    answer["data"]["node"]["reviews"]["pageInfo"] = same
    assert graphql.read_more(msgspec.json.encode(answer), first.payload, first.missing[0])[1] is None


def test_both_apis_are_found_from_whatever_address_somebody_gives():
    assert names.base_of("https://github.com/apache/kafka") == names.PUBLIC
    assert names.base_of("https://ghe.example.org/api/v3") == "https://ghe.example.org"
    assert names.addresses(names.PUBLIC).graphql == "https://api.github.com/graphql"
    assert names.addresses("https://ghe.example.org").rest == "https://ghe.example.org/api/v3"
    for wrong in ("kafka", "a/b/c", "a/..", "-a/b", "a/.git", "a/b c"):
        assert not names.REPOSITORY.fullmatch(wrong)


@pytest.mark.parametrize(
    ("nodes", "count"),
    [
        ([], 0),
        ([{"state": "APPROVED", "comments": {"totalCount": 2}}, None, {"comments": {"totalCount": 1}}], 3),
        ([{"state": "PENDING", "comments": {"totalCount": 2}}], 0),  # shown to its author alone, and in no list
        ([{"state": "APPROVED"}], None),
    ],
)
def test_how_many_review_comments_the_reviews_tell_of(nodes, count):
    assert graphql.review_comments(msgspec.json.encode({"reviews": {"nodes": nodes}})) == count
    assert graphql.review_comments(b'{"number": 3}') is None


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({"totalCount": 2, "nodes": [{"updatedAt": "1970-01-01T00:00:01Z"}]}, (2, 1_000)),
        ({"totalCount": 0, "nodes": []}, (0, 0)),
        (None, None),
        ({"totalCount": "2"}, None),
        ({"totalCount": 10**20}, None),
        ({"totalCount": 1, "nodes": 5}, None),
    ],
)
def test_what_is_told_of_releases(told, known):
    body = msgspec.json.encode({"data": {"node": {"releases": told}}})
    assert graphql.read_overview(body).releases == known
