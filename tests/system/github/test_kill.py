"""Killed in the middle of lists and of details: the next run goes on, and nothing is there twice."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from fake_github import running
from tests.servers.holding import holding
from tests.servers.nursery import Nursery
from tests.system.github.truth import TOKEN, Repositories, assert_whole


@pytest.mark.parametrize(("many", "jobdir"), [(9, True), (17, False), (21, True)])
def test_a_killed_crawl_goes_on(nursery: Nursery, tmp_path: Path, many: int, jobdir: bool) -> None:
    with running(items=70, token=TOKEN, latency=0.02) as sandbox:
        calm = Repositories(sandbox, tmp_path / "calm").run()
        assert calm.status == 0
        before = len(sandbox.requests)
        assert before > 21
        trial = Repositories(sandbox, tmp_path / "killed")
        trial.home.mkdir()
        kept = {"JOBDIR": str(trial.home / "job")} if jobdir else {}
        env = {"GITHUB_TOKEN": TOKEN}
        with holding(sandbox, many) as held:
            pid = nursery.start(trial.arguments(**kept), trial.home / "log", "", 0, env)
            held.wait()
            nursery.signal(pid, signal.SIGKILL)
            assert nursery.wait(pid) == -signal.SIGKILL
        done = trial.run(**kept)
        assert (done.status, done.report["missing"]) == (0, [])
        assert_whole(trial.output, sandbox)
        assert done.sorted_feeds() == calm.sorted_feeds()
