"""A question as the engine in the folder takes it, and what its documents are made of."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from math import log2
from typing import Final

from tantivy import FieldType, Occur, Schema, SchemaBuilder
from tantivy import Query as Made

from jira_crawler.search.document import QUALITY
from jira_crawler.search.engine import WEIGHTS, Rarities
from jira_crawler.search.fields import FACETS
from jira_crawler.search.query import TEXTS, And, Bands, Between, Everything, Not, Or, Query, Tags, Words

_TIMES: Final = ("created", "updated", "seen")
_LITTLE: Final = 0.016  # half of what would put a score of 1,000 in front of 1,001
_INSIDE: Final = "\x1f"  # in place of a space inside of a tag, where this can no more stand than another space


def schema() -> Schema:
    """Says what a document is made of. What is looked up is words already: they only have to be split at spaces."""
    builder = SchemaBuilder()
    builder.add_text_field("identity", tokenizer_name="raw", index_option="basic")
    for field in TEXTS:
        builder.add_text_field(field, tokenizer_name="whitespace")
    for field in ("tags", "bands"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
    for field in FACETS:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_float_field("quality", fast=True)
    for field in ("place", "weight", "cluster", *_TIMES):
        builder.add_integer_field(field, fast=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def weight(place: int) -> int:
    """Gives what the engine multiplies a score by the logarithm of: of two documents that fit as well the better wins.

    It has no other way to put one in front. The largest factor is so little above the smallest one that it never
    outweighs a difference of scores, which are whole numbers.
    """
    return _WEIGHTS[place >> QUALITY]


_WEIGHTS: Final = [int(2 ** (32 + _LITTLE * (1 - missing / 1000))) for missing in range(1001)]
_USUAL: Final = log2(_WEIGHTS[500])


def whole_score(score: float) -> int:
    """Gives the score that was multiplied, by whichever weight."""
    return round(score / _USUAL)


def one_field(tags: Iterable[str]) -> str:
    """Puts tags into one text that is split at spaces, which takes the engine half as long as a text for each."""
    return "\n".join(tags).replace(" ", _INSIDE)


def cluster_number(name: str) -> int:
    """Gives the number by which the engine knows a cluster: it reads those of many documents at once."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def of_one_quality(made: Schema, query: Made, place: int) -> Made:
    """Gives the question for those that fit and have the quality of a place; it gives them the same scores."""
    low = place >> QUALITY << QUALITY
    those = Made.range_query(made, "place", FieldType.Integer, low, low + (1 << QUALITY) - 1)
    return Made.boolean_query([(Occur.Must, query), (Occur.Must, _constant(those, 0))])


class Maker:
    """Makes queries of questions."""

    def __init__(self, made: Schema, rarities: Rarities | None = None):
        self.schema, self.rarities = made, rarities or {}

    def make(self, query: Query) -> Made:
        match query:
            case Words():
                return self._words(query)
            case Tags(tags):
                found = [each.replace(" ", _INSIDE) for each in tags]
                return _constant(Made.term_set_query(self.schema, "tags", found), 1)
            case Bands(bands):
                each = [_constant(Made.term_query(self.schema, "bands", band, "basic"), 1) for band in bands]
                return Made.boolean_query([(Occur.Should, one) for one in each])
            case Between():
                return _constant(self._between(query), 1)
            case And(parts):
                return self._all(parts)
            case Or(parts):
                return Made.boolean_query([(Occur.Should, self.make(part)) for part in parts])
            case Not():
                return self._all((query,))
            case Everything():
                return _constant(Made.all_query(), 1)

    def _all(self, parts: tuple[Query, ...]) -> Made:
        without = [(Occur.MustNot, self.make(part.part)) for part in parts if isinstance(part, Not)]
        there = [(Occur.Must, self.make(part)) for part in parts if not isinstance(part, Not)]
        return Made.boolean_query([*(there or [(Occur.Must, self.make(Everything()))]), *without])

    def _words(self, query: Words) -> Made:
        weight = self.rarities.get(query, 1)
        return Made.disjunction_max_query(
            [_constant(self._in(field, query.words), WEIGHTS[field] * weight) for field in query.fields]
        )

    def _in(self, field: str, words: tuple[str, ...]) -> Made:
        if len(words) == 1:
            return Made.term_query(self.schema, field, words[0], "basic")
        return Made.phrase_query(self.schema, field, list(words))

    def _between(self, query: Between) -> Made:
        ends = (query.low, query.high)
        if query.field == "quality":
            return Made.range_query(self.schema, query.field, FieldType.Float, *ends)
        low, high = (None if end is None else int(end) for end in ends)
        return Made.range_query(self.schema, query.field, FieldType.Integer, low, high)


def _constant(query: Made, score: int) -> Made:
    return Made.const_score_query(query, float(score))
