"""What refusals teach, at sites that limit, are busy, or refuse at random: whole crawls in virtual time."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.integration.middlewares.virtual import FINE, START, Bucket, Busy, Clock, Crawl, Dice, Ended, Minutes
from tests.rounds import rounds

Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    clock = Clock().install(monkeypatch)
    count = iter(range(1000))

    def crawl(site: Any, requests: int, at_once: int = 4, workers: int = 1, url: str = "", **chosen: Any) -> Ended:
        ended = Crawl(clock, site, tmp_path / str(next(count)), url, **chosen).run(requests, at_once, workers)
        assert ended.early == 0  # whatever the site is like: nothing leaves before a Retry-After has passed
        return ended

    return crawl


@pytest.fixture(params=["own", "shared"])
def place(request, redis_url) -> str:
    """The permits of a process, or those of a fleet: one law."""
    return redis_url if request.param == "shared" else ""


def told(bucket: Bucket) -> dict[str, str]:
    return {
        "X-RateLimit-Remaining": str(int(bucket.level)),
        "X-RateLimit-Interval-Seconds": str(math.ceil(bucket.seconds)),
        "X-RateLimit-FillRate": str(bucket.size),
    }


@pytest.mark.parametrize("at_once", [2, 4])
def test_one_in_twenty_refused_at_random_leaves_more_than_a_third_of_the_speed(run, at_once):
    """With an answer in 0.2 s and a Retry-After of 1 s, the pauses themselves included."""
    free = run(lambda now: FINE, 2000, at_once)
    for seed in range(rounds(3, 20)):
        ended = run(Dice(0.05, seed=seed), 2000, at_once)
        assert ended.done == 2000
        assert ended.rate > free.rate / 3


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_where_the_pauses_take_longer_they_are_all_that_is_lost(run, share):
    """Eight at once ask 40 a second: there one pause of 1 s for every 20 requests leaves a third by itself."""
    free = run(lambda now: FINE, 2000, 8)
    for seed in range(rounds(2, 20)):
        ended = run(Dice(share, seed=seed), 2000, 8)
        alone = (ended.seconds - ended.waited) / free.seconds
        assert alone < (2.5 if share < 0.2 else 5)


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}, {"Retry-After": "0"}])
def test_it_is_said_once_that_a_site_refuses_at_random(run, caplog, place, headers):
    caplog.set_level(logging.INFO)
    run(Dice(0.05, headers), 600, url=place)
    said = [record for record in caplog.records if "refuses at random" in record.message]
    assert len(said) == 1
    assert "whatever the pace: only its pauses are kept from now on" in said[0].message


def test_a_told_pace_is_kept_by_a_site_that_refuses_at_random_as_well(run):
    every_tenth = {"Retry-After": "1", "X-RateLimit-Interval-Seconds": "1", "X-RateLimit-FillRate": "10"}
    ended = run(Dice(0.05, every_tenth), 2000)
    first = ended.refused[0]
    after = [at for at in ended.left if at > first]
    assert min(later - earlier for earlier, later in pairwise(after)) > 0.11 - 1e-6
    assert ended.seconds < 2.5 * 2000 * 0.11


@pytest.mark.parametrize(
    ("size", "retry_after", "at_once"),
    [
        *[((30, 5.0), True, 2), ((30, 5.0), False, 8), ((12, 1.0), True, 4), ((12, 1.0), False, 2)],
        *[((100, 60.0), True, 8), ((100, 60.0), False, 4), ((300, 60.0), True, 2), ((300, 60.0), False, 8)],
        *[((1000, 3600.0), True, 4), ((1000, 3600.0), False, 2)],
    ],
)
def test_a_limit_that_nobody_tells_is_learned(run, at_once, retry_after, size):
    bucket = Bucket(*size, retry_after=retry_after)
    ended = run(bucket, 1500, at_once)
    assert len(ended.refused) <= 2 * at_once + 3  # three times, those under way included
    best = max(1500 * 0.2 / at_once, (1500 - size[0]) * size[1] / size[0])
    assert ended.seconds < 1.7 * best + 60


@pytest.mark.parametrize("at_once", [2, 4, 8])
def test_a_limit_that_is_told_is_kept_after_those_under_way(run, place, at_once):
    ended = run(Bucket(30, 5.0, told), 300, at_once, url=place)
    assert len(ended.refused) < at_once
    assert ended.seconds < 1.4 * 270 / 6


@pytest.mark.parametrize("retry_after", [True, False])
def test_a_limit_by_the_minute_is_learned(run, retry_after):
    ended = run(Minutes(100, retry_after), 1500)
    assert ended.seconds < 25 * 60
    # Who is not told when the minute is over has to look, and does so ever more rarely: at most eight times.
    minutes = {int(at // 60) for at in ended.refused}
    assert len(minutes) <= 4
    assert len(ended.refused) <= (8 if retry_after else 8 * len(minutes))


def test_a_site_that_was_busy_for_a_minute_is_asked_as_before_soon_after(run, place):
    ended = run(Busy(10, 70), 1500, url=place)
    assert len(ended.refused) < 25
    first = max(ended.refused)
    late = [at for at in ended.left if first + 60 < at]
    assert len(late) / (late[-1] - late[0]) > 14  # of 20 a second


def test_a_site_that_is_busy_at_first_is_no_slow_one(run):
    ended = run(Busy(0.3, 30), 2000)
    assert ended.seconds < 30 + 2 * 2000 * 0.05


def test_a_limit_that_comes_after_chance_is_learned_all_the_same(run):
    chance, bucket = Dice(0.05), Bucket(30, 5.0)

    def site(now: float) -> tuple[int, dict[str, str]]:
        return chance(now) if now < START + 60 else bucket(now)

    ended = run(site, 2000)
    limited = [at for at in ended.refused if at > START + 60]
    assert len(limited) < 220  # a hundred times one or two
    assert max(limited) < START + 360


def test_a_site_that_refuses_everything_ends_the_run(run, place):
    ended = run(Dice(1.0), 100, at_once=2, url=place, MAX_PAUSES=5)
    assert ended.done == 0
    assert len(ended.left) == 2 * 6
    assert set(ended.reasons) == {
        "https://jira.example.org told one request to wait 6 times in a row; ask its administrator."
    }


@pytest.mark.parametrize(
    "site",
    [
        lambda: Dice(0.05, seed=3),
        lambda: Dice(0.2, seed=3),
        lambda: Bucket(30, 5.0),
        lambda: Bucket(100, 60.0, told),
        lambda: Minutes(100, retry_after=False),
        lambda: Busy(5, 20),
    ],
    ids=["one in 20", "one in 5", "bucket", "told", "minutes", "busy"],
)
def test_a_process_and_a_fleet_learn_the_same(run, redis_url, site):
    own, shared = run(site(), 500), run(site(), 500, url=redis_url)
    assert len(shared.refused) == len(own.refused)
    assert shared.seconds == pytest.approx(own.seconds, rel=0.05)


def test_what_one_of_four_workers_is_refused_is_kept_by_all(run, redis_url):
    ended = run(Bucket(30, 5.0), 300, at_once=2, workers=4, url=redis_url)
    assert ended.done == 300
    assert len(ended.refused) <= 16
    first = ended.refused[0]
    under_way = first + 0.2
    assert not [at for at in ended.left if first < at < first + 1]  # all of them rest
    assert len([at for at in ended.refused if at > under_way]) <= 8  # … and the second lesson is the last one
    assert ended.seconds < 1.4 * 270 / 6


def test_a_pause_longer_than_anybody_waits_ends_every_worker_and_nothing_is_asked(run, redis_url):
    ended = run(
        lambda now: (429, {"Retry-After": "7201"}) if now >= START + 1 else FINE,
        300, at_once=1, workers=4, url=redis_url, MAX_PAUSE=7200,
    )  # fmt: skip
    assert len(ended.reasons) == 4
    assert all("asks to be left alone until" in reason for reason in ended.reasons)
    assert [at for at in ended.left if at > ended.refused[0]] == []
    assert ended.seconds < 5


@pytest.mark.parametrize("asked", ["9223372036854775807", "9" * 400])
def test_a_site_that_never_wants_to_be_asked_again_is_not(run, place, asked):
    ended = run(lambda now: (429, {"Retry-After": asked}), 30, at_once=1, url=place)
    assert ended.reasons == ["https://jira.example.org asks never to be asked again: ask its administrator."]
    assert len(ended.left) == 1


def test_a_good_answer_that_forbids_the_next_for_long_is_kept_and_the_next_is_not_asked(run, place):
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "86400", "X-RateLimit-FillRate": "1"}
    ended = run(lambda now: (200, headers), 30, at_once=1, url=place)
    assert (ended.done, len(ended.left)) == (1, 1)
    assert "asks to be left alone until" in ended.reasons[0]


def test_a_pause_as_long_as_is_allowed_is_waited_for(run, place):
    ended = run(lambda now: (429, {"Retry-After": "7200"}) if now == START + 0.1 else FINE, 5, at_once=1, url=place)
    assert (ended.done, ended.reasons) == (5, [])
    assert ended.seconds > 7200
