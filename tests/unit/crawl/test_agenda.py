"""When a tracker that is followed is listed again. Time is what the test says."""

from __future__ import annotations

from itertools import pairwise

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
