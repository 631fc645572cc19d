"""The vocabulary: what an issue is, whatever tracker it came from, and what a training example is."""

from __future__ import annotations

from dataclasses import Field, fields, make_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from msgspec import Struct, structs

Format = Literal["wiki", "html", "adf", "markdown"]
UNREADABLE = "unreadable-"  # begins the id under which an issue is kept whose own could not be read
Item = TypeVar("Item", bound=Struct)
# The languages that trackers are kept in. Left the choice of 176, names of classes and files become Latin or Maltese.
_CODES = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu hy id it ja ka ko lt lv nl no pl pt ro ru sk sl sr sv ta te"
)
LANGUAGES = (*_CODES.split(), "th", "tr", "uk", "vi", "zh")


class _AsDataclass:
    """Tells `dataclasses`, and whoever asks that, as Scrapy's ItemAdapter does, which fields an item has."""

    def __get__(self, item: object, kind: type[Struct]) -> dict[str, Field[Any]]:
        return _as_dataclass(kind)


class Record(Struct, frozen=True, gc=False):
    """A value that is made several times as fast as a frozen dataclass, and is one to whoever asks `dataclasses`.

    An issue makes fifty of them. None can be a part of itself, so nobody need look for circles.
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = _AsDataclass()


class Body(Record, frozen=True):
    """A text as its author left it, and the markup it is written in. ADF is kept as its JSON text."""

    source: str
    format: Format


class Person(Record, frozen=True):
    """Someone as the tracker names them: `id` is `key` on Server, `accountId` on Cloud; each may be missing.

    `login` is Server's `name`, by which people mention each other; newer servers give keys that say nothing.
    After Redact both are `user_0`, `user_1`, … in the order in which people appear in an issue.
    """

    id: str = ""
    name: str = ""
    login: str = ""


class Comment(Record, frozen=True, kw_only=True):
    id: str
    body: Body
    author: Person | None = None
    created: datetime | None = None
    updated: datetime | None = None


class Change(Record, frozen=True, kw_only=True):
    """One field that changed: a history entry with three fields gives three of these."""

    id: str
    field: str
    before: str = ""
    after: str = ""
    author: Person | None = None
    created: datetime | None = None


class Worklog(Record, frozen=True, kw_only=True):
    id: str
    body: Body | None = None
    author: Person | None = None
    started: datetime | None = None
    seconds: int = 0


class Link(Record, frozen=True, kw_only=True):
    """A link seen from this issue: `relation` is the phrase of this end, such as `is duplicated by`; `title` and
    `key` are the other issue's.
    """

    type: str
    relation: str
    key: str
    outward: bool
    title: str = ""


class Attachment(Record, frozen=True, kw_only=True):
    id: str
    name: str
    size: int = 0
    media_type: str = ""
    created: datetime | None = None


class Review(Record, frozen=True, kw_only=True):
    """What a reviewer said of a pull request as a whole; a review that is still being written has no `submitted`."""

    id: str
    state: str
    body: Body | None = None
    author: Person | None = None
    submitted: datetime | None = None
    commit: str = ""


class ReviewComment(Record, frozen=True, kw_only=True):
    """A comment at a line of a change. `hunk` is the part of the diff that it was written under, `commit` what the
    diff led to then; `reply_to` is the id of the comment that began the thread.
    """

    id: str
    body: Body
    path: str
    hunk: str = ""
    line: int | None = None
    commit: str = ""
    reply_to: str = ""
    review: str = ""
    author: Person | None = None
    created: datetime | None = None
    updated: datetime | None = None


class Commit(Record, frozen=True, kw_only=True):
    sha: str
    message: str
    author: Person | None = None
    authored: datetime | None = None
    committed: datetime | None = None
    parents: tuple[str, ...] = ()


class Closing(Record, frozen=True, kw_only=True):
    """A sign that GitHub itself keeps of what closed what, seen from an issue or a pull request.

    `kind` says which: `closer` (the event of closing names a pull request or a commit), `reference` (a keyword in the
    text of a pull request), `connected` (linked by hand), `referenced` (a commit names a pull request). `other` is the
    key of the other end and `other_id` its id where that is known, `commit` a sha where that is a commit.
    """

    kind: Literal["closer", "reference", "connected", "referenced"]
    other: str = ""
    other_id: str = ""
    commit: str = ""
    actor: Person | None = None
    at: datetime | None = None


class PullRequest(Record, frozen=True, kw_only=True):
    """What an issue has that is a pull request. Sizes are None where nobody told them, which is not 0.

    `merge_commit` is the commit that merging made, and "" where it was not merged: what GitHub shows then is a trial.
    """

    draft: bool = False
    merged: datetime | None = None
    merged_by: Person | None = None
    base: str = ""
    head: str = ""
    head_repository: str = ""
    base_commit: str = ""
    head_commit: str = ""
    merge_commit: str = ""
    additions: int | None = None
    deletions: int | None = None
    changed_files: int | None = None
    files: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()
    reviews: tuple[Review, ...] = ()
    review_comments: tuple[ReviewComment, ...] = ()


class Original(Record, frozen=True, kw_only=True):
    """What an issue said when it was created, with the changelog undone; what was not set yet is empty."""

    title: str
    description: Body | None = None
    issue_type: str = ""
    priority: str = ""
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class RawIssue(Record, frozen=True, kw_only=True):
    """One issue as the tracker sent it, before anyone has judged it.

    `id` and `key` are what a glance at the payload gave and may be empty; `payload` is JSON, completed where
    the tracker had cut an embedded list; `cut` names the lists that stayed short all the same. `failed` is why there is
    no payload at all.
    """

    site: str
    base_url: str
    dialect: str
    project: str
    id: str
    key: str
    payload: bytes
    fetched_at: datetime
    cut: tuple[str, ...] = ()
    failed: str = ""

    @classmethod
    def stored(
        cls,
        *,
        site: str,
        identity: str,
        key: str,
        project: str,
        base_url: str,
        dialect: str,
        fetched: int,
        cut: str,
        payload: bytes,
    ) -> RawIssue:
        """Makes one of what a store keeps: `fetched` in epoch milliseconds, the names in `cut` joined by commas."""
        return cls(
            site=site,
            base_url=base_url,
            dialect=dialect,
            project=project,
            id="" if identity.startswith(UNREADABLE) else identity,
            key=key,
            payload=payload,
            fetched_at=datetime.fromtimestamp(fetched / 1000, UTC),
            cut=tuple(filter(None, cut.split(","))),
        )

    def __repr__(self) -> str:
        return f"RawIssue({self.site}, {self.key or self.id})"


class IssueBatch(Record, frozen=True):
    """Issues that came in one answer and go on together, where they need not go one by one."""

    issues: tuple[RawIssue, ...]

    def __repr__(self) -> str:
        return f"IssueBatch({len(self.issues)} issues)"


class Issue(Record, frozen=True, kw_only=True):
    """One issue, typed. Each refining step returns a new one; all dates are aware and in UTC."""

    site: str
    id: str
    key: str
    project: str
    url: str
    title: str
    description: Body | None = None
    environment: Body | None = None
    issue_type: str = ""
    status: str = ""
    status_category: str = ""
    priority: str = ""
    resolution: str = ""
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    fix_versions: tuple[str, ...] = ()
    created: datetime
    updated: datetime
    resolved: datetime | None = None
    reporter: Person | None = None
    assignee: Person | None = None
    parent: str = ""
    subtasks: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    changes: tuple[Change, ...] = ()
    worklogs: tuple[Worklog, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    release_note: Body | None = None
    milestone: str = ""
    closings: tuple[Closing, ...] = ()
    pull: PullRequest | None = None
    original: Original | None = None
    cut: tuple[str, ...] = ()
    quality: float = 0.0
    reasons: tuple[tuple[str, float], ...] = ()  # the parts of the quality, by name
    language: str = ""  # of the prose, ISO 639-1; "" where there is too little to tell
    minhash: bytes = b""  # what near-duplicates are found by
    people: bytes = b""  # digests of what its people are called, and …
    mentions: bytes = b""  # … of all that its texts may call people
    version: str = ""
    content: str = ""
    raw: RawIssue

    def __repr__(self) -> str:
        return f"Issue({self.site}, {self.key})"


class Example(Record, frozen=True, kw_only=True):
    """One training example: `variant` tells apart the examples that one task makes of one issue."""

    task_type: str
    variant: str
    instruction: str
    input: str
    output: str
    suffix: str = ""


def ordinal(id_: str) -> int:
    """Gives the number that issues are ordered by, the same for the same id; 0 where an id is none.

    An id of a repository and a number in it (`7001-12`) becomes one, so that it fits where a number is wanted.
    """
    if id_.isdigit():
        return int(id_) if len(id_) < 19 else 0
    repository, _, number = id_.partition("-")
    if repository.isdigit() and number.isdigit() and len(repository) <= 10 and len(number) <= 8:
        return int(repository) * 10**8 + int(number)
    return 0


def cluster_name(site: str, id_: str) -> str:
    """The name of the cluster of near-duplicates that an issue represents."""
    return f"{site}-{id_}"


def replace(item: Item, **changes: object) -> Item:
    """An item with other values for some of its fields."""
    return structs.replace(item, **changes)


@cache
def _as_dataclass(kind: type[Struct]) -> dict[str, Field[Any]]:
    return {each.name: each for each in fields(make_dataclass(kind.__name__, kind.__struct_fields__))}
