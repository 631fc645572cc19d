"""A live crawl whose store is a Postgres, which goes away and comes back."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select

from fake_jira import running
from jira_crawler.store.database import connect
from jira_crawler.store.tables import deliveries
from tests.servers import postgres
from tests.servers.nursery import Nursery
from tests.servers.receiving import event
from tests.system.live.driver import SECRET, LiveTrial, alive, ask, deliver, present, rows, until

BEHIND = 600.0  # seconds by which the tracker's clock is behind: what is created now is counted at once
UNDONE = select(func.count()).where(deliveries.c.state.in_(("received", "fetched")))


def test_while_the_server_is_away_it_answers_and_says_so_and_then_goes_on(nursery: Nursery, tmp_path: Path) -> None:
    with postgres.running() as server, running(issues=30, seed=6, webhook_secret=SECRET) as sandbox:
        url = server.create()
        trial = LiveTrial(nursery, sandbox, tmp_path / "live", env={"JIRA_WEBHOOK_SECRET": SECRET, "STORE_URL": url})
        base = trial.start()
        trial.follows()
        id_ = int(sandbox.edits.one("summary", project="DEMO").id)
        until(lambda: ask(f"{base}/readyz")[0] == 200, "that all is well", trial)
        server.stop()
        with ThreadPoolExecutor(2) as pool:
            refused = [pool.submit(deliver, base, event(id_, comment=n)) for n in (1, 2)]
            until(lambda: ask(f"{base}/readyz")[1]["problems"], "that something is wrong", trial)
            while not all(each.done() for each in refused):  # by then every part of the crawl has met it
                assert alive(base) == "ok\n"
                status, said = ask(f"{base}/readyz")
                assert (status, said["problems"][0]) == (503, "The store cannot be written.")
            assert [each.result() for each in refused] == [503, 503]
        sandbox.webhooks.url = ""  # what changes now is not told
        changed = sandbox.edits.one("summary", project="DEMO").id
        server.start()
        until(lambda: ask(f"{base}/readyz")[0] == 200, "that all is well", trial)
        assert deliver(base, event(id_, comment=3)) == 204
        trial.trailing_pass()
        until(lambda: ask(f"{base}/readyz")[1]["waiting"] == 0, "that all is done", trial)
        assert trial.stop() == 0, trial.log
        truth = sandbox.truth()[changed]["fields"]["summary"]
    summaries = {row["issue_id"]: row["summary"] for row in rows(trial.output, "issues")}
    assert summaries[int(changed)] == truth
    assert trial.report["complete"]


def test_a_server_that_is_away_for_a_moment_costs_no_change(nursery: Nursery, tmp_path: Path) -> None:
    with (
        postgres.running() as server,
        running(issues=30, seed=6, webhook_secret=SECRET, clock=lambda: time.time() - BEHIND) as sandbox,
    ):
        url = server.create()
        trial = LiveTrial(nursery, sandbox, tmp_path / "live", env={"JIRA_WEBHOOK_SECRET": SECRET, "STORE_URL": url})
        trial.start()
        trial.follows()
        for _ in range(5):
            sandbox.edits.one()
        server.kill()
        for _ in range(5):
            sandbox.edits.one()
        back = threading.Timer(0.5, server.start)
        back.start()
        back.join()
        for _ in range(5):
            sandbox.edits.one()
        assert sandbox.webhooks.settled()
        trial.trailing_pass()
        engine = connect(url)
        with engine.connect() as connection:
            until(lambda: connection.execute(UNDONE).scalar() == 0, "that all is done", trial)
        engine.dispose()
        assert trial.stop() == 0, trial.log
        truth = {id_ for id_, issue in sandbox.truth().items() if issue["key"].split("-")[0] in ("DEMO", "TOOLS")}
    assert {row.split('"issue_id": ')[1].split(",")[0] for row in present(trial.output, "issues")} == truth
