"""A score is a whole number again, whatever quality it was multiplied by, and never outweighed by one."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from jira_crawler.search.document import QUALITY
from jira_crawler.search.embedded_query import cluster_number, one_field, weight, whole_score


@pytest.mark.parametrize("score", [1, 2, 31, 32, 500, 1000, 1400])
def test_scores_are_whole_again(score):
    weighed = [np.float32(score) * np.float32(log2(2 + weight(missing << QUALITY))) for missing in range(0, 1001, 50)]
    assert {whole_score(float(each)) for each in weighed} == {score}
    assert weighed == sorted(weighed, reverse=True)
    if score <= 1000:
        assert weighed[0] < np.float32(score + 1) * np.float32(log2(2 + weight(1000 << QUALITY)))


def test_tags_are_split_where_they_end():
    assert one_field(["status:in progress", "label:a"]).split(" ") == ["status:in\x1fprogress\nlabel:a"]


def test_numbers_of_clusters_fit_and_differ():
    numbers = {cluster_number(f"site-{at}") for at in range(1000)} | {cluster_number("\ud800")}
    assert len(numbers) == 1001
    assert all(0 <= each < 1 << 63 for each in numbers)
