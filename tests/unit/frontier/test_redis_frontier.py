"""What a lead makes of what it finds in Redis; that Redis keeps it is shown where there is one."""

from __future__ import annotations

from typing import Any

import pytest

from jira_crawler.crawl.session import CrawlState
from jira_crawler.frontier.redis_frontier import RedisFrontier
from tests.unit.frontier import tasks


class Server:
    """A Redis with one hash in it."""

    def __init__(self, **found: str) -> None:
        self.found = found

    def register_script(self, text: str) -> str:
        return text

    def hgetall(self, name: str) -> dict[str, str]:
        return dict(self.found) if name == "jira:made_up:state" else {}


def frontier(**found: str) -> RedisFrontier:
    server: Any = Server(**found)
    return RedisFrontier(server, "jira:made_up", tasks, 60.0)


def test_a_lead_takes_up_the_round_that_another_one_left():
    found = frontier(run="7", dialect='"cloud"', counted='{"DEMO": 3}', format="2").load_state()
    assert found == CrawlState(run=7, dialect="cloud", counted={"DEMO": 3})


@pytest.mark.parametrize("left", [{}, {"format": "2"}, {"counted": '{"DEMO": 3}', "format": "2"}])
def test_what_a_worker_noted_after_its_round_was_gone_is_no_round(left):
    """Redis was emptied, or the round ended while its former lead slept: whoever leads now begins a new one."""
    assert frontier(**left).load_state() is None
