"""A commit as REST tells it becomes one; a clone's are written in the same shape."""

from __future__ import annotations

import msgspec

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Commit, Person
from jira_crawler.trackers.moments import moment


class _Signature(msgspec.Struct):
    name: str | None = None
    date: str | None = None


class _Message(msgspec.Struct):
    message: str = ""
    author: _Signature | None = None
    committer: _Signature | None = None


class _Account(msgspec.Struct):
    login: str | None = None


class _Sha(msgspec.Struct):
    sha: str


class _Commit(msgspec.Struct):
    sha: str
    commit: _Message
    author: _Account | None = None
    parents: list[_Sha] = []


_decode = msgspec.json.Decoder(_Commit).decode


def read_commit(payload: bytes) -> Commit:
    """Decodes a commit; raises Malformed for what is none. Its author is known by the account, else by name."""
    try:
        told = _decode(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
    by = told.commit.author
    login = (told.author.login if told.author else None) or ""
    name = (by.name if by else None) or ""
    return Commit(
        sha=told.sha,
        message=told.commit.message,
        author=Person(login, name or login, login) if login or name else None,
        authored=moment(by.date) if by else None,
        committed=moment(told.commit.committer.date) if told.commit.committer else None,
        parents=tuple(each.sha for each in told.parents),
    )
