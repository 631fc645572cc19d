"""Which process works off which delivery: each is one's alone, until it is done or whoever holds it falls silent."""

from __future__ import annotations

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.claims import Claims


def joined(fleet) -> Claims:
    fleet.beat()
    return Claims(fleet)


def silent(fleet) -> None:
    """A worker shows no sign of life for longer than its lease lasts, by the clock of Redis."""
    fleet.server.zadd(f"{fleet.stem}:workers", {fleet.frontier.worker: 1})


def test_what_one_holds_nobody_else_gets(worker):
    first, second = joined(worker()), joined(worker())
    assert first.take([1, 2, 3]) == {1, 2, 3}
    assert second.take([2, 3, 4]) == {4}
    assert first.take([3, 4]) == {3}  # its own stay its own


def test_what_is_let_go_is_free_and_only_by_its_holder(worker):
    first, second = joined(worker()), joined(worker())
    first.take([1, 2])
    second.drop([1])
    assert second.take([1]) == set()
    first.drop([1])
    assert second.take([1, 2]) == {1}


def test_whoever_falls_silent_loses_what_it_holds(worker):
    lost, other = worker(), joined(worker())
    claims = joined(lost)
    claims.take([1, 2])
    silent(lost)
    assert other.take([1, 2]) == {1, 2}
    lost.beat()  # it was only asleep
    assert claims.take([1, 2, 3]) == {3}
    claims.drop([1])
    assert claims.take([1]) == set()


def test_whoever_shows_no_sign_of_life_cannot_claim_anything(worker):
    asleep = worker()
    claims = joined(asleep)
    silent(asleep)
    assert claims.take([1]) == set()


def test_what_the_dead_held_does_not_stay_for_ever(worker, redis):
    dead, alive = worker(), worker()
    joined(dead).take(range(5))
    claims = joined(alive)
    claims.take([7])
    silent(dead)
    claims.tidy()
    assert redis.hgetall("jira:made_up:claims") == {"7": alive.frontier.worker}


def test_many_are_claimed_in_parts(worker):
    first, second = joined(worker()), joined(worker())
    assert first.take(range(2_500)) == set(range(2_500))
    first.drop(range(0, 2_500, 2))
    assert second.take(range(2_500)) == set(range(0, 2_500, 2))


def test_all_that_are_alive_follow_the_same_projects(worker):
    first, second = worker(), worker()
    for each in (first, second):
        each.beat()
    first.follow(["DEMO", "TOOLS"])
    second.follow(["TOOLS", "DEMO"])
    with pytest.raises(BadArgument, match="Other processes follow DEMO, TOOLS of made_up"):
        second.follow(["DEMO"])
    silent(first)
    second.follow(["DEMO"])
