"""Crawls of repositories over a real server: everything is there, once, for few requests, whatever happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fake_github import running
from fake_github.options import UNKNOWNS
from fake_github.server.serving import Sandbox
from tests.conftest import command
from tests.system.github.truth import TOKEN, Repositories, assert_whole, floor, issues


def rows(folder: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(folder.rglob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def lists(sandbox: Sandbox, since: int = 0) -> list[str]:
    return [path for _, path, _ in sandbox.requests[since:]]


def test_everything_is_there_and_a_second_run_asks_for_little(tmp_path: Path) -> None:
    with running(items=260, token=TOKEN) as sandbox:
        trial = Repositories(sandbox, tmp_path)
        done = trial.run()
        assert (done.status, done.report["missing"]) == (0, [])
        assert_whole(trial.output, sandbox)
        repositories, holes = 2, sum(path.count("/issues/") and path[-1].isdigit() for path in lists(sandbox))
        # Beside the lists: who each is and what it defines, what changed meanwhile, and each number that leads nowhere.
        assert len(sandbox.requests) - holes - 3 * repositories <= floor(sandbox) * 1.15
        assert done.report["verified"]["acme/rocket"]["deleted"] > 0
        assert {"acme__rocket", "acme__kettle"} == set(done.feeds)
        feeds = done.sorted_feeds()
        before = len(sandbox.requests)
        again = trial.run()
        assert again.status == 0
        assert len(sandbox.requests) - before <= 6 * repositories
        assert again.sorted_feeds() == feeds


def test_what_changed_comes_with_the_next_run(tmp_path: Path) -> None:
    with running(items=60, token=TOKEN, repositories=("acme/rocket:keyword",)) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        assert trial.run().status == 0
        build = sandbox.builder("acme/rocket")
        shown = build.repository.shown()
        spoken = next(item for item in shown if item.comments)
        build.edit(spoken, spoken.comments[0], "It was something else after all, which I have seen only now.")
        build.comment(shown[5], "One more remark about this, which nobody has made so far.")
        build.close(build.issue(), "not_planned")
        silent = next(item for item in shown if len(item.comments) > 1)
        silent.comments.pop()  # and nothing says so, but how many there are
        silent.touch(build.wait(1))
        build.repository.releases.pop(0)
        build.release(build.milestone("2.0"))
        assert trial.run().status == 0
        assert_whole(trial.output, sandbox)
        texts = [each.body.source for each in issues(trial.output)[f"acme/rocket#{spoken.number}"].comments]
        assert "It was something else after all, which I have seen only now." in texts


def test_a_sweep_finds_what_no_time_tells(tmp_path: Path) -> None:
    unknown = ("silent_links",)
    with running(items=60, token=TOKEN, repositories=("acme/rocket:keyword",), switches=unknown) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        assert trial.run().status == 0
        build = sandbox.builder("acme/rocket")
        pull = next(item for item in build.repository.shown() if item.pull and not item.pull.closes)
        issue = next(item for item in build.repository.shown() if not item.pull)
        gone = [item for item in build.repository.shown() if not item.pull][-1]
        build.connect(pull, issue)
        gone.gone = "deleted"
        spoken, remarked = (
            next(item for item in build.repository.shown() if item.comments and not item.gone),
            next(item for item in build.repository.shown() if item.pull and len(item.pull.comments) > 1),
        )
        assert remarked.pull
        taken = {str(spoken.comments.pop().id), str(remarked.pull.comments.pop(0).id)}
        assert trial.run().status == 0
        assert not issues(trial.output)[f"acme/rocket#{pull.number}"].closings
        assert trial.run(sweep="true").status == 0
        found = issues(trial.output)
        assert f"acme/rocket#{gone.number}" not in found
        assert [each.other for each in found[f"acme/rocket#{pull.number}"].closings] == [f"acme/rocket#{issue.number}"]
        assert_whole(trial.output, sandbox)
        assert command("tables", "-s", f"OUTPUT_DIR={trial.output}").returncode == 0
        lost = rows(trial.output / "tables" / "availability_events")
        assert {each["child_id"] for each in lost if each["kind"] in ("comment", "review_comment")} == taken
        before = len(sandbox.requests)
        assert trial.run().status == 0
        assert len(sandbox.requests) - before <= 6


@pytest.mark.parametrize("switches", [(), tuple(UNKNOWNS)], ids=["as it is", "all the other way"])
def test_what_nobody_knows_does_not_matter(tmp_path: Path, switches: tuple[str, ...]) -> None:
    renamed = "acme/old>acme/rocket" if switches else ""
    with running(items=30, token=TOKEN, switches=switches, renamed=renamed) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/old,acme/kettle" if renamed else "acme/rocket,acme/kettle")
        done = trial.run()
        assert (done.status, done.report["missing"]) == (0, [])
        build = sandbox.builder("acme/rocket")
        said = next(item for item in build.repository.shown() if item.comments)
        build.edit(said, said.comments[0], "This was edited later, whether anything tells of it or not.")
        assert trial.run().status == 0
        assert_whole(trial.output, sandbox)


def test_two_faults_in_a_row_wherever_they_are(tmp_path: Path) -> None:
    with running(items=40, token=TOKEN) as sandbox:
        trial = Repositories(sandbox, tmp_path / "calm")
        assert trial.run().status == 0
        many = len(sandbox.requests)
    with running(items=40, token=TOKEN) as sandbox:
        names = ("close", "error502", "badjson", "html200", "truncated", "errors200", "error500")
        # Two in a row, then three that are answered, and so on.
        asked = range(1, 3 * many)
        sandbox.application.faults.planned = {at: names[at % len(names)] for at in asked if at % 5 in (1, 2)}
        trial = Repositories(sandbox, tmp_path / "wild")
        done = trial.run()
        assert (done.status, done.report["missing"]) == (0, [])
        assert len(sandbox.application.faults.seen) > many / 3
        assert_whole(trial.output, sandbox)


@pytest.mark.parametrize(
    "limits",
    [
        {"hourly": 9, "window": 1.5},
        {"points": 3, "window": 1.5},
        {"burst": 7, "secondary": 1.0},
    ],
    ids=["primary", "points", "secondary"],
)
def test_nothing_is_asked_before_a_limit_has_passed(tmp_path: Path, limits: dict[str, float]) -> None:
    with running(items=40, token=TOKEN, repositories=("acme/rocket:keyword",), **limits) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        done = trial.run()
        assert (done.status, done.report["missing"]) == (0, [])
        assert sandbox.application.secondary.early == 0
        assert sandbox.application.limit.refused == 0
        assert sandbox.application.points.refused <= 1  # of which GraphQL tells afterwards
        assert_whole(trial.output, sandbox)


def test_what_is_too_heavy_comes_in_halves_and_one_that_is_lost_is_named(tmp_path: Path) -> None:
    with running(items=120, token=TOKEN, repositories=("acme/rocket:keyword",), heaviest=20) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        done = trial.run()
        assert done.status == 0
        assert_whole(trial.output, sandbox)
    with running(items=60, token=TOKEN, repositories=("acme/rocket:keyword",), lost=(17,)) as sandbox:
        trial = Repositories(sandbox, tmp_path / "lost", "acme/rocket")
        done = trial.run()
        assert done.status == 1
        assert [each.partition(" did not")[0] for each in done.report["missing"]] == ["The details of acme/rocket#17"]
        held = issues(trial.output)
        known = {key for key, issue in held.items() if issue.pull and issue.pull.additions is not None}
        assert {key for key, issue in held.items() if issue.pull} - known <= {"acme/rocket#17"}
        assert len(held) == len(sandbox.builder("acme/rocket").repository.shown())
