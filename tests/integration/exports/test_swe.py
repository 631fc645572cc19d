"""Instances out of a store and a small clone: patches apply, tests are apart, and nothing is shown that came later."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import Clone, clones
from jira_crawler.exports.swe.columns import COLUMNS
from jira_crawler.exports.swe.export import export
from jira_crawler.exports.swe.result import SweOptions, SweResult
from jira_crawler.items import Body, Change, Commit
from jira_crawler.store import linking
from jira_crawler.store.database import connect
from jira_crawler.store.linking import History, link
from jira_crawler.store.store import Store
from tests.integration.store.test_linking import Known
from tests.servers.clones import MadeClone
from tests.unit.links.made import ANN, comment, day, jira, numbered, pull

SWE_BENCH = [
    *("repo", "instance_id", "base_commit", "patch", "test_patch", "problem_statement", "hints_text", "created_at"),
    *("version", "FAIL_TO_PASS", "PASS_TO_PASS", "environment_setup_commit"),
]


@dataclass
class World:
    """A store with linked issues, and the clone that their changes are in."""

    store: Store
    clone: MadeClone
    shas: dict[str, str]
    folder: Path

    def export(self, **more: Any) -> SweResult:
        told: dict[str, Any] = {"to": str(self.folder / "swe"), "clones": {"acme/kettle": Clone(self.clone.folder)}}
        return export(self.store, self.folder, SweOptions(**told | more))

    def rows(self) -> dict[str, dict[str, Any]]:
        paths = sorted((self.folder / "swe" / "data").glob("*.parquet"))
        return {row["instance_id"]: row for path in paths for row in pq.read_table(path).to_pylist()}


@pytest.fixture(scope="module")
def history(tmp_path_factory) -> tuple[MadeClone, dict[str, str]]:
    made = MadeClone(tmp_path_factory.mktemp("swe") / "kettle", "https://github.com/acme/kettle.git")
    shas = {"begin": made.commit("Begin", {"src/a.py": "def total():\n    return 1\n", "img.bin": b"\x00\x01"}, 1)}
    files = {"src/a.py": "def total():\n    return sum(values)\n", "tests/test_a.py": "assert total()\n"}
    shas["squash"] = made.commit("K-1: mend the total (#4)", files, 10)
    made.git("checkout", "--quiet", "-b", "topic")
    shas["topic"] = made.commit("Mend the other", {"src/b.py": "b = 1\n", "img.bin": b"\x00\x02"}, 11)
    made.git("checkout", "--quiet", "main")
    shas["between"] = made.commit("Between", {"src/c.py": "c = 1\n"}, 12)
    made.git(
        "merge", "--quiet", "--no-ff", "topic", "-m", "Merge pull request #6 from ann/topic\n\nMend the other", day=13
    )
    shas["merge"] = made.git("rev-parse", "HEAD")
    shas["script"] = made.commit("K-3: mend\n\nCloses #8 from ann/x.", {"src/ä b.py": "x = 'ä'\n"}, 14)
    shas["alone"] = made.commit("K-4: mend by a push", {"src/d.py": "d = 1\n"}, 15)
    shas["tests"] = made.commit("K-5: test (#9)", {"tests/test_b.py": "assert 1\n"}, 16)
    shas["first of two"] = made.commit("One of two", {"src/e.py": "e = 1\n"}, 17)
    shas["second of two"] = made.commit("K-6: two of two", {"src/e.py": "e = 2\n"}, 18)
    return made, shas


@pytest.fixture
def world(history, tmp_path, monkeypatch) -> World:
    made, shas = history
    known = Known()
    monkeypatch.setattr(linking, "reader", lambda dialect, base: known)
    late = Change(
        id="9", field="description", before="It gives 1.", after="Use sum(values)!", author=ANN, created=day(9.5)
    )
    said = (comment("It should `return sum(values)`", ANN, "1", 3), comment("Mended in #4, thanks", ANN, "2", 10.5))
    text = Body("Use sum(values)!", "wiki")
    commits = (Commit(sha="e" * 40, message="K-1: mend", authored=day(8)),)
    two = tuple(
        Commit(sha=f"{n}" * 40, message=text, authored=day(17))
        for n, text in ((1, "One of two"), (2, "K-6: two of two"))
    )
    issues = [
        jira("K-1", "The total is wrong", said, description=text, changes=(late,)),
        numbered(2, "The other is wrong", "See here."),
        *(jira(f"K-{n}", f"Wrong {n}") for n in (3, 4, 5, 6)),
        jira("K-7", "Filed late", created=day(9)),
        pull(4, "K-1: mend the total", "Fixes K-1 and K-7", at=10, merge_commit=shas["squash"], commits=commits),
        pull(6, "Mend the other", "Fixes #2", at=13, merge_commit=shas["merge"]),
        pull(8, "K-3: mend", state="closed", at=14),
        pull(9, "K-5: test", at=16, merge_commit=shas["tests"]),
        pull(10, "K-6: two of two", at=18, merge_commit=shas["second of two"], commits=two),
        pull(11, "K-3: mend again", state="open"),
    ]
    store = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    store.save([known.row(issue) for issue in issues], {})
    link(store, [History("github", "github.com/acme/kettle", "acme/kettle", Clone(made.folder).commits())])
    yield World(store, made, shas, tmp_path)
    store.close()


def test_what_is_exported_and_what_is_left_out(world):
    result = world.export()
    rows = world.rows()
    alone = f"acme__kettle-{world.shas['alone'][:12]}"
    assert set(rows) == {"acme__kettle-6", "acme__kettle-8", "acme__kettle-10", alone}
    assert result.left == {"not landed": 1, "nothing but tests": 1, "filed after its first commit": 2}
    assert result.rows.total() == 4
    assert list(rows[alone]) == [column.name for column in COLUMNS]
    assert set(SWE_BENCH) <= set(rows[alone])


def without_late(world: World) -> None:
    """Takes out the issue that was filed too late, as then its change makes an instance of the other one."""
    [found] = world.store.erasure.find("K-7")
    world.store.erasure.erase(found, 1)
    link(world.store)


def test_nothing_in_the_statement_is_later_than_the_first_commit(world):
    without_late(world)
    world.export()
    row = world.rows()["acme__kettle-4"]
    assert row["problem_statement"] == "The total is wrong\n\nIt gives 1."
    assert row["hints_text"] == "It should `return sum(values)`"
    assert (row["issue_keys"], row["change"], row["tracker"], row["grade"]) == (["K-1"], "acme/kettle#4", "jira", "B")
    assert (row["landed_how"], row["landed_commit"]) == ("squash", world.shas["squash"])
    assert row["leaked_share"] == 1.0
    assert row["created_at"] == "2024-05-10T12:00:00Z"


def test_patches_apply_on_their_base_one_after_the_other(world, tmp_path):
    without_late(world)
    world.export()
    rows = world.rows()
    assert len(rows) == 5
    for number, row in enumerate(rows.values()):
        there = MadeClone(tmp_path / f"apply-{number}")
        there.git("fetch", "--quiet", str(world.clone.folder), "main", "topic")
        there.git("checkout", "--quiet", row["base_commit"])
        for part in ("patch", "test_patch"):
            if row[part]:
                (tmp_path / "a.patch").write_text(row[part], "utf-8")
                there.git("apply", "--index", str(tmp_path / "a.patch"))
        assert there.git("write-tree") == there.git("rev-parse", f"{row['landed_commit']}^{{tree}}")
    assert "tests/test_a.py" not in rows["acme__kettle-4"]["patch"]
    assert rows["acme__kettle-4"]["test_files"] == ["tests/test_a.py"]


def test_bases_are_below_all_that_a_change_brought(world):
    world.export()
    rows = world.rows()
    assert rows["acme__kettle-6"]["base_commit"] == world.shas["between"]
    assert rows["acme__kettle-10"]["base_commit"] == world.shas["tests"]
    assert rows["acme__kettle-10"]["landed_how"] == "rebase"
    assert rows["acme__kettle-8"]["landed_how"] == "script"


def test_what_a_list_names_is_not_made(world):
    result = world.export(excluded=frozenset({"acme__kettle-6"}), grades=frozenset({"A", "B"}))
    assert "acme__kettle-6" not in world.rows()
    assert result.left["excluded by the list"] == 1


def test_choices(world):
    assert world.export(projects=frozenset({"k"})).left["of other projects"] == 1
    assert "acme__kettle-6" not in world.rows()
    assert world.export(held_out=("Acme/Kettle",)).rows == {"test": 4}
    with pytest.raises(BadArgument, match="There is no instance to export"):
        world.export(needs_tests=True)
    assert len(world.rows()) == 4, "what was there stays"


def test_a_clone_of_another_repository_is_refused(world, tmp_path):
    other = MadeClone(tmp_path / "other")
    other.commit("Begin", {"a": "b"})
    with pytest.raises(BadArgument, match="has none of the 5 commits that landed in acme/kettle"):
        world.export(clones=clones(f"acme/kettle={other.folder}"))
    with pytest.raises(BadArgument, match="Say where the repositories are"):
        world.export(clones={})


def test_the_same_store_gives_the_same_bytes(world):
    world.export()
    before = {path.name: path.read_bytes() for path in (world.folder / "swe").rglob("*") if path.is_file()}
    world.export()
    assert {path.name: path.read_bytes() for path in (world.folder / "swe").rglob("*") if path.is_file()} == before
    front = before["README.md"].decode().split("---")[1]
    assert json.loads(front.split("- ", 1)[1])["data_files"][0]["split"] == "train"


def test_an_issue_that_cannot_be_read_makes_none(world):
    row = world.store.row("jira", "3")
    world.store.save([replace(row, payload=b"broken")], {})
    assert world.export().left["cannot be read"] == 1
