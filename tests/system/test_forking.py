"""A command that is forked does what one does that is started, and neither depends on the seed of hashes."""

from __future__ import annotations

from fake_jira import running
from tests.conftest import command


def test_a_fork_does_what_a_start_does(crawl):
    with running(issues=60) as sandbox:
        forked = crawl(sandbox.url, folder="forked")
        started = [
            crawl(sandbox.url, folder=f"seed{seed}", forked=False, env={"PYTHONHASHSEED": seed}) for seed in "12"
        ]
    assert forked.status == 0
    for done in started:
        assert done.status == 0
        assert done.sorted_feeds() == forked.sorted_feeds()
        assert done.rejects == forked.rejects


def test_a_fork_has_an_environment_of_its_own():
    said = "REDIS_URL is not redis://"
    done = [command("queue", env={"REDIS_URL": "http://h"}, forked=forked) for forked in (True, False)]
    assert [(each.returncode, each.stdout) for each in done] == [(2, "")] * 2
    assert done[0].stderr == done[1].stderr
    assert said in done[0].stderr
    assert said not in command("queue").stderr  # what the other one was given is not left to this one
