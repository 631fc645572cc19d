"""A worker slept past its leases, or past the whole round: what it still does harms nobody."""

from __future__ import annotations

import pytest

from jira_crawler.frontier import LEASE
from tests.integration.frontier.conftest import ask, asleep, expire, given, keys, leading, paths, reasons


@pytest.mark.parametrize("late", ["put_back", "fail", "release"])
def test_who_comes_too_late_takes_nothing_from_who_has_it_now(worker, redis, late):
    """A worker slept; another one has its request. What the first makes of it counts only if it is settled."""
    first, second = leading(worker()), worker()
    first.queue.push(ask(first))
    old = first.queue.pop()
    expire(first)
    new = second.queue.pop()
    if late == "put_back":
        first.queue.put_back(old.replace(priority=7))
    elif late == "fail":
        first.queue.acknowledge([], [(old.meta[LEASE], "too late")])
    else:
        first.queue.release()
    assert (len(second.queue), reasons(second)) == (0, [])
    assert not second.queue.quiet()
    second.queue.acknowledge([new.meta[LEASE]], [])
    assert keys(redis) == set()


@pytest.mark.parametrize("then", ["settled", "failed", "put back", "lost"])
def test_what_was_settled_late_is_done_whatever_becomes_of_the_second_time(worker, redis, then):
    """What it yielded is committed: that it was given to another one meanwhile changes nothing."""
    first, second = leading(worker()), worker()
    first.queue.push(ask(first))
    old = first.queue.pop()
    expire(first)
    new = second.queue.pop()
    first.queue.acknowledge([old.meta[LEASE]], [])
    if then == "settled":
        second.queue.acknowledge([new.meta[LEASE]], [])
    elif then == "failed":
        second.queue.acknowledge([], [(new.meta[LEASE], "it did not come")])
    elif then == "put back":
        second.queue.put_back(new)
    else:
        expire(first)
        assert paths(first) == []
    assert keys(redis) == set()


def test_what_is_settled_late_need_not_be_asked_again(worker, redis):
    """Its lease has run out, and it waits again: it is taken off."""
    first, second = leading(worker()), worker()
    first.queue.push(ask(first))
    first.queue.push(ask(first, "y"))
    old = first.queue.pop()
    expire(first)
    second.queue.acknowledge([second.queue.pop().meta[LEASE]], [])  # lets what ran out wait again
    first.queue.acknowledge([old.meta[LEASE]], [])
    assert paths(second) == (["y"] if old.url.endswith("x") else ["x"]) or keys(redis) == set()


def test_a_lease_that_ran_out_may_come_back_to_the_same_worker(worker, redis):
    first = leading(worker())
    first.queue.push(ask(first))
    old = first.queue.pop()
    expire(first)
    new = first.queue.pop()
    assert new.meta[LEASE] == old.meta[LEASE]
    first.queue.acknowledge([old.meta[LEASE]], [])
    first.queue.acknowledge([], [(new.meta[LEASE], "it did not come")])
    assert keys(redis) == set()


def test_what_is_settled_after_its_round_takes_nothing_from_the_next(worker):
    sleeper, other = leading(worker()), worker()
    sleeper.queue.push(ask(sleeper))
    old = sleeper.queue.pop()
    asleep(sleeper)
    other.queue.acknowledge([other.queue.pop().meta[LEASE]], [])
    leading(other)
    assert other.conclude(given("DEMO"), [], [])
    leading(other)
    other.queue.push(ask(other, "next"))
    sleeper.queue.acknowledge([old.meta[LEASE]], [])
    assert paths(other) == ["next"]


def test_what_is_settled_after_redis_was_emptied_takes_nothing_from_what_came_since(lead, redis):
    lead.queue.push(ask(lead))
    old = lead.queue.pop()
    redis.flushdb()
    leading(lead)
    lead.queue.push(ask(lead, "next"))
    lead.queue.acknowledge([old.meta[LEASE]], [])
    assert paths(lead) == ["next"]


def test_what_a_sleeper_wants_asked_after_its_round_is_not_taken(worker, redis):
    """Else it waits in no round, and its fingerprint keeps the next round from asking it."""
    sleeper, other = leading(worker()), worker()
    sleeper.queue.push(ask(sleeper))
    sleeper.queue.pop()
    asleep(sleeper)
    other.queue.acknowledge([other.queue.pop().meta[LEASE]], [])
    leading(other)
    assert other.conclude(given("DEMO"), [], [])
    assert not sleeper.queue.push(ask(sleeper, "onward"))
    assert not redis.exists("jira:made_up:dupefilter")


def test_what_a_question_follows_from_is_kept_before_the_question(lead):
    """A lead notes the clock and what it has begun, asks, and is killed: the next one must know of it."""
    lead.queue.spider.state |= {"clock": 5, "begun": {"DEMO": {"began": 5, "start": 0}}}
    lead.queue.push(ask(lead))
    assert lead.queue.load_state()["begun"] == {"DEMO": {"began": 5, "start": 0}}
