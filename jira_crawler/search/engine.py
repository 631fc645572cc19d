"""What an engine is to those who ask, and to those who fill it: the one in the folder, or a server."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import ClassVar, Final, NamedTuple, Protocol

from jira_crawler.exceptions import Refused
from jira_crawler.search.document import Document
from jira_crawler.search.query import Query, Words

WEIGHTS: Final[dict[str, int]] = {"title": 4, "names": 2, "description": 2, "comments": 1}
"""What a word counts where it stands best. Whole numbers, so that no order of adding them up matters."""
CONSUMER: Final = "search"  # begins the name of each index that follows a store
Rarities = Mapping[Words, int]


class Damaged(Refused):
    """An index cannot be read; it can be made again from the store."""


class Hit(NamedTuple):
    """A document that fits: how well, what its near-duplicates share with it and no other, and how to read it.

    `read` gives what `search.shown` has packed. Many are found for each one that is shown, and only that is read.
    """

    score: float
    cluster: Hashable
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Matches:
    """What fits a question: how many documents, the first of them, and counts by field and value."""

    total: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


class Engine(Protocol):
    """Finds documents. All engines give the same ones in the same order: by score, then by `place`."""

    def search(
        self, query: Query, limit: int, *, offset: int = 0, rarities: Rarities | None = None, facets: Sequence[str] = ()
    ) -> Matches: ...

    def count(self, queries: Sequence[Query]) -> list[int]:
        """Counts what fits each of some questions, and last of all how many documents there are."""

    def through(self) -> int:
        """Gives the number of the last change of the store that is in it."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class State:
    """What an index says of itself: the `version` of its documents, of which store, up to which change.

    `through` is -1 where only the store knows that.
    """

    version: int
    store: str
    through: int


class Sink(Protocol):
    """Takes documents in. What was put and not committed may come again, and does no harm then.

    `is_shared`: others may have an index under the same name, which is not to be replaced by mistake.
    `consumer` is the name under which the index follows the store: several folders may have one of the same store.
    """

    is_shared: ClassVar[bool]
    consumer: str

    def state(self) -> State | None:
        """Says what there is; None where there is nothing. Raises Damaged for what cannot be used."""

    def begin(self, store: str) -> None:
        """Begins an index beside the one that is there, which answers on until `commit` puts this one in its place."""

    def put(self, documents: Iterable[Document]) -> int: ...

    def drop(self, identities: Iterable[str], seq: int) -> None: ...

    def commit(self, through: int) -> None:
        """Makes all of it last, and found; then notes how far it has come."""

    def scrub(self) -> None:
        """Lets no byte stay of what was taken out by now."""

    def close(self) -> None: ...


def rarity(count: int, of: int) -> int:
    """How much more a rare word says than a frequent one, where either may be there: from 1 to 8."""
    return max(1, min(8, round(log2(1 + of / max(count, 1)) / 2)))
