"""The first of many that fit as well are those with the lowest places, however many of them there are."""

from __future__ import annotations

import random

import pytest
import tantivy

from jira_crawler.search.document import QUALITY
from jira_crawler.search.embedded_hits import first
from jira_crawler.search.embedded_query import Maker, schema, weight
from jira_crawler.search.query import Words

MANY = 600


@pytest.fixture(scope="module")
def issues():
    """Issues of three qualities, by place, with what they score; in any order."""
    chance = random.Random(5)
    made = schema()
    index = tantivy.Index(made)
    writer = index.writer(15_000_000, 1)
    truth = []
    for number in range(MANY):
        place = chance.choice((0, 400, 1000)) << QUALITY | chance.randrange(1 << QUALITY)
        field, score = chance.choice((("title", 4), ("comments", 1)))
        said = {"place": place, "weight": weight(place), "cluster": number, field: "lease"}
        writer.add_document(tantivy.Document(**said))
        truth.append((-score, place))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index.searcher(), made, sorted(truth)


@pytest.mark.parametrize("most", [1, 30, 250, MANY - 1, MANY, MANY + 1])
def test_the_first_are_the_first_of_all(issues, most):
    searcher, made, truth = issues
    query = Maker(made).make(Words(("lease",)))
    total, found = first(searcher, made, query, most, flat=False)
    places = searcher.fast_field_values("place", [address for _, address in found])
    assert total == MANY
    assert [(-score, place) for (score, _), place in zip(found, places, strict=True)] == truth[:most]
