"""In a fleet each worker answers for itself, at a port of its own; of what all share each tells the same."""

from __future__ import annotations

from urllib.error import URLError

import pytest

from fake_jira import running
from tests.servers import ports
from tests.system.fleet.workers import until
from tests.system.serve.test_metrics import metrics


@pytest.fixture
def sandbox():
    """One that takes two workers a while."""
    with running(issues=120, page_cap=5, seed=7, latency=0.1) as served:
        yield served


def test_each_worker_tells_what_it_did_and_all_the_same_of_what_they_share(workers, sandbox):
    fleet = workers(sandbox)
    # One question at a time, and many from the beginning: neither can take them all.
    paced = {"DAILY_BUDGET": 1000, "DOWNLOAD_DELAY": 0.2, "CONCURRENT_REQUESTS": 1, "SLICE_ISSUES": 10}
    addresses = {}
    for name in ("first", "second"):
        port = ports.free()
        addresses[name] = f"http://127.0.0.1:{port}/metrics"
        fleet.start(name, projects="DEMO,TOOLS", METRICS_PORT=port, **paced)
    found: dict[str, dict[str, dict[str, float]]] = {}

    def both_have_asked() -> bool:
        for name, address in addresses.items():
            try:
                found[name] = metrics(address)
            except (URLError, ConnectionError):
                return False
        return all(each.get("jira_requests_total", {}).get("200", 0) > 1 for each in found.values())

    until(both_have_asked, "both workers have asked and say so")
    first, second = found["first"], found["second"]
    sent = [each["jira_requests_sent_total"][""] for each in (first, second)]
    left = [each["jira_budget_left"][""] for each in (first, second)]
    assert left[1] <= left[0] <= 1000 - sent[0], "what is asked of one is spent for both"
    assert left[1] <= 1000 - sum(sent), "the second one was looked at later, and tells of both"
    assert all(each["jira_queue_tasks"][""] >= 0 for each in (first, second))
    assert {*first["jira_crawl_info"]} == {*second["jira_crawl_info"]}
