"""A crawl of repositories without a network: pages that lead astray, and answers about something else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from jira_crawler.crawl.github_details import ALONE, ENOUGH, GitHubDetails
from jira_crawler.crawl.github_lists import IDLE, GitHubLists
from jira_crawler.crawl.github_numbers import GitHubNumbers
from jira_crawler.crawl.github_releases import GitHubReleases
from jira_crawler.crawl.github_repositories import GitHubRepositories
from jira_crawler.crawl.github_session import GitHubScope, GitHubSession
from jira_crawler.crawl.github_store import ListState
from jira_crawler.crawl.github_tasks import (
    CheckNumber,
    DescribeRepository,
    FetchComments,
    FetchDetails,
    FindRepository,
    ListItems,
    ListPieces,
    ListReleases,
)
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.session import CrawlState, GaveUp, Session
from jira_crawler.sites import Site
from jira_crawler.trackers.github.rest import Piece, Repository

HERE = "https://ghe.example.org"
AT = 1_714_557_600_000  # ms
NAMES: dict[str, Any] = {"project": "acme/rocket", "repository": 7}


class Held:
    """What a store holds of one repository, in memory."""

    def __init__(self) -> None:
        self.lists: dict[str, ListState] = {}
        self.pieces: list[Piece] = []
        self.settled: dict[int, str] = {}
        self.only: list[tuple[int, tuple[str, ...]]] = []
        self.details: list[int] = []
        self.repositories: list[Repository] = []
        self.known: dict[str, Repository] = {}
        self.names: list[str] = []
        self.defined: dict[str, list[Any]] = {}

    def listed(self, _: int, kind: str) -> ListState:
        return self.lists.get(kind, ListState())

    def keep_list(self, _: int, kind: str, state: ListState) -> None:
        self.lists[kind] = state

    def keep_pieces(self, _: int, pieces: Iterable[Piece], at: int, listed: int = 0) -> None:
        self.pieces += pieces

    def settle(self, _: int, number: int, state: str, reason: str, at: int, run: int) -> None:
        self.settled[number] = state

    def keep_only(self, _: int, due: Any, kind: str, objects: tuple[str, ...], at: int) -> None:
        self.only.append((due.number, objects))

    def keep_details(self, _: int, details: Any, updated: int, at: int) -> None:
        self.details.append(details.number)

    def repository(self, name: str) -> tuple[Repository, str] | None:
        return (self.known[name], "") if name in self.known else None

    def keep_repository(self, repository: Repository, etag: str, defined: Any, names: Iterable[str] = ()) -> None:
        self.repositories.append(repository)
        self.defined = defined
        self.names += names


@pytest.fixture
def github() -> GitHubSession:
    session = Session(Site("ghe", HERE), CrawlState(run=1), store=None)  # type: ignore[arg-type]
    return GitHubSession(session, GitHubScope(("acme/rocket",)), Held)  # type: ignore[arg-type]


def page(*items: dict[str, Any], link: str = "", status: int = 200) -> Reply:
    headers = {"link": f'<{link}>; rel="next"'} if link else {}
    return Reply(status=status, body=msgspec.json.encode(list(items)), headers=headers)


def item(number: int, at: str = "2024-05-01T10:00:00Z") -> dict[str, Any]:
    return {"id": number, "number": number, "node_id": f"I_{number}", "created_at": at, "updated_at": at}


def said(number: int, at: str) -> dict[str, Any]:
    address = f"{HERE}/api/v3/repos/acme/rocket/issues/{number}"
    return {"id": number * 10, "issue_url": address, "updated_at": at, "created_at": at}


def walk(**more: Any) -> ListItems:
    return ListItems(kind="issue", walk=True, began=5, reached=AT, **NAMES, **more)


# --- lists


def test_a_page_that_is_elsewhere_is_not_asked_for_and_is_missing(github: GitHubSession) -> None:
    made = list(GitHubLists(github).handle_items(walk(), page(item(1), link="https://other.example.org/x")))
    assert not any(isinstance(each, ListItems) and each.walk for each in made)
    assert "goes on at https://other.example.org/x" in github.session.findings.sentences[0]
    assert github.broken == {7}


def test_pages_in_a_circle_come_to_an_end(github: GitHubSession) -> None:
    lists = GitHubLists(github)
    there = f"{HERE}/api/v3/repositories/7/issues?after=A"
    (made,) = lists.handle_items(walk(url=there), page(item(1), link=there))
    assert isinstance(made, GaveUp)
    task: Any = walk()
    for turn in range(3 * IDLE):
        (task,) = lists.handle_items(task, page(item(1), link=f"{there}{turn % 2}"))
        if isinstance(task, GaveUp):
            break
    assert isinstance(task, GaveUp)


def test_a_cursor_that_is_refused_begins_the_walk_anew_once(github: GitHubSession) -> None:
    lists, refused = GitHubLists(github), Reply(status=422, body=b'{"message": "The cursor is invalid."}')
    (again,) = lists.handle_items(walk(url=f"{HERE}/x?after=A"), refused)
    assert isinstance(again, ListItems)
    assert (again.url, again.walk, again.began) == ("", True, 5)
    (ended,) = lists.handle_items(msgspec.structs.replace(again, url=f"{HERE}/y"), refused)
    assert isinstance(ended, GaveUp)


def test_a_mark_moves_by_what_was_seen_when_the_pass_is_through(github: GitHubSession) -> None:
    lists = GitHubLists(github)
    (changed,) = lists.handle_items(walk(), page(item(1), item(2)))
    held: Any = github.store
    assert (held.lists["issue"].finished, held.lists["issue"].mark) == (5, AT)
    assert isinstance(changed, ListItems)
    assert (changed.walk, changed.since) == (False, AT - 60_000)
    later = item(3, "2024-05-02T10:00:00Z")
    more: Any
    (more,) = lists.handle_items(changed, page(later, link=f"{HERE}/api/v3/next"))
    assert held.lists["issue"].mark == AT
    assert list(lists.handle_items(more, page())) == []
    assert held.lists["issue"].mark == AT + 24 * 3_600_000


def test_comments_go_on_a_second_before_the_last_one(github: GitHubSession) -> None:
    lists, link = GitHubLists(github), f"{HERE}/api/v3/repositories/7/issues/comments?page=2"
    first = ListPieces(kind="comment", **NAMES)
    two = page(said(1, "2024-05-01T10:00:00Z"), said(2, "2024-05-01T10:00:07Z"), link=link)
    (task,) = lists.handle_pieces(first, two)
    assert isinstance(task, ListPieces)
    assert (task.since, task.url) == (AT + 6_000, "")
    one_second = page(said(2, "2024-05-01T10:00:07Z"), said(3, "2024-05-01T10:00:07Z"), link=link)
    (by_link,) = lists.handle_pieces(task, one_second)
    assert isinstance(by_link, ListPieces)
    assert (by_link.since, by_link.url) == (AT + 6_000, link)
    assert list(lists.handle_pieces(by_link, page())) == []
    held: Any = github.store
    assert held.lists["comment"].mark == AT + 7_000


def test_a_list_that_does_not_come_leaves_its_mark(github: GitHubSession) -> None:
    held: Any = github.store
    held.lists["comment"] = ListState(mark=AT)
    failed = Reply(status=599, failure=Failure("status 502"))
    (ended,) = GitHubLists(github).handle_pieces(ListPieces(kind="comment", since=AT, **NAMES), failed)
    assert isinstance(ended, GaveUp)
    assert held.lists["comment"].mark == AT
    assert github.broken == {7}


# --- details


def details(*numbers: int) -> FetchDetails:
    return FetchDetails(kind="issue", items=tuple((n, f"I_{n}", AT) for n in numbers), **NAMES)


def answer(*nodes: Any, errors: Any = None) -> Reply:
    told = {"data": {"nodes": list(nodes)}} | ({"errors": errors} if errors else {})
    return Reply(body=msgspec.json.encode(told))


def node(number: int, repository: int = 7) -> dict[str, Any]:
    return {"number": number, "updatedAt": "2024-05-01T10:00:00Z", "repository": {"databaseId": repository}}


def test_an_answer_with_errors_keeps_nothing_and_is_halved(github: GitHubSession) -> None:
    heavy = [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}]
    made = list(GitHubDetails(github).handle(details(1, 2, 3), answer(node(1), node(2), node(3), errors=heavy)))
    assert [[number for number, _, _ in each.items] for each in made if isinstance(each, FetchDetails)] == [[1, 2], [3]]
    held: Any = github.store
    assert held.details == []


def test_the_one_that_does_not_come_is_named(github: GitHubSession) -> None:
    failed = Reply(status=599, failure=Failure("status 502"))
    (lost,) = GitHubDetails(github).handle(details(17), failed)
    assert isinstance(lost, GaveUp)
    assert lost.sentence == "The details of acme/rocket#17 did not come: status 502."


def test_an_endpoint_that_is_down_is_not_asked_for_every_item(github: GitHubSession) -> None:
    asked, waiting, handler = 0, [details(*range(1, 101))], GitHubDetails(github)
    while waiting:
        asked += 1
        failed = Reply(status=599, failure=Failure("status 502"))
        waiting += [each for each in handler.handle(waiting.pop(0), failed) if isinstance(each, FetchDetails)]
    assert asked <= 3 * ENOUGH
    assert github.graphql_closed
    assert len(github.session.findings.sentences) == 1


def test_what_went_or_moved_meanwhile_is_looked_at_by_its_number(github: GitHubSession) -> None:
    made = list(GitHubDetails(github).handle(details(1, 2, 3), answer(node(1), None, node(9, repository=8))))
    assert [each.number for each in made if isinstance(each, CheckNumber)] == [2, 3]
    held: Any = github.store
    assert held.details == [1]


def test_an_answer_about_others_is_none(github: GitHubSession) -> None:
    (first,) = GitHubDetails(github).handle(details(1), answer(node(2)))
    assert isinstance(first, FetchDetails)
    (lost,) = GitHubDetails(github).handle(first, answer(node(2)))
    assert isinstance(lost, GaveUp)


# --- numbers


@pytest.mark.parametrize(
    ("status", "state"), [(301, "transferred"), (404, "private"), (410, "deleted"), (451, "blocked")]
)
def test_a_number_without_an_item_says_why(github: GitHubSession, status: int, state: str) -> None:
    assert list(GitHubNumbers(github).handle_number(CheckNumber(number=4, **NAMES), Reply(status=status))) == []
    held: Any = github.store
    assert held.settled == {4: state}


def test_another_issue_for_a_number_settles_nothing(github: GitHubSession) -> None:
    reply = Reply(body=msgspec.json.encode(item(5)))
    (ended,) = GitHubNumbers(github).handle_number(CheckNumber(number=4, **NAMES), reply)
    assert isinstance(ended, GaveUp)
    held: Any = github.store
    assert (held.settled, held.pieces) == ({}, [])


def test_comments_of_another_issue_take_none_away(github: GitHubSession) -> None:
    task = FetchComments(number=4, updated=AT, **NAMES)
    numbers = GitHubNumbers(github)
    (ended,) = numbers.handle_comments(task, page(said(5, "2024-05-01T10:00:00Z")))
    assert isinstance(ended, GaveUp)
    held: Any = github.store
    assert held.only == []
    assert list(numbers.handle_comments(task, page(said(4, "2024-05-01T10:00:00Z")))) == []
    assert held.only == [(4, ("40",))]


def test_review_comments_of_one_pull_request_are_asked_for_in_their_own_list(github: GitHubSession) -> None:
    numbers, held = GitHubNumbers(github), github.store
    task = FetchComments(number=4, updated=AT, kind="review_comment", **NAMES)
    assert numbers.query_comments(task).url == f"{HERE}/api/v3/repos/acme/rocket/pulls/4/comments"
    assert list(numbers.handle_comments(task, page(remark(4)))) == []
    assert [(each.kind, each.object) for each in held.pieces] == [("review_comment", "40")]  # type: ignore[attr-defined]
    assert held.only == [(4, ("40",))]  # type: ignore[attr-defined]
    (ended,) = numbers.handle_comments(task, page(remark(5)))
    assert isinstance(ended, GaveUp)


def remark(number: int) -> dict[str, Any]:
    address = f"{HERE}/api/v3/repos/acme/rocket/pulls/{number}"
    return {"id": number * 10, "pull_request_url": address, "updated_at": "2024-05-01T10:00:00Z"}


# --- releases


def released(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "tag_name": f"v{number}"} | more


def test_releases_are_asked_for_where_another_thing_is_told_of_them(github: GitHubSession) -> None:
    releases, found, held = GitHubReleases(github), Repository(7, "acme/rocket"), github.store
    assert list(releases.begin(found, (0, 0), whole=True)) == []
    assert list(releases.begin(found, None, whole=False)) == []
    (task,) = releases.begin(found, (2, AT), whole=False)
    assert isinstance(task, ListReleases)
    link = f"{HERE}/api/v3/repositories/7/releases?page=2"
    (more,) = releases.handle(task, page(released(2), released(3, draft=True), link=link))
    assert isinstance(more, ListReleases)
    assert held.only == []  # type: ignore[attr-defined]
    assert list(releases.begin(found, (2, AT), whole=False)) != []  # whoever is killed here asks again
    assert list(releases.handle(more, page(released(1)))) == []
    assert held.only == [(0, ("2", "1"))]  # type: ignore[attr-defined]
    assert [(each.number, each.object) for each in held.pieces] == [(0, "2"), (0, "1")]  # type: ignore[attr-defined]
    assert list(releases.begin(found, (2, AT), whole=False)) == []
    (again,) = releases.begin(found, (2, AT + 1000), whole=False)
    assert isinstance(again, ListReleases)
    assert list(releases.handle(again, Reply(status=304))) == []
    assert list(releases.begin(found, (2, AT + 1000), whole=False)) == []
    (swept,) = releases.begin(found, (0, 0), whole=False)  # all of them are gone
    assert isinstance(swept, ListReleases)


@pytest.mark.parametrize("where", ["https://other.example.org/x", f"{HERE}/same"])
def test_releases_that_lead_astray_are_not_taken_for_all(github: GitHubSession, where: str) -> None:
    releases, held = GitHubReleases(github), github.store
    task = ListReleases(url=f"{HERE}/same", told=(2, AT), **NAMES)
    (ended,) = releases.handle(task, page(released(2), link=where))
    assert isinstance(ended, GaveUp)
    assert (held.only, held.lists) == ([], {})  # type: ignore[attr-defined]
    (ended,) = releases.handle(task, Reply(status=502, body=b"{}"))
    assert isinstance(ended, GaveUp)


# --- repositories


def test_a_former_name_leads_on_but_neither_away_nor_without_end(github: GitHubSession) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    task: Any = FindRepository(project="acme/old")
    away = Reply(status=301, headers={"location": "https://other.example.org/x"})
    (ended,) = repositories.handle_found(task, away)
    assert isinstance(ended, GaveUp)
    for _ in range(5):
        (task,) = repositories.handle_found(task, Reply(status=301, headers={"location": f"{HERE}/api/v3/x"}))
        if isinstance(task, GaveUp):
            break
    assert isinstance(task, GaveUp)


def test_a_name_that_is_none_makes_no_feed(github: GitHubSession) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    reply = Reply(body=msgspec.json.encode({"id": 7, "full_name": "../../etc/passwd", "node_id": "R"}))
    (ended,) = repositories.handle_found(FindRepository(project="acme/rocket"), reply)
    assert isinstance(ended, GaveUp)
    assert github.found == {}


def test_a_repository_under_two_names_is_crawled_once(github: GitHubSession) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    reply = Reply(body=msgspec.json.encode({"id": 7, "full_name": "acme/rocket", "node_id": "R"}))
    (first,) = repositories.handle_found(FindRepository(project="acme/rocket"), reply)
    assert isinstance(first, DescribeRepository)
    assert list(repositories.handle_found(FindRepository(project="acme/old"), reply)) == []
    held: Any = github.store
    assert held.names == ["acme/rocket", "acme/old"]


def test_a_repository_whose_name_another_one_has_taken_is_looked_for_by_its_id(github: GitHubSession) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    held: Any = github.store
    held.known["acme/rocket"] = Repository(7, "acme/rocket")
    taken = Reply(body=msgspec.json.encode({"id": 9, "full_name": "acme/rocket", "node_id": "R"}))
    before, now = repositories.handle_found(FindRepository(project="acme/rocket"), taken)
    assert isinstance(before, FindRepository)
    assert (before.url, before.before) == (f"{HERE}/api/v3/repositories/7", True)
    assert isinstance(now, DescribeRepository)
    (ended,) = repositories.handle_found(before, Reply(status=404, body=b"{}"))
    assert isinstance(ended, GaveUp)
    moved = Reply(body=msgspec.json.encode({"id": 7, "full_name": "acme/shuttle", "node_id": "S"}))
    (found,) = repositories.handle_found(before, moved)
    assert isinstance(found, DescribeRepository)
    assert set(github.found) == {7, 9}


@pytest.mark.parametrize("status", [403, 401])
def test_a_token_that_may_not_read_a_repository_is_told_why(github: GitHubSession, status: int) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    refused = Reply(status=status, body=b'{"message": "Resource not accessible by personal access token"}')
    (ended,) = repositories.handle_found(FindRepository(project="acme/rocket"), refused)
    assert isinstance(ended, GaveUp)
    assert "Resource not accessible by personal access token" in github.session.findings.sentences[0]
    assert github.found == {}


def test_ten_thousand_labels_come_page_by_page(github: GitHubSession) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    task: Any = DescribeRepository(project="acme/rocket", found=Repository(7, "acme/rocket", "R"))
    repositories._etags[7] = ""
    asked = 0
    for at in range(100):
        nodes = [{"name": f"area/{at * 100 + n}"} for n in range(100)]
        labels = {"nodes": nodes, "pageInfo": {"hasNextPage": at < 99, "endCursor": f"c{at}"}}
        told = Reply(body=msgspec.json.encode({"data": {"node": {"labels": labels}}}))
        made = list(repositories.handle_described(task, told))
        more = [each for each in made if isinstance(each, DescribeRepository)]
        asked += len(more)
        task = more[0] if more else None
    held: Any = github.store
    assert (asked, task) == (99, None)
    assert len({each["name"] for each in held.defined["labels"]}) == 10_000


def test_an_answer_with_errors_about_a_repository_is_asked_again_before_graphql_counts_as_closed(
    github: GitHubSession,
) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    reply = Reply(body=msgspec.json.encode({"id": 7, "full_name": "acme/rocket", "node_id": "R"}))
    (task,) = repositories.handle_found(FindRepository(project="acme/rocket"), reply)
    for _ in range(ALONE - 1):
        (task,) = repositories.handle_described(task, answer(errors=[{"message": "Something went wrong"}]))
        assert isinstance(task, DescribeRepository)
    assert not github.graphql_closed
    ended, *_ = repositories.handle_described(task, answer(errors=[{"message": "Something went wrong"}]))
    assert isinstance(ended, GaveUp)
    assert github.graphql_closed


def test_a_graphql_that_is_closed_is_asked_once(github: GitHubSession) -> None:
    repositories = GitHubRepositories(github, GitHubLists(github), GitHubReleases(github))
    reply = Reply(body=msgspec.json.encode({"id": 7, "full_name": "acme/rocket", "node_id": "R"}))
    (task,) = repositories.handle_found(FindRepository(project="acme/rocket"), reply)
    ended, *_ = repositories.handle_described(task, Reply(status=404, body=b"{}"))
    assert isinstance(ended, GaveUp)
    assert github.graphql_closed
