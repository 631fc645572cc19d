"""What is made of stretches, put together in their order, is what is made of all issues at once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jira_crawler.exports import diet, reading, shards
from jira_crawler.exports.benchmarks import Grams
from jira_crawler.exports.diet import Diet, Gathering, Verdict
from jira_crawler.exports.duplicates import Reports
from jira_crawler.exports.groups import Groups
from jira_crawler.exports.learner import Measured
from jira_crawler.exports.options import Choice, ExportOptions
from jira_crawler.exports.packing import packed, packed_wanted, unpacked, unpacked_wanted
from jira_crawler.exports.reading import Stretch, Wanted, stretches
from jira_crawler.exports.result import Counts
from jira_crawler.exports.shards import JsonLines, Layout, Parquet, Rows, Split, columns, line
from jira_crawler.exports.source import Span
from tests.unit.exports import talk, test_diet, test_duplicates, test_splits

SCHEMA = pa.schema(
    [pa.field("text", pa.string(), nullable=False), pa.field("tags", pa.list_(pa.string()), nullable=False)]
)


class Columns:
    schema = SCHEMA


def span(number: int, feed: str = "A.jsonl", length: int = 10) -> Span:
    return Span(feed, "acme", str(number), number, 0, length)


def ids(cut: list[Stretch]) -> list[tuple[str, ...]]:
    return [tuple(each.id for each in stretch.spans) for stretch in cut]


def test_an_issue_that_comes_changes_its_own_stretch_and_no_issue_is_lost() -> None:
    spans = [span(number, feed) for feed in ("A.jsonl", "B.jsonl") for number in range(1, 400)]
    cut = list(stretches(spans, 20))
    more = list(stretches([*spans[:150], span(5_000), *spans[150:]], 20))

    assert [each for stretch in cut for each in stretch.spans] == spans
    assert [stretch.begin for stretch in cut] == [sum(len(e.spans) for e in cut[:at]) for at in range(len(cut))]
    assert all(len({each.feed for each in stretch.spans}) == 1 for stretch in cut)
    assert all(10 <= len(stretch.spans) <= 40 for stretch in cut if stretch.spans[-1].id != "399")
    assert len(set(ids(more)) - set(ids(cut))) <= 2
    assert list(stretches([], 20)) == []


def test_a_stretch_ends_where_its_lines_are_long_and_one_that_is_longer_is_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 25)

    assert ids(list(stretches([span(1), span(2), span(3), span(4, length=99), span(5)], 20))) == [
        ("1", "2"),
        ("3",),
        ("4",),
        ("5",),
    ]


def test_groups_and_pairs_are_those_of_all_issues_at_once() -> None:
    several = [talk.entry(each) for each in test_duplicates.tracker()]
    groups, reports, whole = Groups(), Reports(), Reports()
    for begin in range(0, len(several), 5):
        some = Reports()
        for each in several[begin : begin + 5]:
            some.add(each, int(each.about["issue_id"]), wanted=True)
            whole.add(each, int(each.about["issue_id"]), wanted=True)
        groups.join(unpacked(packed(test_splits.grouped(several[begin : begin + 5])), Groups))
        reports.join(unpacked(packed(some), Reports))
    roots = test_splits.grouped(several).roots()

    assert groups.roots().tolist() == roots.tolist()
    splits = np.zeros(len(several), dtype=np.int8)
    assert reports.pairs(roots, splits, {}) == whole.pairs(roots, splits, {}) != {}


def test_labels_are_judged_as_of_all_issues_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diet, "MOST_ROWS", 40)
    monkeypatch.setattr(diet, "FEWEST_ROWS", 20)
    several = [test_diet.entry(lines) for lines in test_diet.several(200)]
    whole, joined = Gathering(), Gathering()
    for begin in range(0, len(several), 30):
        some = Gathering()
        for each in several[begin : begin + 30]:
            for gathering in (whole, some):
                gathering.add(each, each.samples, int(each.about["issue_id"]))
        joined.join(unpacked(packed(some), Gathering))

    assert joined.diet().verdicts == whole.diet().verdicts
    assert whole.diet().verdicts


@pytest.mark.parametrize("files", ["parquet", "jsonl", "jsonl.zst"])
def test_rows_that_come_in_pieces_make_the_same_files(
    files: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "GROUP_ROWS", 7)
    monkeypatch.setattr(shards, "GROUP_BYTES", 60)
    chance = random.Random(3)
    records = [{"text": f"text {at}", "tags": [str(tag) for tag in range(at % 3)]} for at in range(101)]
    sizes = [chance.randint(1, 20) for _ in records]
    made = {}
    for name in "one", "pieces":
        (tmp_path / name / "data").mkdir(parents=True)
        with Split(tmp_path / name, "train", 101, 1, Columns(), Layout(files=files, most_rows=30)) as split:
            if name == "one":
                for record, size in zip(records, sizes, strict=True):
                    split.write(record, size)
            begin = 0
            while name == "pieces" and begin < 101:
                end = min(101, begin + chance.randint(1, 45))
                some = records[begin:end]
                rows = Rows(sizes[begin:end], list(map(line, some)), columns(some, SCHEMA))
                split.take(unpacked(packed(rows), Rows))
                begin = end
        made[name] = {path.name: path.read_bytes() for path in split.paths}

    assert len(made["one"]) == 4
    assert made["pieces"] == made["one"]


@pytest.mark.parametrize("writer", [Parquet, JsonLines])
def test_a_file_without_rows_is_whole(writer: type[Parquet | JsonLines], tmp_path: Path) -> None:
    made = writer(tmp_path / "file.jsonl", SCHEMA)
    made.take(Rows([], [], columns([], SCHEMA)))
    made.close()
    assert (tmp_path / "file.jsonl").exists()


def test_counts_are_added_in_the_order_in_which_things_were_met() -> None:
    one = Counts(sites={"b": "1"}, languages=Counter(de=2), examples=Counter({("train", "A", "x"): 1}))
    two = Counts(
        sites={"b": "2", "a": "3"}, languages=Counter(en=2), examples=Counter({("train", "A", "x"): 2}), characters=3
    )
    one.span, two.span = {"train": ("2020", "2022")}, {"train": ("2019", "2021"), "test": ("2023", "2024")}
    total = Counts()
    for each in one, two:
        total.add(unpacked(packed(each), Counts))

    assert total.languages.most_common() == [("de", 2), ("en", 2)]
    assert (total.sites, total.characters) == ({"b": "1", "a": "3"}, 3)
    assert total.examples == {("train", "A", "x"): 3}
    assert total.span == {"train": ("2019", "2022"), "test": ("2023", "2024")}


def test_what_is_wanted_travels_and_is_the_same_bytes_whatever_the_order_and_the_place() -> None:
    measured = Measured(120, 2, 0.5, 0.9, 0.01)
    verdicts = {
        ("b", "v", "P"): Verdict(3, None),
        ("a", "v", "P"): Verdict(120, measured, ("x", "y"), ("epic",), True, measured),
    }
    words = " ".join(f"word{at}" for at in range(15))
    choice = Choice(without=frozenset(f"A-{at}" for at in range(50)), unlike=Grams([words]), min_value=0.5)
    options = ExportOptions(format="chat", to="s3://somewhere", canned=frozenset({2**64 - 1, 3}), choice=choice)
    wanted = Wanted(options, Diet(verdicts), {"train": "2024"})
    other = Wanted(replace(options, to="x", force=True), Diet(dict(reversed(verdicts.items()))), {"train": "2024"})

    found = unpacked_wanted(packed_wanted(wanted.bare()))

    assert packed_wanted(other.bare()) == packed_wanted(wanted.bare())
    assert (found.diet, found.until, found.options.canned) == (wanted.diet, wanted.until, options.canned)
    assert found.options.choice.without == choice.without
    assert found.options.choice.unlike is not None
    assert found.options.choice.unlike.in_text(words)
    assert packed_wanted(replace(wanted, until={}).bare()) != packed_wanted(wanted.bare())
