"""A reading's shard is called by all that is in it, and knows whom it may hold."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from jira_crawler.engines import feeds
from jira_crawler.engines.reading_job import ReadingJob, ReadingSidecar, digest, numbers
from jira_crawler.exceptions import BadArgument, Refused

SPANS = (("acme", "12", 12, 0, 3), ("acme", "10", 10, 9, 2), ("hub", "7", 7, 3, 6))
JOB = ReadingJob("/feeds", "A.jsonl", SPANS, "digest", "surveyed", "wanted", b"decided", "code", "/shards")


def test_only_what_makes_another_shard_makes_another_name() -> None:
    others = {"digest": "x", "reading": "rendered", "wanted": "x", "decided": b"x", "code": "x"}
    named = {msgspec.structs.replace(JOB, **{name: value}).name for name, value in others.items()}

    assert len({JOB.name, *named}) == 6
    assert msgspec.structs.replace(JOB, feeds="elsewhere", spans=(), shards="there").name == JOB.name


def test_where_lines_stand_is_no_matter_and_what_they_say_and_whose_they_are_is() -> None:
    lines = [b"abc", b"de", b"fghijk"]
    moved = tuple((*span[:3], span[3] + 100, span[4]) for span in SPANS)

    assert digest(moved, lines) == digest(SPANS, lines)
    assert digest(SPANS, [b"abx", *lines[1:]]) != digest(SPANS, lines)
    assert digest((("acme", "13", 13, 0, 3), *SPANS[1:]), lines) != digest(SPANS, lines)
    assert digest(SPANS[:2], [b"ab", b"cde"]) != digest(SPANS[:2], lines[:2])


@pytest.mark.parametrize(
    ("site", "id_", "may"),
    [("acme", "11", True), ("acme", "9", False), ("hub", "7", True), ("hub", "99", True), ("other", "11", False)],
)
def test_it_knows_which_issues_may_be_in_it(site: str, id_: str, may: bool) -> None:
    told = {"rows": 3, "bytes": 9, "sha256": "s", "code": "c", "numbers": numbers(SPANS), "beside": (("hub", "99"),)}

    assert ReadingSidecar(**told, reading="rendered").holds(site, id_) is may
    assert ReadingSidecar(**told).holds(site, id_)


def test_feeds_are_a_folder_or_an_address_without_a_password(tmp_path: Path) -> None:
    assert feeds.address("", tmp_path / "x" / "..") == str(tmp_path)
    assert feeds.address("s3://bucket/feeds/", tmp_path) == "s3://bucket/feeds"
    with pytest.raises(BadArgument, match=r"^--feeds holds no password: who may read"):
        feeds.address("s3://key:secret@bucket/feeds", tmp_path)


def test_lines_are_read_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "A.jsonl").write_bytes(b"abcfghijkde")

    assert feeds.lines(str(tmp_path), "A.jsonl", SPANS) == [b"abc", b"de", b"fghijk"]
    with pytest.raises(Refused, match=r"^there is no B.jsonl in "):
        feeds.lines(str(tmp_path), "B.jsonl", SPANS)
