"""GitHub's GraphQL API: what lists do not tell of issues and pull requests, and of a repository as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.moments import milliseconds

ItemKind = Literal["issue", "pull"]
SIZES: dict[ItemKind, int] = {"issue": 100, "pull": 50}  # more pull requests at once run out of its resources
LIMITED = ("RATE_LIMIT", "RATE_LIMITED")
HEAVY = "RESOURCE_LIMITS_EXCEEDED"
_ACTOR = "{__typename login ... on User{name}}"
_PAGE = "pageInfo{hasNextPage endCursor}"
_AT = "number repository{nameWithOwner databaseId}"
_END = f"{{__typename ... on PullRequest{{{_AT}}} ... on Issue{{{_AT}}}"
_EVENTS = (
    "nodes{__typename "
    f"... on ClosedEvent{{createdAt actor{_ACTOR} closer{_END} ... on Commit{{oid}}}}}} "
    f"... on ReopenedEvent{{createdAt actor{_ACTOR}}} "
    f"... on ConnectedEvent{{createdAt actor{_ACTOR} source{_END}}}}} "
    f"... on ReferencedEvent{{createdAt actor{_ACTOR} isCrossRepository commit{{oid}}}} "
    f"... on RenamedTitleEvent{{createdAt actor{_ACTOR} previousTitle currentTitle}}}} {_PAGE}"
)
_TYPES = "itemTypes:[CLOSED_EVENT,REOPENED_EVENT,CONNECTED_EVENT,REFERENCED_EVENT,RENAMED_TITLE_EVENT]"
_COMMITS = f"nodes{{commit{{oid message authoredDate committedDate author{{name user{{login name}}}}}}}} {_PAGE}"
_REVIEWS = f"nodes{{databaseId state body submittedAt author{_ACTOR} commit{{oid}} comments{{totalCount}}}} {_PAGE}"
_REFERENCES = f"nodes{{{_AT}}} {_PAGE}"
# The lists inside an item: what is asked of each, and how many at first.
_LISTS: dict[str, tuple[str, str, int]] = {
    "timelineItems": (_TYPES, _EVENTS, 40),
    "closingIssuesReferences": ("", _REFERENCES, 20),
    "reviews": ("", _REVIEWS, 40),
    "commits": ("", _COMMITS, 40),
    "files": ("", f"nodes{{path}} {_PAGE}", 100),
}
_ITEM = (
    f"id number updatedAt lastEditedAt repository{{databaseId}} author{_ACTOR} "
    "participants(first:40){nodes{login name}}"
)
_PULL = (
    f"isDraft mergedAt mergedBy{_ACTOR} mergeCommit{{oid}} additions deletions changedFiles baseRefName headRefName "
    "baseRefOid headRefOid headRepository{nameWithOwner}"
)


class NotWhole(Unreadable):
    """An answer with errors, which is never stored: `limited` by points, `heavy` beyond what GitHub computes."""

    def __init__(self, reason: str, *, limited: bool = False, heavy: bool = False):
        super().__init__(reason)
        self.limited, self.heavy = limited, heavy


class Missing(msgspec.Struct, frozen=True):
    """A list inside an item that goes on behind a cursor."""

    part: str
    cursor: str


class Details(msgspec.Struct, frozen=True):
    """What came of one item; `repository` is where it is now, which may be another one than it was asked for."""

    node: str
    number: int
    repository: int
    updated: int
    payload: bytes
    missing: tuple[Missing, ...] = ()


class Overview(msgspec.Struct, frozen=True):
    """A repository as a whole: how many items it has, when the newest of them changed (epoch ms), and what it defines.

    `releases` are how many it has, and when the newest of these changed; None where that is not told.

    `more` says behind which cursor labels and milestones go on.
    """

    items: int
    newest: int
    labels: tuple[dict[str, Any], ...]
    milestones: tuple[dict[str, Any], ...]
    more: tuple[Missing, ...] = ()
    releases: tuple[int, int] | None = None


def details(url: str, kind: ItemKind, nodes: Sequence[str], *, files: bool = False) -> Query:
    """Asks for the details of some items by their names for GraphQL, at most as many as SIZES says."""
    common = f"{_ITEM} {_events(kind)}"
    lists = ("closingIssuesReferences", "reviews", "commits", *(("files",) if files else ()))
    pull = f"{common} {_PULL} {' '.join(map(_list, lists))}"
    selection = f"... on Issue{{{common}}}" if kind == "issue" else f"... on PullRequest{{{pull}}}"
    return _ask(url, f"query($ids:[ID!]!){{nodes(ids:$ids){{__typename {selection}}}}}", {"ids": list(nodes)})


def more(url: str, node: str, missing: Missing) -> Query:
    """Asks for what comes next in a list of an item."""
    of = f"... on PullRequest{{{_list(missing.part, 100, '$after')}}}"
    if missing.part == "timelineItems":
        of += f" ... on Issue{{{_events('issue', 100, '$after')}}}"
    return _ask(url, f"query($id:ID!,$after:String!){{node(id:$id){{{of}}}}}", {"id": node, "after": missing.cursor})


def overview(url: str, node: str) -> Query:
    newest = "(first:1,orderBy:{field:UPDATED_AT,direction:DESC}){totalCount nodes{updatedAt}}"
    released = "releases(first:1,orderBy:{field:CREATED_AT,direction:DESC}){totalCount nodes{updatedAt}}"
    of = f"issues{newest} pullRequests{newest} {released} {_defined('labels')} {_defined('milestones')}"
    return _ask(url, f"query($id:ID!){{node(id:$id){{... on Repository{{{of}}}}}}}", {"id": node})


def more_defined(url: str, node: str, missing: Missing) -> Query:
    """Asks for the labels or milestones that come next."""
    of = _defined(missing.part, "$after")
    query = f"query($id:ID!,$after:String!){{node(id:$id){{... on Repository{{{of}}}}}}}"
    return _ask(url, query, {"id": node, "after": missing.cursor})


def read(body: bytes) -> dict[str, Any]:
    """Reads the data of an answer; raises NotWhole for one with errors, however much data it has."""
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise NotWhole(f"no such answer: {error}") from error
    if not isinstance(answer, dict):
        raise NotWhole("no such answer")
    errors = answer.get("errors")
    if errors:
        told = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
        kinds = {str(each.get("type")) for each in told}
        reason = next((str(each["message"]) for each in told if each.get("message")), "an answer with errors")
        if kinds != {"NOT_FOUND"}:
            raise NotWhole(reason, limited=bool(kinds & set(LIMITED)), heavy=HEAVY in kinds)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise NotWhole("an answer without data")
    return data


def read_details(body: bytes, nodes: Sequence[str]) -> list[Details | None]:
    """Reads what came of some items, in their order; None for one that is not there. Raises NotWhole."""
    told = read(body).get("nodes")
    if not isinstance(told, list) or len(told) != len(nodes):
        raise NotWhole("an answer about other items than were asked for")
    return [_item(node, each) for node, each in zip(nodes, told, strict=True)]


def review_comments(details: bytes) -> int | None:
    """Counts the review comments that a pull request has by its reviews' account; None where they do not tell.

    A review that is still being written is shown to its author alone, and its comments are in no list.
    """
    try:
        reviews = msgspec.json.decode(details, type=_Reviewed).reviews
    except (ValueError, RecursionError):
        return None
    told = [each for each in (reviews.nodes if reviews else None) or () if each and each.state != "PENDING"]
    if reviews is None or any(each.comments is None for each in told):
        return None
    return sum(each.comments.total for each in told if each.comments)


def read_more(body: bytes, before: bytes, missing: Missing) -> tuple[bytes, Missing | None]:
    """Adds the entries of an answer to those of an item; gives what is still missing of the list. Raises NotWhole."""
    node = read(body).get("node")
    listed = node.get(missing.part) if isinstance(node, dict) else None
    if not isinstance(listed, dict) or not isinstance(listed.get("nodes"), list):
        raise NotWhole(f"an answer without {missing.part}")
    whole = msgspec.json.decode(before)
    whole[missing.part]["nodes"] = (whole[missing.part].get("nodes") or []) + listed["nodes"]
    left = _missing(missing.part, listed)
    stuck = left is not None and left.cursor == missing.cursor
    return msgspec.json.encode(whole), None if stuck or not listed["nodes"] else left


def read_overview(body: bytes) -> Overview:
    """Reads a repository as a whole, or what comes next of what it defines; raises NotWhole."""
    node = read(body).get("node")
    if not isinstance(node, dict):
        raise NotWhole("an answer without a repository")
    counted = [node[name] for name in ("issues", "pullRequests") if isinstance(node.get(name), dict)]
    changed = [milliseconds(item["updatedAt"]) for each in counted for item in each.get("nodes") or () if item]
    defined = {name: node.get(name) or {} for name in ("labels", "milestones")}
    return Overview(
        items=sum(int(each.get("totalCount") or 0) for each in counted),
        newest=max(changed, default=0),
        labels=tuple(each for each in defined["labels"].get("nodes") or () if each),
        milestones=tuple(each for each in defined["milestones"].get("nodes") or () if each),
        more=tuple(filter(None, (_missing(name, each) for name, each in defined.items()))),
        releases=_released(node.get("releases")),
    )


def _released(told: Any) -> tuple[int, int] | None:
    try:
        released = msgspec.convert(told, _Releases)
    except msgspec.ValidationError:
        return None
    changed = [milliseconds(each.updated) for each in released.nodes or () if each]
    return released.total, max(changed, default=0)


def _item(node: str, told: Any) -> Details | None:
    if not isinstance(told, dict) or not isinstance(told.get("number"), int):
        return None
    repository = told.get("repository")
    where = repository.get("databaseId") if isinstance(repository, dict) else None
    parts = (_missing(name, told.get(name)) for name in _LISTS)
    return Details(
        node=node,
        number=told["number"],
        repository=where if isinstance(where, int) else 0,
        updated=milliseconds(told.get("updatedAt")),
        payload=msgspec.json.encode(told),
        missing=tuple(filter(None, parts)),
    )


def _missing(part: str, listed: Any) -> Missing | None:
    page = listed.get("pageInfo") if isinstance(listed, dict) else None
    if not isinstance(page, dict) or page.get("hasNextPage") is not True or not page.get("endCursor"):
        return None
    return Missing(part, str(page["endCursor"]))


def _events(kind: ItemKind, first: int = 0, after: str = "") -> str:
    """Asks for what happened to an item; which commits name an issue is not wanted, and often much."""
    listed = _list("timelineItems", first, after)
    return listed.replace(",REFERENCED_EVENT", "") if kind == "issue" else listed


def _list(part: str, first: int = 0, after: str = "") -> str:
    told, nodes, usual = _LISTS[part]
    arguments = ",".join(filter(None, (f"first:{first or usual}", after and f"after:{after}", told)))
    return f"{part}({arguments}){{{nodes}}}"


def _defined(part: str, after: str = "") -> str:
    fields = {
        "labels": "name color description",
        "milestones": "number title description state dueOn closedAt",
    }[part]
    arguments = f"first:100{f',after:{after}' if after else ''}"
    return f"{part}({arguments}){{nodes{{{fields}}} {_PAGE}}}"


def _ask(url: str, query: str, variables: dict[str, Any]) -> Query:
    return Query(url, body=msgspec.json.encode({"query": query, "variables": variables}))


class _Release(msgspec.Struct):
    updated: str | None = msgspec.field(default=None, name="updatedAt")


class _Releases(msgspec.Struct):
    total: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] = msgspec.field(name="totalCount")
    nodes: list[_Release | None] | None = None


class _Counted(msgspec.Struct):
    total: int = msgspec.field(default=0, name="totalCount")


class _Review(msgspec.Struct):
    state: str | None = None
    comments: _Counted | None = None


class _Reviews(msgspec.Struct):
    nodes: list[_Review | None] | None = None


class _Reviewed(msgspec.Struct):
    reviews: _Reviews | None = None
