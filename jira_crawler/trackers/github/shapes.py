"""What is read of GitHub's answers, by their own names; what else they hold stays in the payload."""

from __future__ import annotations

import msgspec

Text = str | None


class UserIn(msgspec.Struct, frozen=True):
    login: Text = None
    type: Text = None


class LabelIn(msgspec.Struct, frozen=True):
    name: Text = None


class MilestoneIn(msgspec.Struct, frozen=True):
    title: Text = None


class TypeIn(msgspec.Struct, frozen=True):
    name: Text = None


class PullIn(msgspec.Struct, frozen=True):
    merged_at: Text = None


class RefIn(msgspec.Struct, frozen=True):
    """An end of a pull request, as the list of pull requests has it."""

    ref: Text = None
    sha: Text = None


class IssueIn(msgspec.Struct, frozen=True):
    """An issue or a pull request; a list of pull requests has `base` and `head` and says `merged_at` itself."""

    number: int
    html_url: Text = None
    title: Text = None
    body: Text = None
    user: UserIn | None = None
    labels: list[LabelIn | str] | None = None
    state: Text = None
    state_reason: Text = None
    assignee: UserIn | None = None
    milestone: MilestoneIn | None = None
    created_at: Text = None
    updated_at: Text = None
    closed_at: Text = None
    type: TypeIn | None = None
    draft: bool | None = None
    pull_request: PullIn | None = None
    merged_at: Text = None
    base: RefIn | None = None
    head: RefIn | None = None

    @property
    def is_pull(self) -> bool:
        return self.pull_request is not None or self.base is not None


class CommentIn(msgspec.Struct, frozen=True):
    id: int
    user: UserIn | None = None
    body: Text = None
    created_at: Text = None
    updated_at: Text = None


class ReviewCommentIn(msgspec.Struct, frozen=True):
    id: int
    user: UserIn | None = None
    body: Text = None
    path: Text = None
    diff_hunk: Text = None
    line: int | None = None
    original_line: int | None = None
    commit_id: Text = None
    original_commit_id: Text = None
    in_reply_to_id: int | None = None
    pull_request_review_id: int | None = None
    created_at: Text = None
    updated_at: Text = None


class ActorIn(msgspec.Struct, frozen=True):
    """Who did something, as GraphQL says it; `name` is of a profile."""

    typename: Text = msgspec.field(default=None, name="__typename")
    login: Text = None
    name: Text = None


class RepositoryIn(msgspec.Struct, frozen=True):
    nameWithOwner: Text = None  # noqa: N815 - GitHub's spelling
    databaseId: int | None = None  # noqa: N815


class CommitIn(msgspec.Struct, frozen=True, rename="camel"):
    oid: Text = None
    message: Text = None
    authored_date: Text = None
    committed_date: Text = None
    author: GitActorIn | None = None
    parents: CommitNames | None = None


class GitActorIn(msgspec.Struct, frozen=True):
    name: Text = None
    user: ActorIn | None = None


class CommitName(msgspec.Struct, frozen=True):
    oid: Text = None


class CommitNames(msgspec.Struct, frozen=True):
    nodes: list[CommitName | None] = []


class ReferenceIn(msgspec.Struct, frozen=True):
    """The other end of a link: an issue or a pull request with its number, or a commit with its sha."""

    typename: Text = msgspec.field(default=None, name="__typename")
    number: int | None = None
    oid: Text = None
    repository: RepositoryIn | None = None


class EventIn(msgspec.Struct, frozen=True, rename="camel"):
    typename: Text = msgspec.field(default=None, name="__typename")
    created_at: Text = None
    actor: ActorIn | None = None
    closer: ReferenceIn | None = None
    source: ReferenceIn | None = None
    commit: CommitName | None = None
    is_cross_repository: bool | None = None
    state_reason: Text = None
    previous_title: Text = None
    current_title: Text = None


class ReviewIn(msgspec.Struct, frozen=True, rename="camel"):
    database_id: int | None = None
    state: Text = None
    body: Text = None
    submitted_at: Text = None
    author: ActorIn | None = None
    commit: CommitName | None = None


class CommitOf(msgspec.Struct, frozen=True):
    commit: CommitIn | None = None


class FileIn(msgspec.Struct, frozen=True):
    path: Text = None


class Events(msgspec.Struct, frozen=True):
    nodes: list[EventIn | None] | None = None


class References(msgspec.Struct, frozen=True):
    nodes: list[ReferenceIn | None] | None = None


class Reviews(msgspec.Struct, frozen=True):
    nodes: list[ReviewIn | None] | None = None


class Commits(msgspec.Struct, frozen=True):
    nodes: list[CommitOf | None] | None = None


class Files(msgspec.Struct, frozen=True):
    nodes: list[FileIn | None] | None = None


class Actors(msgspec.Struct, frozen=True):
    nodes: list[ActorIn | None] | None = None


class DetailsIn(msgspec.Struct, frozen=True, rename="camel"):
    """What GraphQL says of an issue or a pull request, each of which lacks some."""

    author: ActorIn | None = None
    participants: Actors | None = None
    last_edited_at: Text = None
    timeline_items: Events | None = None
    closing_issues_references: References | None = None
    is_draft: bool | None = None
    merged_at: Text = None
    merged_by: ActorIn | None = None
    merge_commit: CommitName | None = None
    additions: int | None = None
    deletions: int | None = None
    changed_files: int | None = None
    base_ref_name: Text = None
    head_ref_name: Text = None
    base_ref_oid: Text = None
    head_ref_oid: Text = None
    head_repository: RepositoryIn | None = None
    reviews: Reviews | None = None
    commits: Commits | None = None
    files: Files | None = None


class Whole(msgspec.Struct, frozen=True):
    """A payload; see document.Document."""

    repository: RepositoryOf
    issue: IssueIn
    comments: list[CommentIn] = []
    review_comments: list[ReviewCommentIn] = []
    details: DetailsIn | None = None


class RepositoryOf(msgspec.Struct, frozen=True):
    """The repository of an item, by the name that it has now; `former` are those that it had once."""

    id: int
    name: str
    former: list[str] = []

    def is_called(self, name: str) -> bool:
        """Tells whether a name is, or was, one of it; GitHub takes large and small letters for the same."""
        return name.lower() in {each.lower() for each in (self.name, *self.former)}
