"""What a crawl of repositories asks of the store, which jira_crawler.feeds.repositories has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from jira_crawler.trackers.github.graphql import Details
from jira_crawler.trackers.github.rest import CommitPiece, Piece, Repository


class ListState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a list has come, in epoch ms: see the table `repository_lists`."""

    mark: int = 0
    reached: int = 0
    next: str = ""
    began: int = 0
    finished: int = 0
    etag: str = ""
    asked: str = ""


class Due(Protocol):
    """An item about which something is to be done."""

    @property
    def number(self) -> int: ...
    @property
    def node(self) -> str: ...
    @property
    def updated(self) -> int: ...


class PutTogether(NamedTuple):
    """An issue of all its pieces, as of `changed` (ms); `cut` are the parts that are not whole."""

    id: str
    number: int
    changed: int
    payload: bytes
    cut: tuple[str, ...] = ()


class PieceStore(Protocol):
    """Takes in what came with the next commit, and tells what is committed and what lacks something.

    `repository` is a repository's id, times are epoch ms.
    """

    def repository(self, name: str) -> tuple[Repository, str] | None:
        """Gives what is known of a repository by its name, and the etag of the answer that told so."""

    def keep_repository(
        self, repository: Repository, etag: str, defined: Mapping[str, object], names: Collection[str] = ()
    ) -> None:
        """Notes what is told of a repository, and other `names` that have led to it: those that it had once stay."""

    def former_names(self, repository: int) -> Sequence[str]: ...
    def listed(self, repository: int, kind: str) -> ListState: ...
    def keep_list(self, repository: int, kind: str, state: ListState) -> None: ...
    def keep_pieces(self, repository: int, pieces: Iterable[Piece], at: int, listed: int = 0) -> None: ...
    def keep_details(self, repository: int, details: Details, updated: int, at: int) -> None: ...
    def keep_commits(self, repository: int, commits: Iterable[CommitPiece], run: int) -> None: ...

    def settle(self, repository: int, number: int, state: str, reason: str, at: int, run: int) -> None:
        """Notes why a number leads nowhere, and takes out what is held of it."""

    def keep_only(self, repository: int, due: Due, kind: str, objects: Sequence[str], at: int) -> None:
        """Notes that an item has exactly these pieces of a kind."""

    def begin_anew(self, repository: int) -> None: ...
    def undetailed(self, repository: int, *, pulls: bool, after: int, limit: int) -> Sequence[Due]: ...
    def miscounted(self, repository: int, *, after: int, limit: int) -> Sequence[Due]: ...
    def miscounted_reviews(self, repository: int, *, after: int, limit: int) -> Sequence[Due]: ...
    def unlisted(self, repository: int, began: int, *, after: int, limit: int) -> Sequence[Due]: ...
    def holes(self, repository: int, *, after: int, limit: int) -> Sequence[int]: ...
    def count(self, repository: int) -> int: ...
    def states(self, repository: int) -> Mapping[str, int]: ...
    def unfinished(self, repository: int, name: str, *, after: int, limit: int) -> Sequence[PutTogether]: ...
    def lacking_parents(self, repository: int, run: int, limit: int) -> Sequence[str]: ...
    def known_commits(self, repository: int, shas: Sequence[str]) -> set[str]: ...


class Histories(Protocol):
    """Local clones of repositories."""

    def has(self, name: str) -> bool: ...

    def commits(self, name: str, branch: str) -> Iterator[CommitPiece]:
        """Gives the commits of a branch, the newest first; raises Unreadable where that cannot be read."""
