"""What somebody asks of the index becomes hits: near-duplicates folded, snippets marked, values counted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np

from jira_crawler.exceptions import BadArgument
from jira_crawler.search.document import bands, tag
from jira_crawler.search.engine import Damaged, Engine, Hit, rarity
from jira_crawler.search.fields import FACETS
from jira_crawler.search.query import Bands, Between, Query, Tags, Words, rivals, wanted, with_also
from jira_crawler.search.question import read
from jira_crawler.search.shown import Unreadable, head, hit_of
from jira_crawler.search.snippet import marked, snippet
from jira_crawler.text.minhash import PLACES

MOST: Final = 100  # hits that are given at once
FARTHEST: Final = 1_000  # hits that can be paged through
VALUES: Final = 12  # of each field that are counted
FOLDED: Final = 20  # near-duplicates of a hit that are named
CANDIDATES: Final = 300  # that may be like an issue and are looked at
LEAST: Final = 0.2  # what is less alike than this is not shown
T = TypeVar("T")


class NoSuchIssue(BadArgument):
    """It is not in the feeds, or more than one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with what a person may add to it; raises BadArgument for what cannot be.

    `folds`: of near-duplicates only the first is a hit, which names the others.
    """

    question: str
    min_quality: float = 0.0
    n: int = 20
    offset: int = 0
    folds: bool = True
    facets: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.min_quality <= 1:
            raise BadArgument("The least quality is a number from 0 to 1.")
        if not 1 <= self.n <= MOST:
            raise BadArgument(f"From 1 to {MOST} hits can be asked for at once.")
        if self.offset < 0 or self.offset + self.n > FARTHEST:
            raise BadArgument(f"Only the first {FARTHEST:,} hits can be paged through: ask for something narrower.")


@dataclass(slots=True)
class Results:
    """`total` documents fit; `hits` are some of them, best first, as JSON objects; `more`: others come behind them.

    `through` is the number of the last change of the store that is in the index.
    """

    total: int
    hits: list[dict[str, Any]]
    more: bool = False
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    through: int = 0

    def told(self) -> dict[str, Any]:
        """Gives what is sent to whoever asked."""
        return {
            "total": self.total,
            "hits": self.hits,
            "more": self.more,
            "facets": self.facets,
            "through": self.through,
        }


def ask(engine: Engine, asked: Asked) -> Results:
    """Answers a question; raises WrongQuestion where it cannot be read, Refused where the engine does not answer."""
    query = read(asked.question)
    if asked.min_quality > 0:
        query = with_also(query, Between("quality", asked.min_quality, None))
    rarities = _rarities(engine, query)
    words = list(dict.fromkeys(each.words for each in wanted(query)))
    facets = FACETS if asked.facets else ()
    last, reads = asked.offset + asked.n, asked.offset + 2 * asked.n
    while True:
        found = engine.search(query, reads, rarities=rarities, facets=facets)
        groups = _folded(found.hits, folds=asked.folds)
        if len(groups) > last or len(found.hits) < reads or reads >= 2 * FARTHEST:
            break
        reads = min(2 * reads, 2 * FARTHEST)
    hits = [_hit(first.score, first.read(), others, words) for first, *others in groups[asked.offset : last]]
    counts = {name: dict(values[:VALUES]) for name, values in found.facets.items()}
    return Results(found.total, hits, len(groups) > last, counts, engine.through())


def similar(engine: Engine, key: str, *, site: str = "", n: int = 10) -> Results:
    """Finds what says nearly the same as an issue, by their sketches; each hit says how alike it is, from 0 to 1.

    Raises NoSuchIssue where there is no such issue, or one on several sites.
    """
    if not 1 <= n <= MOST:
        raise BadArgument(f"From 1 to {MOST} hits can be asked for at once.")
    named: Query = Tags((tag("key", key),))
    found = engine.search(with_also(named, Tags((tag("site", site),))) if site else named, 3)
    if not found.hits:
        raise NoSuchIssue(f"There is no issue {key[:100]} here{f' of {site[:100]}' if site else ''}.")
    heads = [_read(head, each.read()) for each in found.hits]
    if len(heads) > 1:
        raise NoSuchIssue(
            f"{key[:100]} is an issue of {', '.join(sorted(each.site for each in heads))}: name the site."
        )
    own = heads[0]
    if not own.sketch:
        return Results(0, [], through=engine.through())
    matches = engine.search(Bands(tuple(bands(own.sketch).split())), CANDIDATES)
    alike: list[tuple[float, bytes]] = []
    for each in matches.hits:
        other = _read(head, shown := each.read())
        same = (other.site, other.id) == (own.site, own.id)
        likeness = 0.0 if same else likeness_of(own.sketch, other.sketch)
        if likeness >= LEAST:
            alike.append((likeness, shown))
    alike.sort(key=lambda each: -each[0])  # stable: of those as alike, the better one is in front
    hits = [_hit(0, shown, [], []) | {"similarity": round(likeness, 3)} for likeness, shown in alike[:n]]
    return Results(len(alike), hits, len(alike) > n, through=engine.through())


def likeness_of(one: bytes, other: bytes) -> float:
    """Estimates how much of two texts is the same, from 0 to 1; of short ones only whether all is."""
    if len(one) != 2 * PLACES or len(other) != 2 * PLACES:
        return float(one == other)
    agreeing = np.frombuffer(one, "<u2") == np.frombuffer(other, "<u2")
    return float(agreeing.sum()) / PLACES


def _rarities(engine: Engine, query: Query) -> dict[Words, int]:
    """Asks how rare the words are of which one may stand for another."""
    either = list(dict.fromkeys(rivals(query)))
    if not either:
        return {}
    *counts, all_of_them = engine.count(either)
    return {words: rarity(count, all_of_them) for words, count in zip(either, counts, strict=True)}


def _folded(hits: Sequence[Hit], *, folds: bool) -> list[list[Hit]]:
    """Puts those of one cluster together, each time behind the first of them."""
    if not folds:
        return [[hit] for hit in hits]
    groups: dict[Hashable, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.cluster, []).append(hit)
    return list(groups.values())


def _read(reading: Callable[[bytes], T], shown: bytes) -> T:
    try:
        return reading(shown)
    except (*Unreadable, ValueError) as error:
        raise Damaged("The index cannot be read: what it shows of an issue is not as it was written.") from error


def _hit(score: float, shown: bytes, others: Sequence[Hit], words: list[tuple[str, ...]]) -> dict[str, Any]:
    told, texts = _read(hit_of, shown)
    return told | {
        "score": score,
        "snippet": snippet(texts, words),
        "title_marked": marked(told["title"], words),
        "near_duplicates": [_read(head, each.read()).key for each in others[:FOLDED]],
    }
