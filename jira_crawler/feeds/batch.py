"""What waits for a commit, and what feeds are going to grow by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from operator import attrgetter

from jira_crawler.refine.deduplicate import CanonicalIssue
from jira_crawler.store.attached import HeldFile, HeldLinks
from jira_crawler.store.gathered import Gathered
from jira_crawler.store.rows import Row


@dataclass(slots=True)
class Batch:
    """What became of each issue since the last commit; of one that came twice the later counts."""

    rows: dict[tuple[str, str], tuple[Row, bytes]] = field(default_factory=dict)
    by_content: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    links: dict[tuple[str, str], HeldLinks] = field(default_factory=dict)
    files: dict[tuple[str, str, str], HeldFile] = field(default_factory=dict)
    gathered: Gathered = field(default_factory=Gathered)
    size: int = 0  # bytes of all that was added

    def __len__(self) -> int:
        return len(self.rows) + len(self.links) + len(self.files) + len(self.gathered)

    def hang(self, part: HeldLinks | HeldFile) -> None:
        """Takes what hangs on an issue, in place of what came of it before."""
        if isinstance(part, HeldLinks):
            self.links[part.site, part.id] = part
            self.size += len(part.links)
        else:
            self.files[part.site, part.id, part.attachment] = part

    def add(self, row: Row, lines: bytes) -> None:
        """Takes a row, in place of an older one of the same issue."""
        if row.identity in self.rows:
            self.by_content[self.rows[row.identity][0].content].discard(row.identity)
        self.rows[row.identity] = row, lines
        self.size += len(row.payload) + len(lines)
        self.by_content.setdefault(row.content, set()).add(row.identity)

    def followed_by(self, later: Batch) -> Batch:
        """Puts what came later on top of this, if there is anything here."""
        if not len(self):
            return later
        for row, lines in later.rows.values():
            self.add(row, lines)
        for links in later.links.values():
            self.hang(links)
        for file in later.files.values():
            self.hang(file)
        self.gathered.followed_by(later.gathered)
        return self

    def canonical(self, content: str, but: Collection[tuple[str, str]] = ()) -> CanonicalIssue | None:
        """Finds who stays of those that wait with a content, leaving out some."""
        same = (self.rows[identity][0] for identity in self.by_content.get(content, ()) if identity not in but)
        first = min(same, key=attrgetter("precedence"), default=None)
        return CanonicalIssue(first.number, first.site, first.id, first.key) if first else None


class PendingAppend:
    """The bytes that feeds are to grow by, and how long they are then."""

    def __init__(self, lengths: dict[str, int]):
        self._before = lengths
        self.parts: dict[str, list[bytes]] = {}
        self.lengths: dict[str, int] = {}

    def add(self, feed: str, lines: bytes) -> int:
        """Takes lines, and gives the place where they are going to be."""
        offset = self.lengths.get(feed, self._before.get(feed, 0))
        self.parts.setdefault(feed, []).append(lines)
        self.lengths[feed] = offset + len(lines)
        return offset
