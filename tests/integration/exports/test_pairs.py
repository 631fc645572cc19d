"""Examples about issues and changes, without a clone: answers are right, and nothing gives them away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.pairs.export import PairsOptions, PairsResult, export
from jira_crawler.exports.pairs.texts import blinded, change_text
from jira_crawler.items import Body, Change, replace
from jira_crawler.store import linking
from jira_crawler.store.database import connect
from jira_crawler.store.linking import link
from jira_crawler.store.store import Store
from tests.integration.store.test_linking import Known
from tests.unit.links.made import day, jira, pull, renamed

FILES = ("src/total.py", "tests/test_total.py", "src/a.py")
ISSUES = [
    jira("K-1", "The total is wrong", description=Body("It gives one.", "wiki"), components=("core",)),
    jira("K-2", "The other is wrong", components=("core",)),
    jira("K-3", "The third is wrong", components=("web",)),
    jira("K-4", "Long ago", created=day(-30)),
    jira("K-5", "Filed late", created=day(9)),
    pull(
        11,
        "K-1: mend the total",
        "It was read too early, see https://example.org/x",
        files=FILES,
        merge_commit="a" * 40,
    ),
    pull(12, "K-2: mend the other", "By locking.", at=6, merge_commit="b" * 40),
    pull(13, 'Revert "K-2: mend the other"', "Reverts acme/kettle#12", at=7, merge_commit="c" * 40),
    pull(14, "[1.x] The total (backport #11)", "Fixes K-1", base="1.x", at=8, merge_commit="d" * 40),
    pull(15, "K-3: mend", state="closed"),
    pull(16, "K-5: mend", at=8, merge_commit="e" * 40),
    *(pull(n, "Rename", base="main") for n in (17, 18)),
]


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    known = Known()
    monkeypatch.setattr(linking, "reader", lambda dialect, base: known)
    made = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    made.save([known.row(issue) for issue in ISSUES], {})
    link(made)
    yield made
    made.close()


def exported(store: Store, folder: Path, **more: Any) -> tuple[PairsResult, list[dict[str, Any]]]:
    told: dict[str, Any] = {"to": str(folder / "pairs"), "split_by": "none"}
    result = export(store, folder, PairsOptions(**told | more))
    return result, [
        row for path in sorted((folder / "pairs" / "data").glob("*")) for row in pq.read_table(path).to_pylist()
    ]


def test_what_is_asked_and_answered(store, tmp_path):
    result, rows = exported(store, tmp_path)
    answers = {(row["task_type"], row["change"].rpartition("#")[2], row["issue_key"]): row["output"] for row in rows}
    assert answers == {
        ("link_prediction", "11", "K-1"): "yes",
        ("link_prediction", "11", "K-2"): "no",
        ("link_prediction", "11", "K-3"): "no",
        ("link_prediction", "12", "K-2"): "yes",
        ("link_prediction", "12", "K-1"): "no",
        ("link_prediction", "12", "K-3"): "no",
        ("link_prediction", "14", "K-1"): "yes",
        ("link_prediction", "14", "K-2"): "no",
        ("link_prediction", "14", "K-3"): "no",
        ("fix_localisation", "11", "K-1"): "src/a.py\nsrc/total.py",
        ("revert_prediction", "11", ""): "no",
        ("revert_prediction", "12", ""): "yes",
        ("revert_prediction", "14", ""): "no",
        ("revert_prediction", "16", ""): "no",
        ("backport_prediction", "11", ""): "yes",
        ("backport_prediction", "12", ""): "no",
        ("backport_prediction", "16", ""): "no",
    }
    assert result.left == {"filed after its first commit": 1}
    assert len({row["id"] for row in rows}) == len(rows) == result.rows["train"]


def test_nothing_that_names_the_issue_is_in_the_change(store, tmp_path):
    _, rows = exported(store, tmp_path)
    for row in rows:
        for name in ("K-1", "K-2", "#11", "#12", "example.org"):
            assert name not in row["input"]
    [first] = [row for row in rows if (row["task_type"], row["change"]) == ("revert_prediction", "acme/kettle#11")]
    assert first["input"] == "[left out] mend the total\n\nIt was read too early, see [left out]"


def test_a_negative_is_of_the_same_split_and_no_issue_is_in_two(store, tmp_path):
    _, _ = exported(store, tmp_path, split_by="time", shares=(34.0, 33.0, 33.0))
    shown: dict[str, set[str]] = {}
    for path in (tmp_path / "pairs" / "data").glob("*"):
        for row in pq.read_table(path).to_pylist():
            if row["issue_key"]:
                shown.setdefault(row["issue_key"], set()).add(path.name.partition("-")[0])
    assert len(shown) >= 3
    assert all(len(splits) == 1 for splits in shown.values())


def test_choices_and_the_same_bytes_again(store, tmp_path):
    exported(store, tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "pairs").rglob("*") if path.is_file()}
    exported(store, tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "pairs").rglob("*") if path.is_file()} == before
    with pytest.raises(BadArgument, match="There is no pair"):
        exported(store, tmp_path, projects=frozenset({"acme/rocket"}))
    assert exported(store, tmp_path, grades=frozenset({"B"}), held_out=("acme/kettle",))[0].rows.keys() == {"test"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[K-1][SQL] x", "[left out][SQL] x"),
        ("kafka-12: x", "[left out] x"),
        ("fixes acme/kettle#3 and #4, GH-5", "fixes [left out] and [left out], [left out]"),
        ("see https://a.example/b?c and abcdef1234", "see [left out] and [left out]"),
        ("in the year 2024 with 1234567 rows", "in the year 2024 with 1234567 rows"),
        ("decade of defaced facades in UTF-8", "decade of defaced facades in UTF-8"),
    ],
)
def test_what_is_left_out_of_a_change(text, shown):
    assert blinded(text, {"K", "KAFKA"}) == shown


def test_a_change_is_shown_as_it_was_when_it_ended():
    late = pull(1, "Now", "Text", changes=(renamed("Then", "Now", 9),))
    assert change_text(late, ()) == "Then\n\nText"
    edited = Change(id="edited", field="description", created=day(9))
    assert change_text(replace(late, changes=(edited,)), ()) == ""
