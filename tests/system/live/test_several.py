"""Two processes follow one tracker: whoever receives or leads may be killed, and nothing that was answered is lost."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.conftest import Crawled
from tests.servers import postgres
from tests.servers.nursery import Nursery
from tests.system.live.driver import SECRET, LiveTrial, answered, bodies, feeds, present, rows, states, until
from tests.system.live.test_truth import edit

BEHIND = 600.0  # seconds by which the tracker's clock is behind: what is created now is counted at once
LEADS = "This process leads"
HELPS = "Another process leads: this one receives"


class Pair:
    """Two live crawls of one sandbox, into one folder, with one store and one Redis."""

    def __init__(self, nursery: Nursery, sandbox: Sandbox, home: Path, redis: str) -> None:
        self.sandbox, self.store, self.output = sandbox, postgres.shared().create(), home / "output"
        env = {"JIRA_WEBHOOK_SECRET": SECRET, "REDIS_URL": redis, "STORE_URL": self.store}
        shared = {"OUTPUT_DIR": str(self.output), "LEASE_SECONDS": "2"}
        self.first, self.second = (
            LiveTrial(nursery, sandbox, home / name, env=env, settings=shared) for name in ("first", "second")
        )

    def undone(self) -> int:
        found = states(self.store)
        return found["received"] + found["fetched"]

    def all_is_done(self) -> None:
        assert self.sandbox.webhooks.settled()
        until(lambda: self.undone() == 0, "that all is done", self.first)


def test_a_lead_and_a_receiver_are_killed_and_all_that_was_answered_is_done_once(
    nursery: Nursery, tmp_path: Path, redis_url: str, crawl: Callable[..., Crawled]
) -> None:
    chance = random.Random(3)
    with running(issues=30, seed=3, webhook_secret=SECRET, clock=lambda: time.time() - BEHIND) as sandbox:
        pair = Pair(nursery, sandbox, tmp_path, redis_url)
        first, second = pair.first, pair.second
        first.start()
        first.said(LEADS)
        first.follows()
        second.start()  # where webhooks go from now on
        second.said(HELPS)
        edit(sandbox, chance, 15)
        pair.all_is_done()

        edit(sandbox, chance, 8)
        second.kill()  # who has answered, and claimed some of it
        edit(sandbox, chance, 3)
        pair.all_is_done()
        assert states(pair.store)["failed"] == 0

        second.start()
        second.said(HELPS)
        edit(sandbox, chance, 5)
        first.kill()
        edit(sandbox, chance, 5)
        second.said(LEADS)
        second.follows()
        edit(sandbox, chance, 5)
        sandbox.webhooks.url = f"{sandbox.url}/nobody-receives-here"
        edit(sandbox, chance, 5)  # which only polling can find
        sandbox.webhooks.settled()
        second.trailing_pass()
        until(lambda: pair.undone() == 0, "that all is done", second)
        done = bodies(pair.store)
        assert answered(sandbox) <= done.keys()
        assert set(done.values()) <= {"stored", "tabled", "ignored"}
        assert second.stop() == 0, second.log
        truth = {id_ for id_, issue in sandbox.truth().items() if issue["key"].split("-")[0] in ("DEMO", "TOOLS")}
        fresh = crawl(sandbox.url, folder="fresh", TABLES="1", verify="true")
        assert fresh.status == 0, fresh.log
    assert {row.split('"issue_id": ')[1].split(",")[0] for row in present(pair.output, "issues")} == truth
    for table in ("issues", "comments", "changelog"):
        assert present(pair.output, table, "cluster") == present(fresh.folder, table, "cluster"), table
    assert {row["cluster"] for row in rows(pair.output, "issues")} == {None}  # which only the merged feeds know
    here, there = feeds(pair.output), feeds(fresh.folder)
    assert {name: here[name] for name in there if name != "rejects.jsonl"} == {
        name: lines for name, lines in there.items() if name != "rejects.jsonl"
    }
    assert json.loads((pair.output / "report.json").read_bytes())["complete"]


def test_a_lead_that_slept_helps_whoever_leads_by_now_and_leads_again_when_that_one_ends(
    nursery: Nursery, tmp_path: Path, redis_url: str
) -> None:
    chance = random.Random(5)
    with running(issues=20, seed=5, webhook_secret=SECRET, clock=lambda: time.time() - BEHIND) as sandbox:
        pair = Pair(nursery, sandbox, tmp_path, redis_url)
        first, second = pair.first, pair.second
        first.start()
        first.follows()
        second.start()
        second.said(HELPS)
        nursery.signal(first.pid, signal.SIGSTOP)
        edit(sandbox, chance, 5)
        second.said(LEADS)
        second.follows()
        nursery.signal(first.pid, signal.SIGCONT)
        first.said("Another process leads by now: this one was silent for too long")
        first.said(HELPS)
        edit(sandbox, chance, 5)
        pair.all_is_done()
        assert second.stop() == 0, second.log
        until(lambda: first.log.count(LEADS) >= 2, "that the first one leads again", first)
        until(lambda: first.log.count("followed from now on") >= 2, "that it makes passes again", first)
        edit(sandbox, chance, 3)  # nobody is told: who was told of them is gone
        sandbox.webhooks.settled()
        first.trailing_pass()
        assert first.stop() == 0, first.log
        truth = {id_ for id_, issue in sandbox.truth().items() if issue["key"].split("-")[0] in ("DEMO", "TOOLS")}
    assert {row.split('"issue_id": ')[1].split(",")[0] for row in present(pair.output, "issues")} == truth
    assert json.loads((pair.output / "report.json").read_bytes())["complete"]


def test_who_follows_other_projects_is_refused_while_somebody_is_live(
    nursery: Nursery, tmp_path: Path, redis_url: str
) -> None:
    with running(issues=10, seed=3, webhook_secret=SECRET) as sandbox:
        pair = Pair(nursery, sandbox, tmp_path, redis_url)
        pair.first.start()
        pair.first.said(LEADS)
        pair.second.projects = "DEMO"
        pair.second.begin()
        assert pair.second.nursery.wait(pair.second.pid) != 0
        assert "Other processes follow DEMO, TOOLS of " in pair.second.log
        assert "give this one the same projects." in pair.second.log
        pair.first.follows()
        pair.second.projects = "TOOLS,DEMO"
        pair.second.start()
        pair.second.said(HELPS)
        assert pair.second.stop() == 0, pair.second.log  # though it has never made a pass
        assert pair.first.stop() == 0, pair.first.log
