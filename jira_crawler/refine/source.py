"""Where issues that are refined again come from: a store or a snapshot of one, read by ranges, wherever a worker is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from jira_crawler.items import RawIssue, replace


class StoredIssue(msgspec.Struct, frozen=True, array_like=True):
    """An issue under the id by which the store knows it, which that of the tracker is not where it cannot be read.

    The payload of `raw` is as it came, or compressed, as the store holds it.
    """

    id: str
    raw: RawIssue


class Range(msgspec.Struct, frozen=True, array_like=True):
    """Issues of a site from one id to another, both included, in the order of their bytes: how many, and which.

    `fingerprint` is another one as soon as an issue comes, goes or is fetched again.
    """

    site: str
    first: str
    last: str
    count: int
    fingerprint: str


class PayloadSource(Protocol):
    """Gives issues to whoever refines them; opened by each process for itself, from an address without a secret."""

    @property
    def address(self) -> str:
        """What another process opens the same source by: the URL of a store, its password left out, or a place."""
        ...

    def ranges(self, size: int) -> Iterable[Range]:
        """Gives all there is, in ranges of about `size` issues, ordered by site and first id."""
        ...

    def read(self, part: Range) -> Iterator[StoredIssue]:
        """Gives what is in a range by now, in its order; that may be another thing than when it was made."""
        ...

    def close(self) -> None:
        """Lets go of what it holds."""
        ...


class Fingerprint:
    """Sums issues up in the order of their ids; what they are is told by when they were fetched, not by payloads."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def add(self, issue: StoredIssue) -> None:
        self._hash.update(msgspec.msgpack.encode((issue.id, replace(issue.raw, payload=b""))))
        self.count += 1

    def __str__(self) -> str:
        return self._hash.hexdigest()


def cut(issues: Iterable[StoredIssue], size: int) -> Iterator[Range]:
    """Cuts issues, ordered by site and id and with or without payloads, into ranges of about `size`.

    Where a range ends follows from the ids in it: an issue that comes changes its own range, and hardly ever the next.
    """
    within: Fingerprint | None = None
    first = last = site = ""
    for issue in issues:
        if within and (issue.raw.site != site or ends(site, last, within.count, size)):
            yield Range(site, first, last, within.count, str(within))
            within = None
        if within is None:
            within, first, site = Fingerprint(), issue.id, issue.raw.site
        within.add(issue)
        last = issue.id
    if within:
        yield Range(site, first, last, within.count, str(within))


def ends(site: str, id_: str, count: int, size: int) -> bool:
    """Tells whether a stretch of about `size` issues ends behind this one, its `count`-th."""
    drawn = int.from_bytes(hashlib.sha256(f"{site}\n{id_}".encode()).digest()[:8])
    return count >= 2 * size or (count >= size // 2 and drawn % max(1, size // 2) == 0)
