"""What goes into the store and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one issue; the fields are the columns of the table `issues`, `payload` before compression."""

    site: str
    id: str
    number: int
    walk: str
    project: str
    key: str
    base_url: str
    dialect: str
    created: int
    updated: int
    fetched_at: int
    run: int
    version: str
    content: str
    cut: str = ""
    payload: bytes = field(repr=False)
    stage: str = ""
    reason: str = ""
    feed: str | None = None
    offset: int | None = None
    length: int | None = None
    examples: int = 0
    tasks: str = ""
    lines: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        return self.site, self.id

    @property
    def rank(self) -> tuple[int, str]:
        """Of two issues with one content the lower rank stays."""
        return self.number, self.site


@dataclass(frozen=True, slots=True)
class Span:
    """Where the lines of an issue are in its feed, and their hash."""

    feed: str
    offset: int
    length: int
    lines: str


@dataclass(frozen=True, slots=True)
class Holder:
    """The issue that stays of all those with one content."""

    number: int
    site: str
    id: str
    key: str
