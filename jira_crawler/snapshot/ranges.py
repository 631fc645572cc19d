"""Issues fall into ranges, a file each, that stay the same ones while issues come and go."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from jira_crawler.store.payloads import Head

ISSUES: Final = 1_000  # in a usual file; none has twice as many
BYTES: Final = 32 << 20  # of payloads, as the store has them, which begin another file


@dataclass(slots=True)
class Range:
    """Issues of a site from one id to another; `state` is another one as soon as one of them is another one."""

    site: str
    first: str
    last: str = ""
    rows: int = 0
    size: int = 0
    projects: Counter[str] = field(default_factory=Counter)
    crawled_projects: set[str] = field(default_factory=set)
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, head: Head) -> None:
        self.last = head.id
        self.rows += 1
        self.size += head.size
        self.projects[head.project] += 1
        self.crawled_projects.add(head.crawled_project)
        # By when it was fetched, a whole crawl would make all new; what is as long as it was is the same.
        self._hash.update(orjson.dumps(head[1:]) + b"\n")

    @property
    def state(self) -> str:
        return str(self._hash.hexdigest())


def ranges(heads: Iterable[Head], issues: int = ISSUES, size: int = BYTES) -> Iterator[Range]:
    """Cuts issues, ordered by site and id, into ranges of about so many, and at most of such a size.

    Where one ends follows from the ids in it and not from where the first began: one that comes changes its own range,
    and at most a few behind it.
    """
    under_way: Range | None = None
    for head in heads:
        if under_way and (head.site != under_way.site or under_way.size + head.size > size or _ends(under_way, issues)):
            yield under_way
            under_way = None
        if under_way is None:
            under_way = Range(head.site, head.id)
        under_way.add(head)
    if under_way:
        yield under_way


def _ends(part: Range, issues: int) -> bool:
    least = max(1, issues // 2)
    if part.rows < least or part.rows >= 2 * issues:
        return part.rows >= least
    drawn = hashlib.sha256(f"{part.site}\n{part.last}".encode()).digest()
    return int.from_bytes(drawn[:8]) % least == 0
