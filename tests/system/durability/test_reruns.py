"""Runs after a whole one: they ask for next to nothing and leave the feeds alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from fake_jira import running
from tests.system.durability.trial import LONG, Nursery, Trial, assert_same, ids


@pytest.mark.parametrize(("dialect", "jobdir"), [("server", True), ("cloud", False)], ids=["server", "cloud"])
def test_runs_with_nothing_changed(nursery: Nursery, tmp_path: Path, dialect: str, jobdir: bool) -> None:
    with running(issues=40, seed=5, dialect=dialect) as sandbox:
        subject = Trial(nursery, sandbox, tmp_path, jobdir)
        first = subject.run()
        assert (first.status, first.ids) == (0, ids(sandbox))
        before = contents(first.folder)
        assert max(len(line) for feed in before.values() for line in feed.splitlines()) > LONG
        for _ in range(2):
            served = len(sandbox.requests)
            done = subject.run()
            assert (done.status, done.report["complete"]) == (0, True), done.log
            assert contents(done.folder) == before
            assert len(subject.requests(served)) < 5 * 2, subject.requests(served)


def test_a_finished_jobdir_is_empty_again(nursery: Nursery, tmp_path: Path) -> None:
    """The same command afterwards is a run that brings the dataset up to date, not one that finds all asked already."""
    with running(issues=50, page_cap=10, seed=5) as sandbox:
        subject, calm = Trial(nursery, sandbox, tmp_path / "subject", True), Trial(nursery, sandbox, tmp_path / "calm")
        assert subject.run().status == 0
        for _ in range(2):
            edited = {sandbox.mutations.apply("edit", id_).id for id_ in sorted(ids(sandbox))[::9]}
            served = len(sandbox.requests)
            done = subject.run()
            assert done.report["listed"] >= len(edited)
            assert any("updated+%3E%3D" in path for path in subject.requests(served))
            assert "Going on with" not in done.log
        assert calm.run().status == 0
        assert_same(done, calm.output, sandbox)


def test_a_resumed_run_asks_again_what_changed(nursery: Nursery, tmp_path: Path) -> None:
    """It may be resumed a day after it was killed, when its last pass was through already."""
    with running(issues=40, seed=3) as sandbox:
        subject, calm = Trial(nursery, sandbox, tmp_path / "subject", True), Trial(nursery, sandbox, tmp_path / "calm")
        subject.die_at("clear before", 1)
        edited = sorted(ids(sandbox))[3]
        sandbox.mutations.apply("edit", edited)
        sandbox.mutations.apply("create", edited)
        done = subject.run()
        assert calm.run().status == 0
        assert_same(done, calm.output, sandbox)


def test_a_file_of_somebody_else_is_kept_through_a_crash(nursery: Nursery, tmp_path: Path) -> None:
    """It is set aside once; what a crash leaves in its place is ours, and does not take its place there."""
    with running(issues=20, seed=3) as sandbox:
        subject = Trial(nursery, sandbox, tmp_path, projects="DEMO")
        subject.output.mkdir()
        (subject.output / "DEMO.jsonl").write_text("precious\n")
        for _ in range(2):
            subject.die_at("append after", 1)
        assert subject.run().status == 0
    assert (subject.output / "DEMO.jsonl.old").read_text() == "precious\n"


def test_an_issue_that_was_missed_is_counted_once(nursery: Nursery, tmp_path: Path) -> None:
    """A listing of ids takes several pages; what the first of them finds missing is not asked after at the last."""
    with running(issues=60, page_cap=10, seed=3) as sandbox:
        subject = Trial(nursery, sandbox, tmp_path)
        assert subject.run().status == 0
        store = sqlite3.connect(subject.output / "store.sqlite")
        store.execute("DELETE FROM issues WHERE id = (SELECT min(id) FROM issues WHERE project = 'TOOLS')")
        store.commit()
        store.close()
        done = subject.run()
        number = len(sandbox.manifest()["projects"]["TOOLS"]["issues"])
    assert done.report["verified"] == {"TOOLS": {"missed": 1, "listed": number}}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
