"""When a tracker that is followed is listed again. Time is what the test says."""

from __future__ import annotations

from itertools import pairwise

import pytest

from jira_crawler.crawl.agenda import HOUR, PATIENCE, WEEK, Agenda
from jira_crawler.crawl.following import Pass

POLL = 60.0


def made(agenda: Agenda, until: float, ok: set[str], now: float = 0.0) -> list[tuple[float, Pass]]:
    """Makes every pass that is due; those in `ok` get all that they asked for."""
    found: list[tuple[float, Pass]] = []
    while now <= until:
        if kind := agenda.due(now):
            found.append((now, kind))
            agenda.ended(kind, now, ok=kind in ok)
        now += 10.0
    return found


def test_what_changed_is_listed_each_minute_and_half_a_day_each_hour() -> None:
    found = made(Agenda(POLL, 0.0), 2 * HOUR, {"head", "trailing", "census"})
    assert [at for at, kind in found if kind == "trailing"] == [HOUR, 2 * HOUR]
    heads = [at for at, kind in found if kind == "head"]
    assert heads[:3] == [0.0, POLL, 2 * POLL]
    # A trailing pass does what a head pass does.
    assert HOUR not in heads
    assert all(there - here == POLL for here, there in pairwise(heads) if there < HOUR)


def test_every_id_is_compared_each_week_and_sooner_after_a_crawl_that_had_done_so_before() -> None:
    agenda = Agenda(POLL, 0.0, census=HOUR / 2)
    found = made(agenda, HOUR, {"head", "trailing", "census"})
    assert [at for at, kind in found if kind == "census"] == [HOUR / 2]
    assert agenda.due(HOUR / 2 + WEEK) == "census"


def test_a_tracker_that_is_away_for_an_hour_is_asked_ever_less_often_and_then_as_before() -> None:
    agenda = Agenda(POLL, 0.0)
    away = [at for at, _ in made(agenda, HOUR, set())]
    waits = [there - here for here, there in pairwise(away)]
    assert waits[:4] == [POLL, 2 * POLL, 4 * POLL, 8 * POLL]
    assert len(away) < 10
    assert agenda.failures >= 5
    back = made(agenda, 3 * HOUR, {"head", "trailing", "census"}, now=HOUR)
    assert agenda.failures == 0
    assert back[-1][0] - back[-2][0] <= POLL


def test_it_is_never_left_alone_for_longer_than_an_hour() -> None:
    agenda = Agenda(POLL, 0.0)
    away = [at for at, kind in made(agenda, 30 * HOUR, set()) if kind == "head"]
    assert max(there - here for here, there in pairwise(away)) <= PATIENCE + POLL


def test_a_census_that_fails_for_ever_does_not_keep_what_changed_from_being_listed() -> None:
    """Of a project that is hidden every comparison fails, and the others still change."""
    found = made(Agenda(POLL, 0.0, census=0.0), HOUR - 10, {"head", "trailing"})
    heads = [at for at, kind in found if kind == "head"]
    assert len(heads) > HOUR / POLL / 2
    assert len([at for at, kind in found if kind == "census"]) < 10


def test_a_trailing_pass_that_fails_for_ever_does_not_either() -> None:
    found = made(Agenda(POLL, 0.0), 3 * HOUR, {"head", "census"})
    heads = [at for at, kind in found if kind == "head" and at > HOUR]
    assert len(heads) > 2 * HOUR / POLL / 2


def test_a_poll_may_be_rarer_than_an_hour() -> None:
    found = made(Agenda(2 * HOUR, 0.0), 10 * HOUR, {"head", "trailing"})
    assert [kind for _, kind in found] == ["head", "trailing", "trailing", "trailing", "trailing", "trailing"]


def test_service_levels_have_a_time_of_their_own():
    agenda = Agenda(60.0, now=0.0, levels=900.0)
    assert agenda.due(0.0) == "head"
    agenda.ended("head", 1.0, ok=True)
    assert agenda.due(1.0) == "levels"
    agenda.ended("levels", 2.0, ok=True)
    assert agenda.due(60.0) is None
    assert agenda.due(61.0) == "head"
    agenda.ended("head", 62.0, ok=True)
    for now in (122.0, 902.0):
        assert agenda.due(now) == "head"
        agenda.ended("head", now, ok=True)
    assert agenda.due(902.0) == "levels"


@pytest.mark.parametrize("ok", [True, False])
def test_a_pass_over_service_levels_says_nothing_of_the_others(ok):
    agenda = Agenda(60.0, now=0.0, levels=900.0)
    agenda.ended("head", 1.0, ok=True)
    agenda.ended("levels", 2.0, ok=ok)
    assert (agenda.failures, agenda.due(61.0)) == (0, "head")
    agenda.ended("head", 62.0, ok=False)
    assert agenda.failures == 1
    assert agenda.due(902.0) in ("head", "levels")


def test_without_an_interval_there_is_none():
    agenda = Agenda(60.0, now=0.0, census=2 * WEEK)
    agenda.ended("head", 1.0, ok=True)
    agenda.ended("trailing", HOUR, ok=True)
    assert agenda.due(HOUR + 1) is None
