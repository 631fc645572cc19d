"""What becomes of an issue that was refined: small enough to come back from another process or machine."""

from __future__ import annotations

import msgspec

from jira_crawler.items import Issue, RawIssue


class Summary(msgspec.Struct, frozen=True, array_like=True):
    """What the store keeps of an issue beside its payload, as far as it was read; dates in epoch milliseconds."""

    project: str
    key: str
    created: int
    updated: int
    version: str
    content: str
    minhash: bytes
    openings: bytes = b""
    people: bytes = b""
    mentions: bytes = b""

    @classmethod
    def of(cls, issue: Issue) -> Summary:
        return cls(
            issue.project,
            issue.key,
            int(issue.created.timestamp() * 1000),
            int(issue.updated.timestamp() * 1000),
            issue.version,
            issue.content,
            issue.minhash,
            people=issue.people,
            mentions=issue.mentions,
        )


class Rejected(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """An issue that gives no line, with the step and the reason; `summary` is None where it was not read."""

    stage: str
    reason: str
    summary: Summary | None = None
    counts: dict[str, int] = {}
    as_duplicate: Rejected | None = None


class Refined(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """An issue that gives `lines`, with how many of them each task made.

    `raw` is what a step in front of Validate made of what came, if one did: that is kept in its place.
    """

    summary: Summary
    lines: bytes
    examples: dict[str, int]
    counts: dict[str, int] = {}
    as_duplicate: Rejected | None = None
    raw: RawIssue | None = None


Outcome = Refined | Rejected
