"""How the feed of a repository is called, whatever dots are in its name, and whose a feed is."""

from __future__ import annotations

import pytest

from jira_crawler.feeds import shards
from jira_crawler.items import ordinal


@pytest.mark.parametrize(
    ("project", "feed"),
    [
        ("apache/kafka", "apache__kafka.jsonl"),
        ("socketio/socket.io", "socketio__socket.io.jsonl"),
        ("acme/a__b", "acme__a__b.jsonl"),
        ("KAFKA", "KAFKA.jsonl"),
        ("REJECTS", "REJECTS-.jsonl"),
    ],
)
def test_a_feed_is_called_after_its_project(project: str, feed: str) -> None:
    assert shards.feed(project) == feed
    assert shards.project(feed) == project
    assert shards.is_of(feed)
    shard = shards.feed(project, "0a1b2c3d-0")
    assert shards.project(shard) == project
    assert shards.is_of(shard, "0a1b2c3d-0")
    assert not shards.is_of(shard)


@pytest.mark.parametrize(
    ("id_", "number"),
    [
        ("13500001", 13_500_001),
        ("7001-12", 700_100_000_012),
        ("", 0),
        ("unreadable-12", 0),
        ("1-2-3", 0),
        ("9" * 19, 0),
    ],
)
def test_an_id_has_a_number_to_be_ordered_by(id_: str, number: int) -> None:
    assert ordinal(id_) == number


def test_the_largest_number_fits_into_64_bits() -> None:
    assert ordinal("9999999999-99999999") < 2**63
    assert ordinal("12345678901-1") == 0
