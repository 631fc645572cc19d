"""The line of turns, with time in the hands of the tests."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from jira_crawler.middlewares.lessons import KEEP_GUESSED, KEEP_TOLD
from jira_crawler.middlewares.line import MOST, RECENT, Line, Refusal, Rest
from jira_crawler.middlewares.rates import MARGIN

NOON = 1000.0


def go(line: Line, now: float, delay: float = 0.0) -> Refusal:
    turn = line.ask(0, delay, now)
    assert turn.wait == 0
    return Refusal(turn.lesson, turn.number)


def test_without_a_pace_nobody_waits():
    line = Line(900)
    assert [line.ask(0, 0, NOON).wait for _ in range(1000)] == [0] * 1000


def test_turns_are_evenly_spaced_and_in_order():
    line = Line(900)
    first, *others = [line.ask(0, 0.5, NOON) for _ in range(5)]
    assert first.wait == 0
    assert [turn.wait for turn in others] == [0.5, 1.0, 1.5, 2.0]
    for turn in others:
        assert line.ask(turn.ticket, 0.5, NOON + turn.wait).wait == 0


def test_a_newcomer_does_not_overtake():
    line = Line(900)
    go(line, NOON, 1.0)
    waits = line.ask(0, 1.0, NOON + 0.1)
    assert line.ask(0, 1.0, NOON + 0.9).wait == pytest.approx(1.1)
    assert line.ask(waits.ticket, 1.0, NOON + 1.0).wait == 0


def test_who_comes_late_pushes_the_others_and_nobody_comes_too_close():
    line = Line(900)
    go(line, NOON, 1.0)
    late, next_ = line.ask(0, 1.0, NOON), line.ask(0, 1.0, NOON)
    assert line.ask(late.ticket, 1.0, NOON + 1.7).wait == 0
    assert line.ask(next_.ticket, 1.0, NOON + 2.0).wait == pytest.approx(0.7)
    assert line.ask(next_.ticket, 1.0, NOON + 2.7).wait == 0


def test_who_comes_later_than_the_one_behind_him_goes_all_the_same():
    line = Line(900)
    go(line, NOON, 1.0)
    late, next_ = line.ask(0, 1.0, NOON), line.ask(0, 1.0, NOON)
    assert line.ask(next_.ticket, 1.0, NOON + 2.0).wait == 0
    assert line.ask(late.ticket, 1.0, NOON + 2.5).wait == pytest.approx(0.5)
    assert line.ask(late.ticket, 1.0, NOON + 3.0).wait == 0


def test_who_never_comes_leaves_a_gap_and_no_more():
    line = Line(900)
    go(line, NOON, 1.0)
    line.ask(0, 1.0, NOON)
    survivor = line.ask(0, 1.0, NOON)
    assert line.ask(survivor.ticket, 1.0, NOON + 2.0).wait == 0
    assert line.ask(0, 1.0, NOON + 3.0).wait == 0


def test_a_rest_keeps_the_order_and_the_distance():
    line = Line(900)
    go(line, NOON, 1.0)
    waiting = [line.ask(0, 1.0, NOON) for _ in range(3)]
    assert line.rest(10, 0, None, NOON + 0.5) == Rest(10, 0)
    turns = [line.ask(turn.ticket, 1.0, NOON + turn.wait) for turn in waiting]
    leaving = [NOON + old.wait + new.wait for old, new in zip(waiting, turns, strict=True)]
    assert leaving == pytest.approx([NOON + 10.5, NOON + 11.5, NOON + 12.5])
    assert turns[0].rest == pytest.approx(9.5)


def test_a_rest_is_made_longer_and_never_shorter():
    line = Line(900)
    assert line.rest(10, 0, None, NOON).longer == 10
    assert line.rest(3, 0, None, NOON + 1).longer == 0
    assert line.rest(10, 0, None, NOON + 4).longer == pytest.approx(4)
    assert line.ask(0, 0, NOON + 13).wait == pytest.approx(1)


def test_a_pace_that_is_told_is_kept_for_a_day():
    line = Line(900)
    refusal = go(line, NOON)
    line.rest(1, 0.25, refusal, NOON)
    assert line.ask(0, 0, NOON).wait == pytest.approx(1 + 3 * 0.25)  # and the bucket fills up a little
    evening = NOON + KEEP_TOLD - 10
    go(line, evening)
    assert line.ask(0, 0, evening).wait == pytest.approx(0.25)
    assert line.ask(0, 0, NOON + KEEP_TOLD + 1).wait == 0
    go(line, NOON + KEEP_TOLD + 1)


def test_a_pace_that_nobody_told_is_what_was_let_through_before():
    line = Line(900)
    *_, refusal = [go(line, NOON + each / 100) for each in range(21)]
    go(line, NOON + 0.21)  # under way: whether it is let through is not known yet
    pace = line.rest(1, 0, refusal, NOON + 0.25).pace
    assert pace == pytest.approx((0.25 + 1) / 20 * MARGIN)
    later = NOON + KEEP_GUESSED + 2
    go(line, later)
    assert line.ask(0, 0, later).wait == pytest.approx(pace / 2)  # a guess has had its time, and is halved


def test_what_was_sent_long_ago_says_nothing_of_a_limit():
    line = Line(900)
    for each in range(100):
        go(line, NOON + each / 10)
    refusal = go(line, NOON + 20 + RECENT)
    assert line.rest(1, 0, refusal, NOON + 20 + RECENT).pace == pytest.approx(MARGIN)
    line = Line(900)
    for each in range(MOST + 10):
        go(line, NOON + 10_000 + each * 1e-4)
    assert len(line.recent) == MOST


def test_those_under_way_teach_nothing_more():
    line = Line(900)
    under_way = [go(line, NOON) for _ in range(4)]
    assert [line.rest(1, 0.1, refusal, NOON).pace for refusal in under_way] == [0.1] * 4


def test_a_warning_teaches_too_and_makes_nothing_faster():
    line = Line(900)
    assert line.rest(1, 0.5, None, NOON).pace == 0.5
    assert line.rest(1, 0.2, None, NOON).pace == 0.5
    assert line.rest(1, 0, None, NOON).pace == 0.5
    assert line.ask(0, 2.0, NOON + 100).wait == 0
    assert line.ask(0, 2.0, NOON + 100).wait == 2.0


def test_no_pace_is_slower_than_the_longest_pause_and_a_rest_is_as_long_as_is_asked():
    line = Line(5)
    refusal = go(line, NOON)
    assert line.rest(5, 1e9, refusal, NOON) == Rest(5, 5)
    assert line.rest(1e9, 0, None, NOON) == Rest(1e9 - 5, 5)
    assert line.ask(0, 0, NOON).rest == 1e9


def test_when_a_pace_comes_to_its_end_nobody_loses_his_place():
    line = Line(900)
    line.rest(0, 10, go(line, NOON), NOON)
    end = NOON + KEEP_TOLD
    go(line, end - 1)
    waiting = [line.ask(0, 0, end - 1) for _ in range(3)]
    moments = [end - 1 + turn.wait for turn in waiting]
    assert [after - before for before, after in pairwise(moments)] == pytest.approx([10, 10])
    assert [line.ask(turn.ticket, 0, at).wait for turn, at in zip(waiting, moments, strict=True)] == [0, 0, 0]


def test_hostile_numbers_stop_nobody_for_ever():
    line = Line(900)
    for told in (math.inf, 1e308, 1e-308, 0.0):
        line.rest(1e-9, told, go(line, NOON), NOON)
        assert line.ask(0, 0, NOON).wait <= 901
        line = Line(900)
