"""The first of what fits a question in the folder, in an order that the engine does not know."""

from __future__ import annotations

from typing import Final

from tantivy import DocAddress, Order, Schema, Searcher, SearchResult
from tantivy import Query as Made

from jira_crawler.search.embedded_query import of_one_quality, whole_score

_MORE: Final = 50  # hits that are asked for beyond those that are wanted


def first(
    searcher: Searcher, made: Schema, query: Made, most: int, *, flat: bool
) -> tuple[int, list[tuple[int, DocAddress]]]:
    """Finds how many fit, and the first of them by score and place.

    The engine cannot sort by both: it gives by score and quality, and some more than were asked for. Where those fit as
    well as the last one that was, all are fetched that do, which are few: they have one quality.
    """
    if flat:
        found = searcher.search(query, most, order_by_field="place", order=Order.Asc)
        return _count(found), [(1, address) for _, address in found.hits]
    found = searcher.search(query, most + _MORE, weight_by_field="weight")
    hits = found.hits
    if len(hits) == most + _MORE and (least := hits[-1][0]) == hits[most - 1][0]:
        (place,) = searcher.fast_field_values("place", [hits[-1][1]])
        better = [hit for hit in hits if hit[0] > least]
        hits = better + _as_good(searcher, of_one_quality(made, query, int(place or 0)), 4 * most, least)
    places = [int(place or 0) for place in searcher.fast_field_values("place", [address for _, address in hits])]
    scores = [whole_score(score) for score, _ in hits]
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], places[at]))[:most]
    return _count(found), [(scores[at], hits[at][1]) for at in order]


def _as_good(searcher: Searcher, query: Made, many: int, score: float) -> list[tuple[float, DocAddress]]:
    while True:
        found = searcher.search(query, many, weight_by_field="weight", count=False).hits
        if len(found) < many or found[-1][0] < score:
            return [hit for hit in found if hit[0] == score]
        many *= 4


def _count(found: SearchResult) -> int:
    return int(getattr(found, "count", 0) or 0)
