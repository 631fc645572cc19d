"""Examples about issues and changes, without a clone: answers are right, and nothing gives them away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.pairs.export import export
from jira_crawler.exports.pairs.result import PairsOptions, PairsResult
from jira_crawler.exports.pairs.texts import blinded, change_text
from jira_crawler.items import Body, Change, replace
from jira_crawler.store import linking
from jira_crawler.store.database import connect
from jira_crawler.store.gathered import Gathered, HeldPiece
from jira_crawler.store.linking import link
from jira_crawler.store.store import Store
from jira_crawler.trackers.github.rest import Piece
from tests.integration.store.test_linking import Known
from tests.unit.links.made import day, jira, pull, renamed

NOTES = """\
* Totals are right, whoever reads them first (#11)
* Nothing waits for ever any more, thanks to @ann ([#12](https://github.com/acme/kettle/pull/12))

**Full Changelog**: https://github.com/acme/kettle/compare/v1.1...v1.2.0
"""
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
        milestone="1.2",
    ),
    pull(12, "K-2: mend the other", "By locking.", at=6, merge_commit="b" * 40, milestone="1.2"),
    pull(
        13,
        'Revert "K-2: mend the other"',
        "Reverts acme/kettle#12\n\nTwo of them wait for one another.",
        at=7,
        merge_commit="c" * 40,
        milestone="1.2",
    ),
    pull(14, "[1.x] The total (backport #11)", "Fixes K-1", base="1.x", at=8, merge_commit="d" * 40),
    pull(19, "[1.x] mend the total", "Backports #11\n\nHere it is read twice, once by the writer.", base="1.x", at=8.5),
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
    keep(made, release(1, "v1.2.0"), release(2, "v1.1", body=None), release(3, "nightly"))
    yield made
    made.close()


def release(number: int, tag: str, **more: Any) -> Piece:
    told = {"id": number, "tag_name": tag, "body": NOTES, "published_at": f"{day(9):%Y-%m-%dT%H:%M:%SZ}"} | more
    return Piece("release", 0, str(number), 0, msgspec.json.encode(told))


def keep(store: Store, *releases: Piece) -> None:
    gathered = Gathered()
    gathered.repositories["github", 7] = {"site": "github", "repository": 7, "name": "acme/kettle", "detail": "{}"}
    for each in releases:
        gathered.add(HeldPiece("github", "7-0", 7, 0, "release", each.object, 0, 1_000, each.payload))
    with store.writer.begin() as connection:
        store.pieces.save(connection, gathered)


def answer(rows: list[dict[str, Any]], number: int, text: str) -> str:
    """The number of the earlier change that holds a text, of several in the question about a change."""
    (shown,) = [row["input"] for row in rows if row["change"].endswith(f"#{number}") and "## Earlier" in row["input"]]
    parts = shown.partition("## Earlier changes")[2].split("\n### ")[1:]
    assert len(parts) > 1
    (found,) = [part.partition("\n")[0] for part in parts if text in part]
    return found


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
        ("reverted_change", "13", ""): answer(rows, 13, "By locking."),
        ("backported_change", "14", ""): answer(rows, 14, "It was read too early"),
        ("backported_change", "19", ""): answer(rows, 19, "It was read too early"),
        ("milestone_notes", "acme/kettle@v1.2.0", ""): "* Totals are right, whoever reads them first\n"
        "* Nothing waits for ever any more, thanks to @user_0",
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


def test_what_gives_the_earlier_change_away_is_not_in_the_question(store, tmp_path):
    _, rows = exported(store, tmp_path)
    asked = {row["change"].rpartition("#")[2]: row["input"] for row in rows if "## Earlier" in row["input"]}
    shown = {number: text.partition("## Earlier changes")[0] for number, text in asked.items()}
    assert shown["13"] == "## Change\n\nTwo of them wait for one another.\n\n"
    assert shown["19"] == "## Change\n\nHere it is read twice, once by the writer.\n\n"


def test_a_release_of_an_older_version_or_of_two_tells_nothing(store, tmp_path):
    keep(store, release(4, "kettle-1.2", body=NOTES), release(5, "v9.1", body=5))
    _, rows = exported(store, tmp_path)
    assert not [row for row in rows if row["task_type"] == "milestone_notes"]
    keep(store, release(4, "nightly"), release(1, "v1.2.0", published_at=f"{day(5.5):%Y-%m-%dT%H:%M:%SZ}"))
    result, rows = exported(store, tmp_path)
    assert not [row for row in rows if row["task_type"] == "milestone_notes"]
    assert result.left["a release of too few changes, or too many"] == 1
    assert result.left["cannot be read"] == 1


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
