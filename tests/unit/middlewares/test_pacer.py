"""The pacer and its permits, with time in the hands of the tests."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from jira_crawler.middlewares.lessons import KEEP_GUESSED, KEEP_TOLD
from jira_crawler.middlewares.pacer import MOST, RECENT, Pacer, Pause, Refusal
from jira_crawler.middlewares.rates import MARGIN

NOON = 1000.0


def go(pacer: Pacer, now: float, delay: float = 0.0) -> Refusal:
    permit = pacer.ask(0, delay, now)
    assert permit.wait == 0
    return Refusal(permit.lesson, permit.number)


def test_without_a_pace_nobody_waits():
    pacer = Pacer(900)
    assert [pacer.ask(0, 0, NOON).wait for _ in range(1000)] == [0] * 1000


def test_permits_are_evenly_spaced_and_in_order():
    pacer = Pacer(900)
    first, *others = [pacer.ask(0, 0.5, NOON) for _ in range(5)]
    assert first.wait == 0
    assert [permit.wait for permit in others] == [0.5, 1.0, 1.5, 2.0]
    for permit in others:
        assert pacer.ask(permit.ticket, 0.5, NOON + permit.wait).wait == 0


def test_a_newcomer_does_not_overtake():
    pacer = Pacer(900)
    go(pacer, NOON, 1.0)
    waits = pacer.ask(0, 1.0, NOON + 0.1)
    assert pacer.ask(0, 1.0, NOON + 0.9).wait == pytest.approx(1.1)
    assert pacer.ask(waits.ticket, 1.0, NOON + 1.0).wait == 0


def test_who_comes_late_pushes_the_others_and_nobody_comes_too_close():
    pacer = Pacer(900)
    go(pacer, NOON, 1.0)
    late, next_ = pacer.ask(0, 1.0, NOON), pacer.ask(0, 1.0, NOON)
    assert pacer.ask(late.ticket, 1.0, NOON + 1.7).wait == 0
    assert pacer.ask(next_.ticket, 1.0, NOON + 2.0).wait == pytest.approx(0.7)
    assert pacer.ask(next_.ticket, 1.0, NOON + 2.7).wait == 0


def test_who_comes_later_than_the_one_behind_him_goes_all_the_same():
    pacer = Pacer(900)
    go(pacer, NOON, 1.0)
    late, next_ = pacer.ask(0, 1.0, NOON), pacer.ask(0, 1.0, NOON)
    assert pacer.ask(next_.ticket, 1.0, NOON + 2.0).wait == 0
    assert pacer.ask(late.ticket, 1.0, NOON + 2.5).wait == pytest.approx(0.5)
    assert pacer.ask(late.ticket, 1.0, NOON + 3.0).wait == 0


def test_who_never_comes_leaves_a_gap_and_no_more():
    pacer = Pacer(900)
    go(pacer, NOON, 1.0)
    pacer.ask(0, 1.0, NOON)
    survivor = pacer.ask(0, 1.0, NOON)
    assert pacer.ask(survivor.ticket, 1.0, NOON + 2.0).wait == 0
    assert pacer.ask(0, 1.0, NOON + 3.0).wait == 0


def test_a_rest_keeps_the_order_and_the_distance():
    pacer = Pacer(900)
    go(pacer, NOON, 1.0)
    waiting = [pacer.ask(0, 1.0, NOON) for _ in range(3)]
    assert pacer.pause(10, 0, None, NOON + 0.5) == Pause(10, 0)
    permits = [pacer.ask(permit.ticket, 1.0, NOON + permit.wait) for permit in waiting]
    leaving = [NOON + old.wait + new.wait for old, new in zip(waiting, permits, strict=True)]
    assert leaving == pytest.approx([NOON + 10.5, NOON + 11.5, NOON + 12.5])
    assert permits[0].pause == pytest.approx(9.5)


def test_a_rest_is_made_longer_and_never_shorter():
    pacer = Pacer(900)
    assert pacer.pause(10, 0, None, NOON).longer == 10
    assert pacer.pause(3, 0, None, NOON + 1).longer == 0
    assert pacer.pause(10, 0, None, NOON + 4).longer == pytest.approx(4)
    assert pacer.ask(0, 0, NOON + 13).wait == pytest.approx(1)


def test_a_pace_that_is_told_is_kept_for_a_day():
    pacer = Pacer(900)
    refusal = go(pacer, NOON)
    pacer.pause(1, 0.25, refusal, NOON)
    assert pacer.ask(0, 0, NOON).wait == pytest.approx(1 + 3 * 0.25)  # and the bucket fills up a little
    evening = NOON + KEEP_TOLD - 10
    go(pacer, evening)
    assert pacer.ask(0, 0, evening).wait == pytest.approx(0.25)
    assert pacer.ask(0, 0, NOON + KEEP_TOLD + 1).wait == 0
    go(pacer, NOON + KEEP_TOLD + 1)


def test_a_pace_that_nobody_told_is_what_was_let_through_before():
    pacer = Pacer(900)
    *_, refusal = [go(pacer, NOON + each / 100) for each in range(21)]
    go(pacer, NOON + 0.21)  # under way: whether it is let through is not known yet
    pace = pacer.pause(1, 0, refusal, NOON + 0.25).pace
    assert pace == pytest.approx((0.25 + 1) / 20 * MARGIN)
    later = NOON + KEEP_GUESSED + 2
    go(pacer, later)
    assert pacer.ask(0, 0, later).wait == pytest.approx(pace / 2)  # a guess has had its time, and is halved


def test_what_was_sent_long_ago_says_nothing_of_a_limit():
    pacer = Pacer(900)
    for each in range(100):
        go(pacer, NOON + each / 10)
    refusal = go(pacer, NOON + 20 + RECENT)
    assert pacer.pause(1, 0, refusal, NOON + 20 + RECENT).pace == pytest.approx(MARGIN)
    pacer = Pacer(900)
    for each in range(MOST + 10):
        go(pacer, NOON + 10_000 + each * 1e-4)
    assert len(pacer.recent) == MOST


def test_those_under_way_teach_nothing_more():
    pacer = Pacer(900)
    under_way = [go(pacer, NOON) for _ in range(4)]
    assert [pacer.pause(1, 0.1, refusal, NOON).pace for refusal in under_way] == [0.1] * 4


def test_a_warning_teaches_too_and_makes_nothing_faster():
    pacer = Pacer(900)
    assert pacer.pause(1, 0.5, None, NOON).pace == 0.5
    assert pacer.pause(1, 0.2, None, NOON).pace == 0.5
    assert pacer.pause(1, 0, None, NOON).pace == 0.5
    assert pacer.ask(0, 2.0, NOON + 100).wait == 0
    assert pacer.ask(0, 2.0, NOON + 100).wait == 2.0


def test_no_pace_is_slower_than_the_longest_pause_and_a_rest_is_as_long_as_is_asked():
    pacer = Pacer(5)
    refusal = go(pacer, NOON)
    assert pacer.pause(5, 1e9, refusal, NOON) == Pause(5, 5)
    assert pacer.pause(1e9, 0, None, NOON) == Pause(1e9 - 5, 5)
    assert pacer.ask(0, 0, NOON).pause == 1e9


def test_when_a_pace_comes_to_its_end_nobody_loses_his_place():
    pacer = Pacer(900)
    pacer.pause(0, 10, go(pacer, NOON), NOON)
    end = NOON + KEEP_TOLD
    go(pacer, end - 1)
    waiting = [pacer.ask(0, 0, end - 1) for _ in range(3)]
    moments = [end - 1 + permit.wait for permit in waiting]
    assert [after - before for before, after in pairwise(moments)] == pytest.approx([10, 10])
    assert [pacer.ask(permit.ticket, 0, at).wait for permit, at in zip(waiting, moments, strict=True)] == [0, 0, 0]


def test_hostile_numbers_stop_nobody_for_ever():
    pacer = Pacer(900)
    for told in (math.inf, 1e308, 1e-308, 0.0):
        pacer.pause(1e-9, told, go(pacer, NOON), NOON)
        assert pacer.ask(0, 0, NOON).wait <= 901
        pacer = Pacer(900)
