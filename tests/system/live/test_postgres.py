"""A live crawl whose store is a Postgres, which goes away and comes back."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from sqlalchemy import func, select

from fake_jira import running
from jira_crawler.store.database import connect
from jira_crawler.store.tables import deliveries
from tests.servers import postgres
from tests.servers.nursery import Nursery
from tests.system.live.driver import SECRET, LiveTrial, present, until

BEHIND = 600.0  # seconds by which the tracker's clock is behind: what is created now is counted at once
UNDONE = select(func.count()).where(deliveries.c.state.in_(("received", "fetched")))


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
