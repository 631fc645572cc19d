"""How a round ends, what is left of it, and who is told."""

from __future__ import annotations

import json
import time

import pytest

from jira_crawler.exceptions import BadArgument
from tests.integration.frontier.conftest import answer, ask, expire, fail, given, leading, missing, names, take


def test_a_complete_round_leaves_nothing_of_it(lead, redis):
    lead.give("A1,B2")
    lead.accept()
    lead.frontier.push(ask(project="A1"))
    answer(lead)
    assert lead.conclude(given("A1", "B2"), [], [])
    left = {key.removeprefix("jira:made_up:") for key in redis.keys("*")}
    assert left - {"number"} == {"lead", "workers", "outcome"}
    assert missing(lead) == []
    lead.leave()
    assert {key.removeprefix("jira:made_up:") for key in redis.keys("*")} - {"number"} == {"outcome"}


def test_a_round_does_not_end_while_something_is_to_do(lead, worker):
    lead.frontier.push(ask())
    assert not lead.conclude(given("DEMO"), [], [])
    taken = take(lead)
    assert not lead.conclude(given("DEMO"), [], [])
    expire(lead)
    assert not lead.conclude(given("DEMO"), [], [])
    lead.frontier.acknowledge([taken.id], [])
    assert not worker().conclude(given("DEMO"), [], [])
    assert lead.outcome() is None
    assert lead.conclude(given("DEMO"), [], [])


def test_an_incomplete_round_keeps_its_jobs_but_not_open(lead, redis):
    lead.give("A1")
    lead.accept()
    lead.frontier.push(ask(project="A1"))
    fail(lead, "no")
    assert lead.conclude(given("A1"), ["no", "and no"], ["no NOPE"])
    assert missing(lead) == ["no", "and no", "no NOPE"]
    assert lead.open_jobs() == []
    assert redis.hgetall("jira:made_up:incomplete") == {"A1": "no\nand no"}
    assert lead.frontier.load_state().run == lead.frontier.round
    lead.give("A1")
    lead.accept()
    assert lead.outcome() is None
    assert names(lead) == ["A1"]


def test_an_outcome_is_over_as_soon_as_something_is_asked_for(lead):
    lead.conclude({}, [], [])
    assert missing(lead) == []
    lead.give("A1")
    assert lead.outcome() is None
    lead.accept()
    assert lead.outcome() is None
    lead.begin()
    leading(lead)
    lead.conclude(given("A1"), [], [])
    assert missing(lead) == []


def test_reports_are_collected_once(lead, worker):
    worker().hand_in({"listed": 1})
    worker().hand_in({"listed": 2})
    assert lead.collect() == [{"listed": 1}, {"listed": 2}]
    assert lead.collect() == []


def test_a_fleet_writes_to_one_store(worker):
    worker().recognise("one")
    worker().recognise("one")
    with pytest.raises(BadArgument, match="another store"):
        worker().recognise("two")


def test_who_comes_after_the_end_is_told_of_it_until_it_is_merged(lead, worker):
    """Else it waits for work, the lead waits until it is alone, and nobody merges."""
    lead.conclude({}, [], [])
    time.sleep(0.002)
    late = worker()
    late.beat()
    assert missing(late) == []


def test_what_is_given_otherwise_in_the_middle_of_a_round_is_another_job(lead):
    """KAFKA is being brought up to date, and somebody wants it in full: that is for the next round."""
    lead.give("A1")
    lead.accept()
    taken_up = lead.open_jobs()
    lead.give('{"projects": "A1", "full": true}')
    lead.accept()
    assert [job.project for job in taken_up] == ["A1"]
    assert lead.conclude({job.project: job for job in taken_up}, [], [])
    assert [(job.project, job.full) for job in lead.open_jobs()] == [("A1", True)]


def test_what_failed_of_one_project_keeps_no_other_from_being_complete(lead):
    lead.give("BAD")
    lead.accept()
    lead.frontier.push(ask(project="BAD"))
    fail(lead, "BAD-1 cannot be fetched")
    assert lead.conclude(given("BAD"), ["BAD-1 cannot be fetched"], [])
    lead.give("GOOD")
    lead.accept()
    assert names(lead) == ["GOOD"]
    assert lead.frontier.failures(["GOOD"]) == []
    assert lead.frontier.failures(["BAD"]) == ["BAD-1 cannot be fetched"]


def test_an_incomplete_round_without_failed_requests_is_begun_anew(lead, redis):
    """Nothing of it can be tried again: what it asked must be asked anew, or it is never complete."""
    lead.give("A1")
    lead.accept()
    lead.frontier.push(ask(project="A1"))
    answer(lead)
    assert lead.conclude(given("A1"), ["3 of the 5 issues did not come."], [])
    assert lead.frontier.load_state() is None
    leading(lead)
    assert lead.frontier.push(ask(project="A1"))


def test_a_round_that_redis_has_forgotten_is_not_concluded(lead, redis):
    lead.give("A1")
    lead.accept()
    lead.frontier.push(ask(project="A1"))
    redis.flushdb()
    assert lead.beat()
    assert not lead.conclude(given("A1"), [], [])


def test_reports_of_an_earlier_round_are_not_those_of_this_one(lead, worker):
    worker().hand_in({"listed": 1})
    lead.conclude({}, [], [])  # and the lead is killed before it has collected
    lead.begin()
    assert lead.collect() == []


def test_an_outcome_is_plain_json(lead, redis):
    lead.conclude({}, ['a "fault"\nin two lines'], [])
    assert json.loads(redis.hget("jira:made_up:outcome", "report")) == {"missing": ['a "fault"\nin two lines']}
