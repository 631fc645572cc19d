"""GitHub's REST API: the questions, the Link to the next page, and what stands in a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.moments import milliseconds

VERSION = "2022-11-28"  # later ones leave out what we read
Kind = Literal["issue", "pull", "comment", "review_comment", "commit", "release"]
PIECES: tuple[Kind, ...] = ("issue", "comment", "review_comment")
_PATHS: dict[Kind, str] = {
    "issue": "issues",
    "pull": "pulls",
    "comment": "issues/comments",
    "review_comment": "pulls/comments",
    "commit": "commits",
    "release": "releases",
}
_NEXT = re.compile(r'<([^<>\s]{1,4000})>\s{0,9};[^,]{0,200}\brel="?next"?')
_NUMBER = re.compile(r"/(?:issues|pulls)/([0-9]{1,9})$")


class Piece(msgspec.Struct, frozen=True):
    """An object of a list: of which issue or pull request (`number`) it says something, and as of when (epoch ms).

    The number 0 stands for the repository as a whole, to which releases belong.

    `node` names an issue for GraphQL, `said` is how many comments it has by its own account (-1: it does not tell).
    """

    kind: Kind
    number: int
    object: str
    updated: int
    payload: bytes
    created: int = 0
    is_pull: bool = False
    node: str = ""
    said: int = -1


class CommitPiece(msgspec.Struct, frozen=True):
    sha: str
    committed: int
    parents: tuple[str, ...]
    payload: bytes


class Repository(msgspec.Struct, frozen=True):
    """What is told of a repository; `detail` is that as JSON, as far as it is kept."""

    id: int
    full_name: str
    node_id: str = ""
    default_branch: str = ""
    has_issues: bool = True


def ask(url: str, params: Mapping[str, str], etag: str = "") -> Query:
    """Makes a question in the version that we read; with an etag it is answered only if something is different."""
    told = (("X-GitHub-Api-Version", VERSION),)
    return Query(url, tuple(params.items()), headers=(*told, ("If-None-Match", etag)) if etag else told)


def repository(rest: str, name: str, etag: str = "") -> Query:
    return ask(f"{rest}/repos/{name}", {}, etag)


def by_id(rest: str, repository: int) -> str:
    """Gives where a repository is, whatever it is called."""
    return f"{rest}/repositories/{repository}"


def listing(rest: str, name: str, kind: Kind, *, since: int = 0, created: bool = False, sha: str = "") -> Query:
    """Asks for the first page of a list: in the order of creation, or of changes `since` a time (epoch ms).

    0 stands for all there is: a time of 1970 is answered with nothing, and is not sent.
    """
    if kind == "commit":
        told = ({"sha": sha} if sha else {}) | ({"since": _at(since)} if since > 0 else {}) | {"per_page": "100"}
        return ask(f"{rest}/repos/{name}/commits", told)
    told = {"state": "all"} if kind in ("issue", "pull") else {}
    told |= {"sort": "created" if created else "updated", "direction": "asc", "per_page": "100"}
    if kind == "pull" and not created:  # which knows no `since`: the newest first, down to what is known
        return ask(f"{rest}/repos/{name}/{_PATHS[kind]}", told | {"direction": "desc"})
    return ask(f"{rest}/repos/{name}/{_PATHS[kind]}", told | ({"since": _at(since)} if since > 0 else {}))


def releases(rest: str, name: str, etag: str = "") -> Query:
    """Asks for the first page of releases, the newest first."""
    return ask(f"{rest}/repos/{name}/{_PATHS['release']}", {"per_page": "100"}, etag)


def newest(rest: str, name: str, kind: Kind) -> Query:
    """Asks for the one item that was changed last."""
    told = {"state": "all", "sort": "updated", "direction": "desc", "per_page": "1"}
    return ask(f"{rest}/repos/{name}/{_PATHS[kind]}", told)


def single(rest: str, name: str, number: int) -> Query:
    return ask(f"{rest}/repos/{name}/issues/{number}", {})


def comments_of(rest: str, name: str, number: int) -> Query:
    return ask(f"{rest}/repos/{name}/issues/{number}/comments", {"per_page": "100"})


def review_comments_of(rest: str, name: str, number: int) -> Query:
    return ask(f"{rest}/repos/{name}/pulls/{number}/comments", {"per_page": "100"})


def next_page(headers: Mapping[str, str]) -> str:
    """Gives the address that a Link names as the next page, "" at the end."""
    found = _NEXT.search(headers.get("link", ""))
    return found[1] if found else ""


def read_repository(body: bytes) -> Repository:
    """Reads what a repository is; raises Unreadable for what is none."""
    found: Repository = _read(body, Repository)
    return found


def read_list(body: bytes, kind: Kind) -> list[Piece]:
    """Reads the pieces of a page; raises Unreadable for what is no list, or holds an object that belongs nowhere."""
    return [read_piece(bytes(raw), kind) for raw in _read(body, list[msgspec.Raw])]


def read_piece(raw: bytes, kind: Kind) -> Piece:
    """Reads of an object what it is about; raises Unreadable where it does not tell."""
    head = _read(raw, _Head)
    address = head.issue_url or head.pull_request_url or head.url or ""
    found = _NUMBER.search(address)
    number = head.number or (int(found[1]) if found else 0)
    if number < 1:
        raise Unreadable(f"an object of a list of {kind}s that names no issue")
    is_pull = bytes(head.pull_request) != b"null" or kind == "pull"
    return Piece(
        kind="issue" if kind == "pull" else kind,
        number=number,
        object=str(head.id),
        updated=milliseconds(head.updated_at),
        payload=raw,
        created=milliseconds(head.created_at),
        is_pull=is_pull,
        node=(head.node_id or "") if kind in ("issue", "pull") else "",
        said=head.comments if isinstance(head.comments, int) and kind == "issue" else -1,
    )


def read_releases(body: bytes) -> list[Piece]:
    """Reads the releases of a page; raises Unreadable for what is no list of them. Drafts are nobody's to read."""
    told = [(bytes(raw), _read(bytes(raw), _Release)) for raw in _read(body, list[msgspec.Raw])]
    return [Piece("release", 0, str(head.id), 0, raw) for raw, head in told if not head.draft]


def read_commits(body: bytes) -> list[CommitPiece]:
    """Reads the commits of a page; raises Unreadable for what is no list of them."""
    found = []
    for raw in _read(body, list[msgspec.Raw]):
        head = _read(bytes(raw), _CommitHead)
        at = milliseconds(head.commit.committer.date if head.commit.committer else None)
        found.append(CommitPiece(head.sha, at, tuple(each.sha for each in head.parents), bytes(raw)))
    return found


def _at(milliseconds_: int) -> str:
    return datetime.fromtimestamp(milliseconds_ / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no such answer: {error}") from error


class _Head(msgspec.Struct):
    id: int
    number: int = 0
    node_id: str | None = None
    url: str | None = None
    issue_url: str | None = None
    pull_request_url: str | None = None
    pull_request: msgspec.Raw = msgspec.Raw(b"null")
    created_at: str | None = None
    updated_at: str | None = None
    comments: int | None = None


class _Release(msgspec.Struct):
    id: int
    draft: bool = False


class _Committer(msgspec.Struct):
    date: str | None = None


class _Inner(msgspec.Struct):
    committer: _Committer | None = None


class _Sha(msgspec.Struct):
    sha: str


class _CommitHead(msgspec.Struct):
    sha: str
    commit: _Inner
    parents: list[_Sha] = []
