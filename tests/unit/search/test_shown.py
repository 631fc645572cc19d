"""What an index keeps to show an issue is the line of its feed, whatever somebody has made of that."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from jira_crawler.search import shown
from jira_crawler.search.asking import ask
from jira_crawler.search.document import document
from jira_crawler.search.engine import Damaged, Hit, Matches

THREAD = (
    "<issue_start>\n# Title\n\n## user_0\n\nReport\n\n<issue_comment>\n## user_1\n\nComment\n\n<issue_closed>\nFixed"
)
TEXTS = (
    "issue_key issue_id site project url issue_type status priority resolution language reporter assignee components"
)


def line(output: str = THREAD, **more: Any) -> bytes:
    about = dict.fromkeys(TEXTS.split(), "x") | {"created": "2026-03-01T08:00:00Z", "updated": "2026-03-01T08:00:00Z"}
    about |= {"quality": 0.5, "quality_reasons": "length 0.5, code 1", "labels": "a, b", "more": 1} | more
    return orjson.dumps({"id": "x-1", "task_type": "pretraining", "output": output, "metadata": about})


def kept(text: bytes) -> bytes:
    about: dict[str, Any] = {"seq": 1, "seen": 1_790_000_000_123, "cluster": "x-1\n", "sketch": b"\n\0\xff"}
    return document(shown.read(text), text, **about).shown


def test_a_hit_is_read_of_the_line_as_it_is():
    told, texts = shown.hit_of(kept(line()))
    assert texts == ["Report", "Comment"]
    assert (told["title"], told["labels"], told["cluster"]) == ("Title", ["a", "b"], "x-1\n")
    assert told["quality_reasons"] == {"length": 0.5, "code": 1}
    assert told["seen"] == "2026-09-21T14:13:20.123Z"
    assert shown.head(kept(line())).sketch == b"\n\0\xff"


def test_reasons_that_are_no_numbers_are_left_out():
    told, _ = shown.hit_of(kept(line(quality_reasons="length 0.5, code, , x y")))
    assert told["quality_reasons"] == {"length": 0.5}


def test_an_endless_issue_is_kept_up_to_its_bound():
    endless = kept(line(output=THREAD.replace("Report", "word " * (shown.MOST // 4))))
    assert len(endless) < shown.MOST + 10_000
    assert shown.hit_of(endless)[1][0].startswith("word word")


@pytest.mark.parametrize("wrong", [b"", b"[]", b"{}", b"\xff", line(created=5), line()[:-9]])
def test_what_is_no_line_is_said_to_be_none(wrong):
    with pytest.raises(shown.Unreadable):
        shown.read(wrong)


class Broken:
    """An engine whose files do not hold what was written to them."""

    def search(self, *_: Any, **__: Any) -> Matches:
        return Matches(1, [Hit(1.0, 1, lambda: b"\0\0\0")])

    def through(self) -> int:
        return 1

    count = close = search


def test_what_cannot_be_read_of_an_index_is_said():
    from jira_crawler.search.asking import Asked, similar

    with pytest.raises(Damaged, match="not as it was written"):
        ask(Broken(), Asked(question="*"))
    with pytest.raises(Damaged, match="not as it was written"):
        similar(Broken(), "ACME-1")
