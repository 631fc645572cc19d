"""Whoever follows the examples of a store has, after each page, exactly what is in its feeds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds import files
from jira_crawler.feeds.cursor import Cursor, StaleCursor, read
from jira_crawler.feeds.pull import MOST, Choice, Page, Pull
from jira_crawler.store.changes import Changes
from tests.growing import Growing


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Growing]:
    made = Growing(tmp_path / "output")
    yield made
    made.close()


@pytest.fixture
def pull(growing: Growing) -> Iterator[Pull]:
    opened = Pull.open(growing.folder)
    yield opened
    opened.close()


class Reader:
    """Keeps what pages say, as anybody would."""

    def __init__(self, pull: Pull, choice: Choice | None = None, most: int = 4):
        self.pull, self.choice, self.most = pull, choice or Choice(), most
        self.cursor, self.held, self.lines, self.gone = "", {}, 0, 0

    def read(self, consumer: str = "") -> dict[str, list[Any]]:
        page = None
        while page is None or not page.is_last:
            page = self.pull.page(self.cursor, self.choice, self.most, consumer)
            self.take(page)
        return self.held

    def take(self, page: Page) -> None:
        assert len(page.lines) < self.most + 3
        fresh: dict[str, list[Any]] = {}
        for line in map(orjson.loads, page.lines):
            fresh.setdefault(line["metadata"]["issue_id"], []).append(line)
        self.held |= fresh
        for name in page.gone:
            self.held.pop(name.removeprefix("example-"), None)
        self.cursor, self.lines, self.gone = page.cursor, self.lines + len(page.lines), self.gone + len(page.gone)


def test_everything_comes_and_then_only_what_changed(growing, pull):
    for number in range(1, 8):
        growing.put(number)
    reader = Reader(pull)
    assert reader.read() == growing.there
    assert (reader.lines, reader.gone) == (21, 0)
    growing.put(2, "another text")
    growing.put(9)
    growing.remove(3)
    growing.reject(4)
    assert reader.read() == growing.there
    assert (reader.lines, reader.gone) == (27, 2)
    before = reader.cursor
    assert reader.read() == growing.there and reader.cursor == before


def test_lines_are_the_bytes_of_the_feed(growing, pull):
    growing.put(1)
    page = pull.page()
    assert b"".join(page.lines) == (growing.folder / "ACME.jsonl").read_bytes()
    *lines, last = page.ndjson().splitlines(keepends=True)
    assert lines == page.lines
    assert orjson.loads(last) == {"cursor": page.cursor, "gone": []}


def test_what_changes_while_everything_is_read_is_not_missed(growing, pull):
    for number in range(1, 6):
        growing.put(number)
    reader = Reader(pull, most=1)
    reader.take(pull.page("", most=1))
    growing.put(1, "edited behind the reader")
    growing.put(5, "edited before the reader")
    growing.remove(4)
    growing.put(6)
    assert reader.read() == growing.there


def test_a_choice_lets_through_what_it_says_and_tells_what_does_not_fit_any_more(growing, pull):
    growing.put(1, quality=0.9)
    growing.put(2, quality=0.2)
    growing.put(3, project="OTHER", quality=0.8)
    reader = Reader(pull, Choice(min_quality=0.7, tasks=("classification",), projects=("ACME",)))
    assert {key: [line["task_type"] for line in lines] for key, lines in reader.read().items()} == {
        "1": ["classification"]
    }
    growing.put(1, "worse", quality=0.6)
    growing.put(2, "better", quality=0.75)
    assert list(reader.read()) == ["2"]
    growing.put(2, "better", project="OTHER", quality=0.75)
    assert list(reader.read()) == []


def test_an_issue_whose_lines_move_is_read_where_they_are(growing, pull, monkeypatch):
    for number in range(1, 30):
        growing.put(number, commit=number == 29)
    for number in range(1, 29):
        growing.put(number, f"edited {number}", commit=number == 28)
    real, moved = Pull._read, []

    def moving(self: Pull, entries: Any) -> Any:
        if not moved:
            moved.append(growing.compact())
        return real(self, entries)

    monkeypatch.setattr(Pull, "_read", moving)
    assert Reader(pull, most=1_000).read() == growing.there


def test_lines_are_found_between_two_names_of_a_rewritten_feed(growing, pull, monkeypatch):
    growing.put(1)
    growing.put(2)
    growing.put(1, "edited")
    monkeypatch.setattr(files, "replace", lambda temporary, path: (_ for _ in ()).throw(OSError("killed")))
    with pytest.raises(OSError, match="killed"):
        growing.dataset.compact()
    assert (growing.folder / "ACME.jsonl.new").exists()
    assert Reader(pull).read() == growing.there


def test_lines_of_near_duplicates_name_their_cluster(growing, pull):
    text = " ".join(f"word{number}" for number in range(80))
    for number in (1, 2, 3):
        growing.put(number, f"{text} {number}")
    reader = Reader(pull)
    reader.read()
    growing.compact()
    held = reader.read()
    assert [lines[0]["metadata"]["cluster"] for lines in held.values()] == ["example-1"] * 3
    feed = [orjson.loads(line) for line in (growing.folder / "ACME.jsonl").read_bytes().splitlines()]
    assert sorted((line for lines in held.values() for line in lines), key=str) == sorted(feed, key=str)


def test_repositories_are_projects_and_keys_are_in_capitals(growing, pull):
    growing.put(1)
    growing.put(2, project="acme/tool")
    for said, there in (("acme", "1"), ("acme/tool", "2"), ("ACME/TOOL", "")):
        lines = pull.page("", Choice(projects=(said,))).lines
        assert {orjson.loads(line)["metadata"]["issue_id"] for line in lines} == set(there)


# --- cursors


def test_a_cursor_is_opaque_and_goes_there_and_back():
    for cursor in (Cursor("store", "choice", 7), Cursor("store", "choice", 7, ("site", "1"))):
        assert read(str(cursor)) == cursor
        assert str(cursor).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "said",
    [
        "x",
        "!!!!",
        "eyJhIjoxfQ",
        "W10",
        "WzEsMiwzXQ",
        "WyJhIiwiYiIsLTFd",
        "a" * 3_000,
        "é",
        "WyJhIiwiYiIsMSwiYyJd",
        "\x00",
    ],
)
def test_what_is_no_cursor_is_refused(pull, said):
    with pytest.raises(BadArgument, match=r"none that was given out"):
        pull.page(said)


def test_a_cursor_of_another_store_or_of_the_future_or_for_another_choice_needs_a_new_beginning(growing, pull):
    growing.put(1)
    here = read(pull.page().cursor)
    for other, said in (
        (here._replace(store="0" * 32), "another store"),
        (here._replace(seq=99), "ahead of this store"),
        (here._replace(choice="0"), "another choice"),
    ):
        with pytest.raises(StaleCursor, match=said):
            pull.page(str(other))


def test_what_was_pruned_behind_a_cursor_needs_a_new_beginning_unless_somebody_has_a_name(growing, pull):
    growing.put(1)
    consumers = growing.dataset.store.consumers
    consumers.advance("index", 1)
    nobody, named = Reader(pull), Reader(pull)
    nobody.read()
    named.read("trainer-1")
    for number in range(2, 7):
        growing.put(number)
    consumers.advance("index", 6)
    assert nobody.read() == growing.there  # the other one still needs these
    named.read("trainer-1")
    named.read("trainer-1")  # it comes with the cursor, and so has dealt with them
    growing.put(7)
    growing.put(8)
    consumers.advance("index", 8)
    assert named.read("trainer-1") == growing.there
    consumers.forget("pull trainer-1")
    with pytest.raises(StaleCursor, match="not kept any more"):
        nobody.read()
    nobody.cursor = ""
    assert nobody.read() == growing.there


def test_what_is_pruned_while_a_page_is_read_is_not_passed_over(growing, pull, monkeypatch):
    growing.put(1)
    cursor = pull.page().cursor
    growing.put(2)
    growing.put(3)
    real = Changes.__call__

    def pruning(changes: Changes, after: int, limit: int) -> Any:
        growing.dataset.store.consumers.advance("index", 2)
        return real(changes, after, limit)

    monkeypatch.setattr(Changes, "__call__", pruning)
    with pytest.raises(StaleCursor, match="not kept any more"):
        pull.page(cursor)


def test_who_does_not_come_for_long_holds_nothing_back(growing, pull, monkeypatch):
    growing.put(1)
    consumers = growing.dataset.store.consumers
    reader, current = Reader(pull), Reader(pull)
    reader.read("lost")
    current.read("current")
    current.read("current")
    growing.put(2)
    current.read("current")
    current.read("current")
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert consumers.expire(int(1.9e12)) == ["pull lost"]
    growing.put(3)
    current.read("current")
    current.read("current")
    with pytest.raises(StaleCursor):
        reader.read("lost")


@pytest.mark.parametrize("most", [0, -1, MOST + 1, 1_000_000])
def test_a_page_is_bounded(pull, most):
    with pytest.raises(BadArgument, match="from 1 to 10,000"):
        pull.page("", None, most)


@pytest.mark.parametrize("name", ["a b", "é", "x" * 65, "../x", "-"])
def test_a_name_is_plain(pull, name):
    with pytest.raises(BadArgument, match="consumer"):
        pull.page("", None, 1, name)


@pytest.mark.parametrize("quality", [-0.1, 1.1, float("nan")])
def test_a_quality_is_one(quality):
    with pytest.raises(BadArgument, match="min_quality"):
        Choice(min_quality=quality)


def test_a_damaged_feed_is_said(growing, pull, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    growing.put(1)
    feed = growing.folder / "ACME.jsonl"
    feed.write_bytes(b"x" * feed.stat().st_size)
    with pytest.raises(Refused, match="damaged at byte 0"):
        pull.page()
    feed.unlink()
    with pytest.raises(Refused, match="not in"):
        pull.page()


def test_random_changes_read_at_random_moments_end_in_the_truth(growing, pull):
    chance = random.Random(7)
    reader = Reader(pull, most=5)
    for step in range(80):
        number, what = chance.randint(1, 12), chance.random()
        if what < 0.6:
            growing.put(number, f"text {step}")
        elif what < 0.8:
            growing.remove(number)
        elif what < 0.9:
            growing.compact()
        else:
            growing.reject(number)
        if chance.random() < 0.4:
            reader.take(pull.page(reader.cursor, reader.choice, reader.most))
    assert reader.read() == growing.there
