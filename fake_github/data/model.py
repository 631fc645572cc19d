"""What a repository holds, as plain values that may change: the server shows them, and knows nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

State = Literal["open", "closed"]
Gone = Literal["deleted", "transferred", "blocked", "private"]


@dataclass(frozen=True, slots=True)
class User:
    """Someone with an account; `kind` is what REST says as `type`."""

    id: int
    login: str
    name: str = ""
    kind: Literal["User", "Bot"] = "User"


@dataclass(slots=True)
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str = ""


@dataclass(slots=True)
class Milestone:
    id: int
    number: int
    title: str
    created: datetime
    state: State = "open"
    due: datetime | None = None
    closed: datetime | None = None
    description: str = ""


@dataclass(slots=True)
class Release:
    """A release, with notes in Markdown; `published` is None while it is a draft."""

    id: int
    tag: str
    name: str
    body: str
    author: User | None
    created: datetime
    published: datetime | None
    updated: datetime
    prerelease: bool = False


@dataclass(slots=True)
class Comment:
    id: int
    author: User | None
    body: str | None
    created: datetime
    updated: datetime


@dataclass(slots=True)
class Review:
    """A review that is still being written has no `submitted`."""

    id: int
    author: User | None
    state: str
    body: str
    submitted: datetime | None
    commit: str = ""


@dataclass(slots=True)
class ReviewComment:
    id: int
    author: User | None
    body: str
    created: datetime
    updated: datetime
    path: str
    hunk: str
    line: int | None
    commit: str
    review: int
    reply_to: int | None = None


@dataclass(slots=True)
class Commit:
    """`on_default` tells whether it is on the default branch; a sha of it is known either way."""

    sha: str
    message: str
    author: User
    authored: datetime
    committed: datetime
    parents: tuple[str, ...] = ()
    on_default: bool = False


@dataclass(slots=True)
class Event:
    """What a timeline shows: `closed`, `reopened`, `connected`, `renamed`, `referenced` or `merged`.

    `commit` is the sha that did it, `other` the number of the pull request or issue that did, `before` and `after` are
    titles.
    """

    kind: str
    at: datetime
    actor: User | None = None
    commit: str = ""
    other: int = 0
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class File:
    path: str
    additions: int
    deletions: int


@dataclass(slots=True)
class Pull:
    """What only a pull request has. `merge_commit` is what REST shows: a trial merge where it was not merged.

    `closes` are the numbers of issues that GitHub lists as closing references; those `by_hand` are linked by hand.
    """

    base: str
    head: str
    head_commit: str
    base_commit: str
    fork: str = ""  # full name of the head's repository; "" where that is gone
    draft: bool = False
    merged: datetime | None = None
    merged_by: User | None = None
    merge_commit: str = ""
    additions: int = 0
    deletions: int = 0
    files: list[File] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    comments: list[ReviewComment] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    by_hand: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """An issue, or a pull request where `pull` is there; `gone` says why it is not shown any more."""

    id: int
    number: int
    title: str
    body: str | None
    author: User | None
    created: datetime
    updated: datetime
    state: State = "open"
    reason: str | None = None
    closed: datetime | None = None
    labels: list[Label] = field(default_factory=list)
    milestone: Milestone | None = None
    assignees: list[User] = field(default_factory=list)
    kind: str = ""  # an issue type
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    pull: Pull | None = None
    gone: Gone | None = None
    moved_to: str = ""  # owner/name#number that a transferred one is now

    def touch(self, at: datetime) -> None:
        """Moves the time of the last change on, never back."""
        self.updated = max(self.updated, at)


@dataclass(slots=True)
class Repository:
    """`former` are full names that lead here; `visible` is False for one that strangers are told not to be there."""

    id: int
    owner: str
    name: str
    created: datetime
    default_branch: str = "main"
    items: dict[int, Item] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    has_issues: bool = True
    has_pulls: bool = True
    visible: bool = True
    blocked: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    def shown(self) -> list[Item]:
        """The items that a list shows, in the order of their numbers."""
        return [item for _, item in sorted(self.items.items()) if not item.gone]
