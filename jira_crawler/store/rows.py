"""What goes into the store and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass

from jira_crawler.items import RawIssue, Record, replace
from jira_crawler.refine.deduplicate import Precedence

KEPT = "Keep"  # the stage of an issue that is stored as it came
REMOVED = "Removed"  # the stage of one that the tracker does not show any more


class Row(Record, frozen=True, kw_only=True):
    """What became of one issue; the fields are the columns of the table `issues`.

    `payload` is as it came, or still compressed; the store takes both. `since` is the store's own: it gives it out, and
    takes none.
    """

    site: str
    id: str
    number: int
    crawled_project: str
    project: str
    key: str
    base_url: str
    dialect: str
    created: int
    updated: int
    fetched_at: int
    since: int = 0
    run: int
    verified: int = 0
    version: str
    content: str
    minhash: bytes = b""
    openings: bytes = b""
    canned: str = ""
    people: bytes = b""
    mentions: bytes = b""
    numbered: str = ""
    replaced: bytes = b""
    cluster: str | None = None
    cut: str = ""
    payload: bytes
    stage: str = ""
    reason: str = ""
    feed: str | None = None
    offset: int | None = None
    length: int | None = None
    examples: int = 0
    tasks: str = ""
    lines: str = ""

    def __repr__(self) -> str:
        return f"Row({self.site}, {self.key or self.id})"

    @property
    def identity(self) -> tuple[str, str]:
        return self.site, self.id

    @property
    def precedence(self) -> Precedence:
        return Precedence(self.number, self.site)

    def raw_issue(self) -> RawIssue:
        """Gives the issue as the tracker sent it, to be refined again."""
        return RawIssue.stored(
            site=self.site,
            identity=self.id,
            key=self.key,
            project=self.crawled_project,
            base_url=self.base_url,
            dialect=self.dialect,
            fetched=self.fetched_at,
            cut=self.cut,
            payload=self.payload,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Where the lines of an issue are in its feed, their hash as they were made, and what they say by now.

    That is the cluster that they name, the openings that they call canned, and the people of other issues whom they
    number, with what stood there. `people` and `mentions` are those of the issue when it was put there.
    """

    feed: str
    offset: int
    length: int
    lines: str
    cluster: str | None
    canned: str = ""
    numbered: str = ""
    replaced: bytes = b""
    people: bytes = b""
    mentions: bytes = b""


def with_span(row: Row, span: Span) -> Row:
    """Says where the lines of an issue are."""
    return replace(
        row,
        cluster=span.cluster,
        canned=span.canned,
        numbered=span.numbered,
        replaced=span.replaced,
        feed=span.feed,
        offset=span.offset,
        length=span.length,
        lines=span.lines,
    )
