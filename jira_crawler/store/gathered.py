"""What came of repositories since the last commit, and is not an issue yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple


class PieceKey(NamedTuple):
    site: str
    id: str
    kind: str
    object: str


@dataclass(frozen=True, slots=True)
class HeldPiece:
    """What an answer said of an item at `at` (ms): see the table `pieces`.

    `about` are columns of its item that the piece tells, by their names.
    """

    site: str
    id: str
    repository: int
    number: int
    kind: str
    object: str
    updated: int
    at: int
    payload: bytes = field(repr=False)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> PieceKey:
        return PieceKey(self.site, self.id, self.kind, self.object)


@dataclass(frozen=True, slots=True)
class HeldCommit:
    """A commit of a default branch: see the table `commits`."""

    site: str
    repository: int
    sha: str
    committed: int
    parents: str
    run: int
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about an item: `state` is why it is not there, or `about` what is known of it now.

    `only` are the objects of a `kind` that it has, where all of them were told: any other piece of it is gone.
    """

    site: str
    id: str
    repository: int
    number: int
    at: int
    state: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    only: frozenset[str] = frozenset()


@dataclass(slots=True)
class Gathered:
    """All of that, of each thing what came last; `rows` are rows of the tables of repositories and their lists."""

    pieces: dict[PieceKey, HeldPiece] = field(default_factory=dict)
    commits: dict[tuple[str, int, str], HeldCommit] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    repositories: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    lists: dict[tuple[str, int, str], dict[str, Any]] = field(default_factory=dict)
    size: int = 0  # bytes of what they say

    def __len__(self) -> int:
        return len(self.pieces) + len(self.commits) + len(self.verdicts) + len(self.repositories) + len(self.lists)

    def add(self, piece: HeldPiece) -> None:
        """Takes a piece, unless a later one of the same object waits; what both say of their item stays."""
        known = self.pieces.get(piece.key)
        if known is None or piece.updated >= known.updated:
            about = piece.about if known is None else known.about | piece.about
            self.pieces[piece.key] = replace(piece, about=about)
            self.size += len(piece.payload)

    def commit(self, commit: HeldCommit) -> None:
        self.commits[commit.site, commit.repository, commit.sha] = commit
        self.size += len(commit.payload)

    def followed_by(self, later: Gathered) -> Gathered:
        """Puts what came later on top of this."""
        _each(self.add, later.pieces.values())
        _each(self.commit, later.commits.values())
        self.verdicts += later.verdicts
        self.repositories |= later.repositories
        self.lists |= later.lists
        return self


def _each(take: Any, things: Iterable[Any]) -> None:
    for thing in things:
        take(thing)
