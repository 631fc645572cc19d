"""How what was stored of GitHub is read again, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from jira_crawler.items import Issue, RawIssue
from jira_crawler.trackers.contract import IssueHead
from jira_crawler.trackers.github import decode
from jira_crawler.trackers.github.names import REPOSITORY
from jira_crawler.trackers.moments import milliseconds

DIALECT = "github"


@dataclass(frozen=True, slots=True)
class GitHub:
    """Reads the documents of a GitHub; what is asked of one is in rest.py and graphql.py."""

    base: str
    dialect: str = DIALECT

    def read_issue(self, raw: RawIssue) -> Issue:
        return decode.read_issue(raw)

    def read_head(self, raw: RawIssue) -> IssueHead | None:
        try:
            head = _head.decode(raw.payload)
        except (ValueError, RecursionError):
            return None
        created = milliseconds(head.issue.created_at)
        if not created or not REPOSITORY.fullmatch(head.repository.name):
            return None
        name = head.repository.name
        updated = milliseconds(head.issue.updated_at) or created
        return IssueHead(name, f"{name}#{head.issue.number}", created, updated)


class _Repository(msgspec.Struct):
    name: str


class _Issue(msgspec.Struct):
    number: int
    created_at: str | None = None
    updated_at: str | None = None


class _Head(msgspec.Struct):
    repository: _Repository
    issue: _Issue


_head = msgspec.json.Decoder(_Head)
