"""What goes to a worker and what comes back, each as bytes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import msgspec

from jira_crawler.items import replace
from jira_crawler.policy import Policy
from jira_crawler.refine.outcome import Outcome
from jira_crawler.refine.source import Range, StoredIssue

_NEVER: Final = datetime.fromtimestamp(0, UTC)


class Job(msgspec.Struct, frozen=True, array_like=True, tag="range"):
    """A range to refine: `source` and `shards` are addresses without secrets, `code` is who refines in the same way."""

    source: str
    projects: tuple[str, ...]
    part: Range
    policy: Policy
    code: str
    shards: str

    @property
    def name(self) -> str:
        """What its shard is called: another one as soon as issues, policy or code are other ones."""
        told = msgspec.msgpack.encode((self.part, self.projects, policy_hash(self.policy), self.code))
        return hashlib.sha256(told).hexdigest()[:40]


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What became of an issue, and a hash of the very issue that it became of."""

    id: str
    stamp: bytes
    outcome: Outcome


class Sidecar(msgspec.Struct, frozen=True, kw_only=True):
    """What a shard holds: it is whole where its bytes have this hash. `fingerprint` is of what was read."""

    rows: int
    bytes: int
    sha256: str
    policy: str
    code: str
    range: Range
    fingerprint: str

    def holds(self, site: str, id_: str) -> bool:
        """Whether an issue may be in it."""
        return site == self.range.site and self.range.first <= id_ <= self.range.last


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a worker says of a job: that its shard is there, or what kept it from refining anything."""

    name: str
    problem: str = ""


@lru_cache(maxsize=4)
def policy_hash(policy: Policy) -> str:
    """Tells a policy from any other."""
    return hashlib.sha256(msgspec.msgpack.encode(policy)).hexdigest()


def stamp(issue: StoredIssue) -> bytes:
    """Tells an issue, its payload included and not compressed, from any other and from another version of itself.

    When it was fetched is left out: what it becomes does not hang on that, and a snapshot need not have the last time.
    """
    told = StoredIssue(issue.id, replace(issue.raw, fetched_at=_NEVER))
    return hashlib.blake2b(msgspec.msgpack.encode(told), digest_size=16).digest()
