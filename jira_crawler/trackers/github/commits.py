"""A commit as REST tells it becomes a typed value."""

from __future__ import annotations

import msgspec

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Commit
from jira_crawler.trackers.github.people import People
from jira_crawler.trackers.github.shapes import GitActorIn, UserIn
from jira_crawler.trackers.moments import moment


class _Author(msgspec.Struct, frozen=True):
    name: str | None = None
    date: str | None = None


class _Inner(msgspec.Struct, frozen=True):
    message: str | None = None
    author: _Author | None = None
    committer: _Author | None = None


class _Parent(msgspec.Struct, frozen=True):
    sha: str


class _Commit(msgspec.Struct, frozen=True):
    sha: str
    commit: _Inner
    author: UserIn | None = None
    parents: list[_Parent] = []


_commit = msgspec.json.Decoder(_Commit)
_people = People(None)


def read_commit(payload: bytes) -> Commit:
    """Reads what was stored of a commit; its author goes by a login where there is one. Raises Malformed."""
    try:
        told = _commit.decode(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"no commit: {error}") from error
    author, committer = told.commit.author or _Author(), told.commit.committer or _Author()
    return Commit(
        sha=told.sha,
        message=told.commit.message or "",
        author=_people.rest(told.author) or _people.git(GitActorIn(name=author.name)),
        authored=moment(author.date),
        committed=moment(committer.date),
        parents=tuple(each.sha for each in told.parents),
    )
