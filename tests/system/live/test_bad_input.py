"""What a live crawl is given that it cannot use, and what befalls it while it runs: a sentence, and nothing lost."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from jira_crawler.stream import Samples
from tests.conftest import read_lines
from tests.servers.receiving import event
from tests.system.live.driver import SECRET, LiveTrial, ask, deliver, deliveries, until

TOKEN = "a made-up token of a crawler"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running(issues=20, seed=4, webhook_secret=SECRET, token=TOKEN) as served:
        yield served


@pytest.fixture(autouse=True)
def _all_is_well_again(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.incidents.expired, sandbox.incidents.outage = False, 0


@pytest.fixture
def trial(nursery: Any, sandbox: Sandbox, tmp_path: Path) -> LiveTrial:
    env = {"JIRA_WEBHOOK_SECRET": SECRET, "JIRA_TOKEN": TOKEN}
    return LiveTrial(nursery, sandbox, tmp_path / "live", env=env)


def ends(trial: LiveTrial, **chosen: str) -> tuple[int, str]:
    trial.begin(**chosen)
    status = trial.nursery.wait(trial.pid)
    assert "Traceback" not in trial.log, trial.log
    return status, trial.log


def test_a_port_that_is_taken_ends_it_with_a_sentence(trial: LiveTrial) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, log = ends(trial, LIVE_PORT=port)
    assert status != 0
    assert f"Nothing can listen on 127.0.0.1:{port} (LIVE_HOST, LIVE_PORT): Address already in use." in log
    assert trial.report["complete"] is False


@pytest.mark.parametrize(
    ("env", "settings", "sentence"),
    [
        ({"JIRA_WEBHOOK_SECRET": "short"}, {}, "JIRA_WEBHOOK_SECRET"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, {}, "Workers that share REDIS_URL share a store: set STORE_URL="),
        ({}, {"SCRAPE_ONLY": "1"}, "SCRAPE_ONLY is not for it."),
        ({}, {"projects": ""}, "projects"),
        ({}, {"LIVE_TRAILING_SECONDS": "0"}, "LIVE_TRAILING_SECONDS"),
    ],
)
def test_what_it_cannot_do_is_refused_before_anything_is_begun(
    trial: LiveTrial, env: dict[str, str], settings: dict[str, str], sentence: str
) -> None:
    trial.env |= env
    status, log = ends(trial, **settings)
    assert status == 2, log
    assert sentence in log
    assert not (trial.output / "DEMO.jsonl").exists()


def test_without_a_secret_it_only_polls_and_says_so(trial: LiveTrial, sandbox: Sandbox) -> None:
    del trial.env["JIRA_WEBHOOK_SECRET"]
    trial.begin()
    trial.follows()
    assert "There is no JIRA_WEBHOOK_SECRET, so no webhooks are received" in trial.log
    sandbox.edits.one("summary")
    trial.trailing_pass()
    trial.trailing_pass()
    url = re.search(r"How it is can be seen at (\S+)", trial.log)[1]
    streamed = sorted(Samples(url, split=None), key=lambda example: example["id"])
    assert trial.stop() == 0
    written = [line for path in trial.output.glob("[A-Z]*.jsonl") for line in read_lines(path)]
    assert streamed == sorted(written, key=lambda example: example["id"])
    report = trial.report
    assert report["complete"]
    held = sum(each["in_feed"] + each["rejected"] for each in report["dataset"].values())
    assert report["fetched"] == held > 0  # what came since it began, not since the last pass


def test_the_token_runs_out_and_is_good_again(trial: LiveTrial, sandbox: Sandbox, nursery: Any) -> None:
    """Polling stops with a sentence, receiving goes on, and /readyz says so; a second crawl is kept out meanwhile."""
    url = trial.start()
    trial.follows()
    until(lambda: ask(f"{url}/readyz")[1]["last_good_poll_seconds"] is not None, "a good poll", trial)
    assert ask(f"{url}/readyz")[0] == 200
    sandbox.incidents.expired = True
    until(lambda: ask(f"{url}/readyz")[1]["credentials"] == "refused", "a refusal", trial)
    status, said = ask(f"{url}/readyz")
    assert (status, said["problems"]) == (503, ["The tracker refuses the credentials."])
    trial.said(
        r"What changed is not listed to the end, and is listed again: \S+ did not accept the credentials in JIRA_TOKEN"
    )
    id_ = sandbox.edits.one("summary").id  # which tells of it
    assert deliver(url, event(int(id_))) == 204
    assert deliver(url, event(int(id_)), {}) == 401
    until(lambda: ask(f"{url}/readyz")[1]["waiting"] >= 1, "that something waits", trial)

    second = LiveTrial(nursery, sandbox, trial.home, env=trial.env)
    second.logs.append(trial.home / "other")
    status, log = ends(second)
    assert status == 2
    assert "writing to" in log

    sandbox.incidents.expired = False
    until(lambda: ask(f"{url}/readyz")[0] == 200, "that all is well", trial)
    until(lambda: ask(f"{url}/readyz")[1]["waiting"] == 0, "that what waited is done", trial)
    trial.trailing_pass()
    assert trial.stop() == 0, trial.log
    assert deliveries(trial.output, "failed") == 0


def test_a_signal_in_the_middle_of_deliveries_answers_what_it_took_and_the_next_run_does_it(
    trial: LiveTrial, sandbox: Sandbox
) -> None:
    trial.start()
    trial.follows()
    for _ in range(60):
        sandbox.edits.one()
    until(lambda: any(200 <= d.attempts[-1][1] < 300 for d in list(sandbox.webhooks.deliveries) if d.attempts), "one")
    assert trial.stop() == 0, trial.log
    assert sandbox.webhooks.settled()
    answered = {d.sha256 for d in list(sandbox.webhooks.deliveries) if d.attempts and d.attempts[-1][1] == 204}
    kept = sum(deliveries(trial.output, state) for state in ("received", "fetched", "stored", "tabled", "ignored"))
    assert kept >= 1
    trial.start()
    trial.follows()
    until(
        lambda: deliveries(trial.output, "received") + deliveries(trial.output, "fetched") == 0,
        "that all is done",
        trial,
    )
    assert trial.stop() == 0, trial.log
    assert deliveries(trial.output, "failed") == 0
    assert answered


def test_a_tracker_that_is_away_when_it_begins_again_is_waited_for(trial: LiveTrial, sandbox: Sandbox) -> None:
    trial.start()
    trial.follows()
    trial.trailing_pass()
    trial.kill()
    sandbox.incidents.outage = 502
    try:
        url = trial.start()
        trial.said("followed from now on")
        id_ = sandbox.edits.one("summary").id
        assert deliver(url, event(int(id_))) == 204
    finally:
        sandbox.incidents.outage = 0
    until(lambda: ask(f"{url}/readyz")[1]["last_good_poll_seconds"] is not None, "a good poll", trial)
    until(lambda: ask(f"{url}/readyz")[1]["waiting"] == 0, "that what waited is done", trial)
    assert trial.stop() == 0, trial.log
