"""A machine's clock that was wrong: nothing is lost, whether it jumps between two runs or within one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fake_jira import running
from tests.conftest import QUICK, Crawled, command
from tests.rounds import thorough
from tests.servers.nursery import Nursery
from tests.system.spiders.test_jira import payloads

HOUR, YEAR = 3_600, 365 * 86_400


class WrongClock(Nursery):
    driver = "tests.system.durability_machine.clock"


def crawl_at(url: str, folder: Path, first: float, later: float | None = None, **chosen: object) -> Crawled:
    settings = QUICK | {"OUTPUT_DIR": folder, "STATE_DIR": folder.parent / "state"} | chosen
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    moves = [str(first), str(first if later is None else later), "1.5"]
    line = ["crawl", "jira", "-a", "projects=DEMO,TOOLS", "-a", f"site={url}", *flags]
    if not first and not later:
        return right(folder, *line)
    done = WrongClock().run(*line, step=" ".join(moves))
    assert "Traceback" not in done.stderr, done.stderr
    return Crawled(done.returncode, done.stdout, done.stderr, folder)


def right(folder: Path, *line: str) -> Crawled:
    """Runs a crawl by the machine's own clock."""
    done = command(*line)
    assert "Traceback" not in done.stderr, done.stderr
    return Crawled(done.returncode, done.stdout, done.stderr, folder)


@pytest.mark.parametrize(
    "offsets",
    [(0, -HOUR, 0), (0, -50 * YEAR, 0), (HOUR, 900, 910), (YEAR, 0, 10)],
    ids=["back-an-hour", "back-to-1976", "was-an-hour-ahead", "was-a-year-ahead"],
)
def test_between_runs(tmp_path, offsets):
    """In a year's time a clock that was ahead is right again; what was edited meanwhile must be there by then."""
    with running(issues=30, page_cap=10) as sandbox:
        first = crawl_at(sandbox.url, tmp_path / "output", offsets[0])
        assert first.status == 0
        edited = sandbox.mutations.apply("edit", sorted(first.ids)[3]).id
        created = sandbox.mutations.apply("create", edited).id
        for offset in offsets[1:]:
            done = crawl_at(sandbox.url, tmp_path / "output", offset)
            assert done.status == 0, done.out
        now = json.loads(sandbox.jira.corpus.by_id[int(edited)].fields)["updated"]
    assert created in done.ids
    assert payloads(done.folder)[edited]["fields"]["updated"] == now


@pytest.mark.parametrize(("later", "jobdir"), [(-HOUR, True), (HOUR, False), *thorough((-HOUR, False), (HOUR, True))])
def test_within_a_run(tmp_path, later, jobdir):
    chosen = {"JOBDIR": tmp_path / "jobs"} if jobdir else {}
    with running(issues=40, page_cap=5, latency=0.3) as sandbox:
        done = crawl_at(sandbox.url, tmp_path / "output", 0, later, **chosen)
        edited = sandbox.mutations.apply("edit", sorted(done.ids)[3]).id
        again = crawl_at(sandbox.url, tmp_path / "output", later, **chosen)
        calm = crawl_at(sandbox.url, tmp_path / "calm", 0)
    assert (done.status, again.status) == (0, 0)
    assert edited in again.ids
    assert again.sorted_feeds() == calm.sorted_feeds()
