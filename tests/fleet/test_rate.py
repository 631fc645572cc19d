"""One pace for all: a limit that one worker has met is kept by the whole fleet."""

from __future__ import annotations

import pytest

from jira_crawler.sandbox import running
from tests.fleet.workers import noting

UNDER_WAY = 0.3  # seconds in which answers come to what was asked before anybody knew of the limit


@pytest.mark.parametrize("limit", [(12, 1.0)])
def test_after_the_first_refusal_four_workers_never_ask_too_fast_again(workers, limit):
    with running(issues=120, page_cap=5, seed=7, rate_limit=limit, latency=0.05) as sandbox:
        times = noting(sandbox)
        fleet = workers(sandbox)
        for name in ("first", "second", "third", "fourth"):
            fleet.start(name, projects="DEMO,TOOLS", MAX_PAUSE=5)
        fleet.finish()
    # Whoever ignores the limit is refused to the end: the sandbox keeps it. Headers may teach it before anybody is.
    assert len(times) > 60
    refusals = [at for at, _, status in times if status == 429]
    if refusals:
        assert refusals[-1] - refusals[0] < UNDER_WAY
        after = [at for at, *_ in times if at > refusals[0] + UNDER_WAY]
        assert min(after) - refusals[0] >= 0.9  # until then, nobody asked at all
