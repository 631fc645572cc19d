"""A question as a tree that no engine is named in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

TEXTS: Final = ("title", "names", "description", "comments")
"""The fields of a document that hold words, those first in which a word says most about an issue."""
Text = Literal["title", "names", "description", "comments"]
Measure = Literal["quality", "created", "updated", "seen"]


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several that stand one after the other, in any of some texts."""

    words: tuple[str, ...]
    fields: tuple[str, ...] = TEXTS


@dataclass(frozen=True, slots=True)
class Tags:
    """At least one of some tags, as `search.document.tag` makes them."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bands:
    """At least one part of a sketch; the more, the better it fits."""

    bands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A number or a time (epoch ms) from `low` up to `high`, both included; None is no limit."""

    field: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


@dataclass(frozen=True, slots=True)
class Everything:
    pass


Query = Words | Tags | Bands | Between | And | Or | Not | Everything
Leaf = Words | Tags | Bands | Between | Everything


def with_also(query: Query, *more: Query) -> Query:
    """Gives a question for what fits something else as well."""
    return And((query, *more)) if more else query


def wanted(query: Query) -> Iterator[Words]:
    """Gives the words that are looked for, and not those that must not be there."""
    match query:
        case Words():
            yield query
        case And(parts) | Or(parts):
            for part in parts:
                yield from wanted(part)
        case _:
            return


def rivals(query: Query, *, among: bool = False) -> Iterator[Words]:
    """Gives the words of which one may be there without the others, so that it matters how rare each is."""
    match query:
        case Words() if among:
            yield query
        case And(parts):
            for part in parts:
                yield from rivals(part, among=among)
        case Or(parts):
            for part in parts:
                yield from rivals(part, among=True)
        case _:
            return


def is_flat(query: Query) -> bool:
    """Whether whatever fits a question fits it as well as all else."""
    match query:
        case Words() | Bands() | Or():
            return False
        case And(parts):
            return all(map(is_flat, parts))
        case _:
            return True


def foremost(query: Query) -> Query | None:
    """Gives the question for those that fit best of all, where they can be told beforehand: they have it in the title.

    They fit as well by either question. None where more than one thing decides how well something fits.
    """
    match query:
        case Words(words, fields):
            return Words(words, fields[:1]) if fields == TEXTS else None
        case And(parts):
            deciding = [part for part in parts if not is_flat(part)]
            best = foremost(deciding[0]) if len(deciding) == 1 else None
            return And(tuple(best if part is deciding[0] else part for part in parts)) if best else None
        case _:
            return None
