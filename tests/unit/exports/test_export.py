"""An export holds what was asked for, split without leaks, the same each time, and appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports import export as exporting
from jira_crawler.exports.export import Leaking, export
from jira_crawler.exports.formats import FORMATS
from jira_crawler.exports.options import Choice, ExportOptions
from jira_crawler.exports.shards import Layout
from jira_crawler.exports.source import Source
from tests.unit.exports.conftest import ANSWER, KINDS, issue

JSONL = Layout(files="jsonl")


def run(folder: Path, to: Path, kind: str = "alpaca", **more):
    with Source(folder) as source:
        return export(source, ExportOptions(format=kind, to=str(to), **more))


def rows(to: Path, split: str = "*") -> list[dict]:
    return [
        json.loads(line) for path in sorted(to.glob(f"data/{split}-*.jsonl")) for line in path.read_text().splitlines()
    ]


def hashes(to: Path) -> dict[str, str]:
    return {str(each.relative_to(to)): hashlib.sha256(each.read_bytes()).hexdigest() for each in files(to)}


def files(to: Path) -> list[Path]:
    return sorted(each for each in to.rglob("*") if each.is_file())


def test_each_format_looks_as_trainers_expect(feeds, tmp_path):
    folder = feeds(issue(1))
    shown = "# Title 1\n\nThe broker of issue 1 does not give up its lease."
    answer = ANSWER
    for kind in KINDS:
        run(folder, tmp_path / kind, kind, layout=JSONL, split_by="none")
    label, reply = rows(tmp_path / "alpaca")
    assert (label["output"], reply["instruction"], reply["input"], reply["output"]) == (
        "Bug",
        "Reply to this.",
        shown,
        answer,
    )
    assert (reply["issue_key"], reply["created"], reply["quality"]) == ("ACME-1", "2011-03-01T08:00:00.000Z", 0.5)
    assert rows(tmp_path / "chat")[1]["messages"] == [
        {"role": "user", "content": f"Reply to this.\n\n{shown}"},
        {"role": "assistant", "content": answer},
    ]
    thread = f"<issue_start>\n{shown}\n\n<issue_comment>\n## user_1\n\n{answer}"
    assert [row["text"] for row in rows(tmp_path / "text")] == [thread]
    (talk,) = rows(tmp_path / "threads")
    assert talk["messages"] == [{"role": "user", "content": shown}, {"role": "assistant", "content": answer}]
    (whole,) = rows(tmp_path / "issues")
    assert (whole["id"], whole["text_content"]) == ("example-1", thread)
    assert [task["task_type"] for task in whole["tasks"]] == ["classification", "question_answering"]
    for kind in KINDS:
        form = FORMATS[kind]
        assert list(rows(tmp_path / kind)[0]) == [field.name for field in form.fields]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["parquet", "jsonl", "jsonl.zst"])
def test_equal_feeds_give_equal_bytes_whatever_the_order_of_lines(feeds, tmp_path, kind, layout):
    first, second = feeds(seed=1, name="a"), feeds(seed=2, name="b")
    assert (first / "ACME.jsonl").read_bytes() != (second / "ACME.jsonl").read_bytes()
    for folder in (first, second):
        run(folder, tmp_path / f"to-{folder.name}" / "out", kind, layout=Layout(files=layout, most_rows=7))
    made = hashes(tmp_path / "to-a" / "out")
    assert made == hashes(tmp_path / "to-b" / "out")
    assert len(made) > 5


@pytest.mark.parametrize("how", ["hash", "time"])
def test_nothing_is_lost_and_groups_are_in_one_split(feeds, tmp_path, how):
    begun = "2010-01-01T00:00:00.000Z"  # so that by time nothing is too late to be known
    several = [issue(n, cluster=f"example-{n - n % 4 or 1}", updated=begun) for n in range(1, 61)]
    made = run(feeds(*several), tmp_path / "out", layout=JSONL, split_by=how, shares=(60, 20, 20))
    splits = defaultdict(set)
    for split in made.files:
        for row in rows(tmp_path / "out", split):
            splits[row["cluster"]].add(split)
    assert sorted(row["id"] for row in rows(tmp_path / "out")) == sorted(
        line["id"] for lines in several for line in lines if line["instruction"]
    )
    assert {len(each) for each in splits.values()} == {1}
    assert set.union(*splits.values()) == {"train", "validation", "test"}
    assert (made.overlap.groups, made.overlap.inputs, made.overlap.rows) == (0, 0, 120)


def test_what_leaks_is_not_exported(feeds, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "jira_crawler.exports.survey.by_hash", lambda roots, *_: roots * 0 + [at % 2 for at in range(len(roots))]
    )
    several = [issue(number, cluster="example-1", text="the same") for number in range(1, 7)]
    with pytest.raises(Leaking, match=r"^1 groups and 1 inputs are in more than one split"):
        run(feeds(*several), tmp_path / "out")
    assert [each.name for each in tmp_path.iterdir()] == ["output"]


def test_filters_count_what_they_keep(feeds, tmp_path):
    several = [
        issue(1, quality=0.9),
        issue(2, quality=0.2),
        issue(3, language="de"),
        issue(4, language=""),
        issue(5, "OTHER"),
        issue(6, cluster="example-1", representative=False),
    ]
    chosen = Choice(
        projects=("ACME",), languages=("en", "und"), min_quality=0.3, representatives=True, tasks=("classification",)
    )
    made = run(feeds(*several), tmp_path / "out", choice=chosen, layout=JSONL)
    assert [(each.issues, each.examples) for each in made.passed] == [
        (6, 18),
        (5, 15),
        (4, 12),
        (3, 9),
        (2, 6),
        (2, 6),
        (2, 2),
        (2, 2),
    ]
    assert sorted(row["issue_key"] for row in rows(tmp_path / "out")) == ["ACME-1", "ACME-4"]


def test_an_issue_stays_in_its_split_whatever_is_filtered(feeds, tmp_path):
    folder = feeds(*(issue(n, related=f"ACME-{n + 1}", quality=n % 2) for n in range(1, 80) if n % 4))
    places = []
    for name, least in (("all", 0.0), ("good", 0.5)):
        made = run(folder, tmp_path / name, choice=Choice(min_quality=least), layout=JSONL, shares=(50, 25, 25))
        places.append({row["issue_key"]: split for split in made.files for row in rows(tmp_path / name, split)})
    assert len(places[0]) > len(places[1]) > 10
    assert places[1].items() <= places[0].items()


def test_files_are_even_and_named_by_how_many_there_are(feeds, tmp_path):
    folder = feeds()
    made = run(folder, tmp_path / "out", split_by="none", layout=Layout(files="parquet", most_rows=30))
    names = [path.name for path in made.files["train"]]
    assert names == [f"train-{at:05}-of-00003.parquet" for at in range(3)]
    counts = [pq.ParquetFile(tmp_path / "out" / "data" / name).metadata.num_rows for name in names]
    assert sum(counts) == 80
    assert max(counts) - min(counts) <= 1
    by_size = run(folder, tmp_path / "b", split_by="none", layout=Layout(files="jsonl.zst", most_bytes=10_000))
    packed = [path.read_bytes() for path in files(tmp_path / "b" / "data")]
    assert len(packed) == len(by_size.files["train"]) > 3
    unpacked = [zstandard.ZstdDecompressor().stream_reader(each).read() for each in packed]
    assert sum(each.count(b"\n") for each in unpacked) == 80


def test_columns_have_the_types_that_are_said(feeds, tmp_path):
    folder = feeds()
    for kind in KINDS:
        form = FORMATS[kind]
        run(folder, tmp_path / kind, kind)
        for path in (tmp_path / kind).glob("data/*"):
            assert pq.read_schema(path).equals(form.schema)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"choice": Choice(projects=("NOSUCH",))}, "The feeds hold no project NOSUCH: there are ACME, OTHER."),
        ({"choice": Choice(tasks=("chess",))}, "Nothing in the feeds is of --tasks chess: there are classification, "),
        ({"choice": Choice(languages=("fr",))}, "Nothing in the feeds is of --languages fr: there are en."),
        ({"choice": Choice(min_quality=0.9)}, "of 40 issues and 120 examples none passes “quality of 0.9 or more”"),
        ({"choice": Choice(tasks=("pretraining",))}, "none passes “examples for the format alpaca”"),
    ],
)
def test_an_empty_export_is_refused_and_leaves_nothing(feeds, tmp_path, chosen, sentence):
    folder = feeds()
    with pytest.raises(BadArgument) as refused:
        run(folder, tmp_path / "out", **chosen)
    assert sentence in str(refused.value)
    assert not (tmp_path / "out").exists()
    assert {each.name for each in tmp_path.iterdir()} == {"output"}


def test_what_cannot_be_meant_is_refused():
    for wrong in (
        {"format": "csv"},
        {"to": ""},
        {"split_by": "mood"},
        {"shares": (90.0, 10.0)},
        {"shares": (0.0, 50.0, 50.0)},
        {"shares": (-1.0, 5.0, 5.0)},
        {"choice": Choice(min_quality=7)},
        {"layout": Layout(most_rows=0)},
    ):
        with pytest.raises(BadArgument):
            ExportOptions(**({"format": "alpaca", "to": "x"} | wrong))


def test_a_fault_on_the_way_leaves_nothing(feeds, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "card", fail)
    with pytest.raises(BadArgument, match="No space left on device"):
        run(feeds(), tmp_path / "out")
    assert {each.name for each in tmp_path.iterdir()} == {"output"}
