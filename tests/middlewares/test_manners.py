"""How a crawl behaves towards a server that limits, refuses and fails, seen from the server."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from jira_crawler.sandbox import running


@pytest.mark.parametrize("kind", ["1", "date", "missing", "absurd", "0"])
def test_every_kind_of_retry_after_is_waited_for_and_bounded(crawl, kind):
    with running(issues=40, page_cap=10, faults=(f"rate429=0.4:{kind}",)) as sandbox:
        done = crawl(sandbox.url, MAX_PAUSE=0.15)
        refused = [status for _, _, status in sandbox.requests].count(429)
    assert done.status == 0
    assert done.report["refused"] == refused > 0
    assert done.report["waited_seconds"] > 0
    assert done.report["retries"] == 0  # being told to wait is no failure


def test_a_limit_that_is_told_is_kept_before_anything_is_refused(crawl):
    with running(issues=200, page_cap=5, rate_limit=(12, 1.0)) as sandbox:
        done = crawl(sandbox.url, MAX_PAUSE=5)
        refused = [status for _, _, status in sandbox.requests].count(429)
    assert done.status == 0
    assert refused <= 4  # those that were under way when nothing was left
    assert done.report["waited_seconds"] > 0


def test_after_a_refusal_the_whole_site_rests_and_there_is_no_other(crawl, monkeypatch):
    """No request at all reaches the server between a 429 and the end of the wait that it asked for."""
    quiet = {"server": lambda bucket: {"Retry-After": str(bucket.wait())}}
    monkeypatch.setattr("jira_crawler.sandbox.application._RATE_HEADERS", quiet)
    with running(issues=200, page_cap=5, rate_limit=(12, 1.0)) as sandbox:
        times: list[tuple[float, int]] = []
        append = sandbox.requests.append

        class Noting(list):
            def append(self, entry):
                times.append((time.monotonic(), entry[2]))
                append(entry)

        sandbox.application.requests = Noting(sandbox.requests)
        done = crawl(sandbox.url, MAX_PAUSE=5)
    assert done.status == 0
    refusals = [at for at, status in times if status == 429]
    assert refusals
    # The first refusal of a burst may have company that was under way; from then on nothing for a while.
    first = refusals[0]
    rest = [at for at, _ in times if first + 0.1 < at]
    assert min(rest) - first > 0.3
    assert refusals[-1] < first + 0.1


def test_a_503_with_retry_after_is_a_pause_and_one_without_is_a_retry(crawl):
    with running(issues=40, page_cap=10, faults=("error503=0.4:1",)) as sandbox:
        told = crawl(sandbox.url, folder="told")
    assert (told.status, told.report["retries"]) == (0, 0)
    with running(issues=40, page_cap=10, faults=("error502=0.4",)) as sandbox:
        untold = crawl(sandbox.url, folder="untold")
    assert untold.status == 0
    assert untold.report["retries"] > 0


def test_a_ban_ends_the_run_with_a_sentence(crawl):
    with running(issues=100, page_cap=5, ban_after=8) as sandbox:
        done = crawl(sandbox.url)
        after = len(sandbox.requests)
    assert done.status == 1
    assert "403" in done.out
    assert after < 8 + 6  # a few that were under way, and no more


def test_a_request_that_is_told_to_wait_for_ever_ends_the_run(crawl):
    with running(issues=10) as sandbox:
        sandbox.faults.rates["rate429"] = 1.0
        sandbox.faults.in_a_row = 10_000
        done = crawl(sandbox.url, MAX_PAUSES=3, MAX_PAUSE=0.1)
        assert len(sandbox.requests) == 4
    assert done.status == 1
    assert "told one request to wait 4 times in a row" in done.out


def test_the_pace_of_a_site_is_kept_between_any_two_requests(crawl):
    with running(issues=30, page_cap=10) as sandbox:
        times: list[float] = []

        class Noting(list):
            def append(self, entry):
                times.append(time.monotonic())
                super().append(entry)

        sandbox.application.requests = Noting()
        done = crawl(sandbox.url, projects="DEMO", DOWNLOAD_DELAY=0.3, AUTOTHROTTLE_ENABLED=1)
    assert done.status == 0
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps
    assert min(gaps) > 0.25
