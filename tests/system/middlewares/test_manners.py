"""How a crawl behaves towards a server that limits, refuses and fails, seen from the server."""

from __future__ import annotations

import itertools
import time

import pytest

from fake_jira import running
from tests.servers.hostile import Answer, Asked, hostile


@pytest.mark.parametrize("kind", ["0.2", "date", "missing", "0"])
def test_every_kind_of_retry_after_is_waited_for(crawl, kind):
    with running(issues=30, page_cap=10, faults=(f"rate429=0.3:{kind}",)) as sandbox:
        done = crawl(sandbox.url)
        refused = [status for _, _, status in sandbox.requests].count(429)
    assert done.status == 0
    assert done.report["refused"] == refused > 0
    assert done.report["waited_seconds"] > 0
    assert done.report["retries"] == 0  # being told to wait is no failure


def test_a_limit_that_is_told_is_kept_before_anything_is_refused(crawl):
    with running(issues=120, page_cap=3, rate_limit=(12, 1.0)) as sandbox:
        done = crawl(sandbox.url)
        refused = [status for _, _, status in sandbox.requests].count(429)
    assert done.status == 0
    assert refused <= 4  # those that were under way when nothing was left


def test_a_refusal_that_asks_for_too_long_ends_the_run_and_the_same_command_goes_on_later(crawl, tmp_path):
    wait = "86400"

    def rule(asked: Asked) -> Answer | None:
        late = len(jira.requests) > 5 and wait
        return Answer(b"{}", 429, {"Retry-After": wait}) if late else None

    with hostile(60, rule, page_cap=5) as jira:
        done = crawl(jira.url, projects="ACME", JOBDIR=tmp_path / "job", CONCURRENT_REQUESTS_PER_DOMAIN=2)
        asked = len(jira.requests)
        assert 6 <= asked <= 7  # the one that was refused, and one that was under way
        assert done.status == 1
        assert "asks to be left alone until" in done.out
        assert "longer than MAX_PAUSE: go on then." in done.out
        assert not done.report["complete"]
        wait = ""
        again = crawl(jira.url, projects="ACME", JOBDIR=tmp_path / "job")
    assert (again.status, len(again.ids)) == (0, 60)


def test_a_site_that_never_wants_to_be_asked_again_is_left_alone(crawl):
    with running(issues=40, page_cap=10, faults=("rate429=1:absurd",)) as sandbox:
        done = crawl(sandbox.url)
        assert len(sandbox.requests) == 1
    assert done.status == 1
    assert "asks never to be asked again: ask its administrator." in done.out


def test_after_a_refusal_the_whole_site_rests_and_then_all_come(crawl):
    """Two at once: of four walks, only one can be under way when another is refused."""
    hits, numbers = [], itertools.count(1)

    def rule(asked: Asked) -> Answer | None:
        if (number := next(numbers)) != 5:  # two that come at once are two all the same
            return None
        hits.append(number)
        return Answer(b"{}", 429, {"Retry-After": "0.4"})

    with hostile(100, rule, page_cap=5) as jira:
        done = crawl(jira.url, projects="ACME", SLICE_ISSUES=25, CONCURRENT_REQUESTS_PER_DOMAIN=2)
    assert (done.status, hits) == (0, [5])
    assert done.report["refused"] == 1
    assert 0.4 <= done.report["waited_seconds"] <= 1.5  # once for all, and not once for each of them


def test_a_503_with_retry_after_is_a_pause_and_one_without_is_a_retry(crawl):
    with running(issues=40, page_cap=10, faults=("error503=0.4:0.2",)) as sandbox:
        told = crawl(sandbox.url, folder="told")
    assert (told.status, told.report["retries"]) == (0, 0)
    with running(issues=40, page_cap=10, faults=("error502=0.4",)) as sandbox:
        untold = crawl(sandbox.url, folder="untold")
    assert untold.status == 0
    assert untold.report["retries"] > 0


def test_a_ban_ends_the_run_with_a_sentence(crawl):
    with running(issues=60, page_cap=3, ban_after=8) as sandbox:
        done = crawl(sandbox.url)
        after = len(sandbox.requests)
    assert done.status == 1
    assert "403" in done.out
    assert after < 8 + 6  # a few that were under way, and no more


def test_a_request_that_is_told_to_wait_for_ever_ends_the_run(crawl):
    with running(issues=10) as sandbox:
        sandbox.faults.rates["rate429"], sandbox.faults.values["rate429"] = 1.0, "0.1"
        sandbox.faults.in_a_row = 10_000
        done = crawl(sandbox.url, MAX_PAUSES=3)
        assert len(sandbox.requests) == 4
    assert done.status == 1
    assert "told one request to wait 4 times in a row" in done.out


def test_the_pace_of_a_site_is_kept_whatever_scrapy_would_like(crawl):
    with running(issues=36, page_cap=3) as sandbox:
        times: list[float] = []

        class Noting(list):
            def append(self, entry):
                times.append(time.monotonic())
                super().append(entry)

        sandbox.application.requests = Noting()
        done = crawl(sandbox.url, projects="DEMO", DOWNLOAD_DELAY=0.3, AUTOTHROTTLE_ENABLED=1)
    assert done.status == 0
    # No delay at all would take a tenth of a second; what is late at the beginning makes it no shorter than a half.
    assert len(times) > 10
    assert times[-1] - times[0] > 0.5 * 0.3 * (len(times) - 1)
