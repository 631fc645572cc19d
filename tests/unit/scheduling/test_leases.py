"""A task is dealt with when its callback is at its end and every item that it yielded, whoever's it is."""

from __future__ import annotations

import pytest
from scrapy import Request

from jira_crawler.frontier.protocol import Failed
from jira_crawler.scheduling import LEASE
from jira_crawler.scheduling.leases import Leases


def asked(leases: Leases, path: str = "x") -> Request:
    request = Request(f"https://jira.example.org/{path}")
    leases.asked(request)
    return request


def test_a_lease_is_at_its_end_when_its_callback_and_all_its_items_are() -> None:
    leases = Leases()
    leases.began_item("1")
    leases.began_item("1")
    leases.ended_item("1")
    leases.exhausted("1")
    assert leases.collect() == ([], [])
    leases.ended_item("1")
    assert leases.collect() == (["1"], [])
    assert leases.collect() == ([], [])


@pytest.mark.parametrize("gave_up", ["", "no answer"])
def test_items_may_end_before_the_callback_does(gave_up: str) -> None:
    leases = Leases()
    leases.began_item("1")
    leases.ended_item("1")
    assert leases.collect() == ([], [])
    leases.exhausted("1", gave_up)
    assert leases.collect() == (([], [Failed("1", gave_up)]) if gave_up else (["1"], []))


def test_one_lease_does_not_wait_for_another() -> None:
    leases = Leases()
    leases.began_item("1")
    leases.exhausted("2")
    leases.ended_item("3")  # of a task that nobody leased
    assert leases.collect() == (["2"], [])


def test_a_question_that_the_frontier_keeps_is_its_own_until_it_is_leased() -> None:
    leases = Leases()
    leases.kept(asked(leases))
    assert leases.lost() == ""
    request = Request("https://jira.example.org/x", meta={LEASE: "7"})
    leases.leased(request)
    assert "1 questions were not answered to the end" in leases.lost()
    assert [each.id for each in leases.collect()[1]] == ["7"]


def test_a_question_of_this_process_alone_is_answered_or_lost_and_nobody_acknowledges_it() -> None:
    leases = Leases()
    first, _ = asked(leases), asked(leases, "rest/api/2/search?jql=secret\x07")
    leases.exhausted(first.meta["asked"])
    assert leases.lost().endswith("nobody said why; one of them: /rest/api/2/search")
    assert leases.lost() == ""
    assert leases.collect() == ([], [])
