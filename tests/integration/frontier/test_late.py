"""A worker slept past its leases, or past the whole round: what it still does harms nobody."""

from __future__ import annotations

import pytest

from jira_crawler.frontier.protocol import Failed
from tests.integration.frontier.conftest import (
    answer,
    ask,
    asleep,
    expire,
    given,
    keys,
    leading,
    paths,
    reasons,
    take,
    waiting,
)


@pytest.mark.parametrize("late", ["fail", "release"])
def test_who_comes_too_late_takes_nothing_from_who_has_it_now(worker, redis, late):
    """A worker slept; another one has its request. What the first makes of it counts only if it is acknowledged."""
    first, second = leading(worker()), worker()
    first.frontier.push(ask())
    old = take(first)
    expire(first)
    new = take(second)
    if late == "fail":
        first.frontier.acknowledge([], [Failed(old.id, "too late")])
    else:
        first.frontier.release()
    assert (waiting(second), reasons(second)) == (0, [])
    assert not second.frontier.quiet()
    second.frontier.acknowledge([new.id], [])
    assert keys(redis) == set()


@pytest.mark.parametrize("then", ["acknowledged", "failed", "released", "lost"])
def test_what_was_acknowledged_late_is_done_whatever_becomes_of_the_second_time(worker, redis, then):
    """What it yielded is committed: that it was given to another one meanwhile changes nothing."""
    first, second = leading(worker()), worker()
    first.frontier.push(ask())
    old = take(first)
    expire(first)
    new = take(second)
    first.frontier.acknowledge([old.id], [])
    if then == "acknowledged":
        second.frontier.acknowledge([new.id], [])
    elif then == "failed":
        second.frontier.acknowledge([], [Failed(new.id, "it did not come")])
    elif then == "released":
        second.frontier.release()
    else:
        expire(first)
        assert paths(first) == []
    assert keys(redis) == set()


def test_what_is_acknowledged_late_need_not_be_asked_again(worker, redis):
    """Its lease has run out, and it waits again: it is taken off."""
    first, second = leading(worker()), worker()
    first.frontier.push(ask())
    first.frontier.push(ask("y"))
    old = take(first)
    expire(first)
    answer(second)  # lets what ran out wait again
    first.frontier.acknowledge([old.id], [])
    assert paths(second) == (["y"] if old.task.path == "x" else ["x"]) or keys(redis) == set()


def test_a_lease_that_ran_out_may_come_back_to_the_same_worker(worker, redis):
    first = leading(worker())
    first.frontier.push(ask())
    old = take(first)
    expire(first)
    new = take(first)
    assert new.id == old.id
    first.frontier.acknowledge([old.id], [])
    first.frontier.acknowledge([], [Failed(new.id, "it did not come")])
    assert keys(redis) == set()


def test_what_is_acknowledged_after_its_round_takes_nothing_from_the_next(worker):
    sleeper, other = leading(worker()), worker()
    sleeper.frontier.push(ask())
    old = take(sleeper)
    asleep(sleeper)
    answer(other)
    leading(other)
    assert other.conclude(given("DEMO"), [], [])
    leading(other)
    other.frontier.push(ask("next"))
    sleeper.frontier.acknowledge([old.id], [])
    assert paths(other) == ["next"]


def test_what_is_acknowledged_after_redis_was_emptied_takes_nothing_from_what_came_since(lead, redis):
    lead.frontier.push(ask())
    old = take(lead)
    redis.flushdb()
    leading(lead)
    lead.frontier.push(ask("next"))
    lead.frontier.acknowledge([old.id], [])
    assert paths(lead) == ["next"]


def test_what_a_sleeper_wants_asked_after_its_round_is_not_taken(worker, redis):
    """Else it waits in no round, and its fingerprint keeps the next round from asking it."""
    sleeper, other = leading(worker()), worker()
    sleeper.frontier.push(ask())
    take(sleeper)
    asleep(sleeper)
    answer(other)
    leading(other)
    assert other.conclude(given("DEMO"), [], [])
    assert not sleeper.frontier.push(ask("onward"))
    assert not redis.exists("jira:made_up:dupefilter")


def test_what_a_question_follows_from_is_kept_before_the_question(lead):
    """A lead notes the clock and what it has begun, asks, and is killed: the next one must know of it."""
    lead.frontier.state.clock = 5
    lead.frontier.state.begun["DEMO"] = {"began": 5, "start": 0}
    lead.frontier.push(ask())
    assert lead.frontier.load_state().begun == {"DEMO": {"began": 5, "start": 0}}
