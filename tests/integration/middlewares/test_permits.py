"""A process and a fleet keep the same law; a fleet keeps it in a real Redis, and both clocks are in our hands."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import pytest
from scrapy.settings import Settings

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.middlewares.budget import HOUR
from jira_crawler.middlewares.pacer import Refusal
from jira_crawler.middlewares.permits import OwnPermits, Permits, permits_at
from jira_crawler.middlewares.shared_permits import SharedPermits
from tests.integration.middlewares.virtual import Clock
from tests.servers.redis import fresh, running

Open = Callable[..., Permits]


def open_permits(folder: Path, url: str, site: str = "elsewhere", **chosen: object) -> Permits:
    asked = {"MAX_PAUSE": 900, "DOWNLOAD_DELAY": 0, "DAILY_BUDGET": 0, "REDIS_PATIENCE": 5, "REDIS_URL": url}
    return permits_at(site, Settings(asked | {"STATE_DIR": str(folder)} | chosen))


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(1_700_000_000.0).install(monkeypatch)


@pytest.fixture
def fleet(tmp_path, redis_url, clock):
    opened: list[Permits] = []

    def open_(folder: str = "one", **chosen: object) -> Permits:
        opened.append(open_permits(tmp_path / folder, redis_url, **chosen))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


@pytest.fixture(params=["own", "shared"])
def make(request, tmp_path, redis_url, clock):
    opened: list[Permits] = []

    def open_(**chosen: object) -> Permits:
        opened.append(open_permits(tmp_path, redis_url if request.param == "shared" else "", **chosen))
        assert isinstance(opened[-1], SharedPermits if request.param == "shared" else OwnPermits)
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


def go(permits: Permits, wait: Callable[[float], None]) -> Refusal:
    permit = permits.ask(0)
    assert permit is not None
    while permit.wait:
        wait(permit.wait)
        permit = permits.ask(permit.ticket)
    return Refusal(permit.lesson, permit.number)


def test_without_a_pace_nobody_waits(make):
    permits = make()
    assert [permits.ask(0).wait for _ in range(100)] == [0] * 100


def test_permits_are_evenly_spaced_and_in_order(make):
    permits = make(DOWNLOAD_DELAY=20)
    assert [permits.ask(0).wait for _ in range(4)] == pytest.approx([0, 20, 40, 60], abs=1e-2)


def test_a_rest_keeps_the_order(make):
    permits = make(DOWNLOAD_DELAY=20)
    waiting = [permits.ask(0) for _ in range(4)][1:]
    assert permits.pause(100, 0, None).longer == pytest.approx(100, abs=1e-2)
    assert [permits.ask(permit.ticket).wait for permit in waiting] == pytest.approx([100, 120, 140], abs=1e-2)
    assert permits.ask(0).pause == pytest.approx(100, abs=1e-2)
    assert permits.pause(50, 0, None).longer == 0


def test_a_told_pace_is_kept_and_slowed_down_when_it_does_not_help(make, clock):
    permits = make()
    under_way = [go(permits, clock.wait) for _ in range(3)]
    for refusal in under_way:
        assert permits.pause(0.01, 0.02, refusal).pace == pytest.approx(0.02, abs=1e-3)
    *_, refusal = [go(permits, clock.wait) for _ in range(5)]
    assert refusal.lesson == 1
    clock.wait(10)
    slower = permits.pause(0.01, 0.02, refusal).pace
    assert slower == pytest.approx((10.07 + 4 * 0.02) / 4 * 1.1, rel=0.02)  # since the last refusal, four got through
    assert permits.pause(0, 0, None).pace == slower


def test_an_untold_pace_is_what_was_let_through(make, clock):
    permits = make()
    *_, refusal = [go(permits, clock.wait) for _ in range(23)]
    for _ in range(5):
        go(permits, clock.wait)
    pause = permits.pause(10, 0, refusal)
    assert pause.pace == pytest.approx(10 / 22 * 1.1, abs=2e-3)
    assert pause.longer == pytest.approx(11, abs=1e-3)


def test_a_guess_is_bounded(make, clock):
    permits = make()
    go(permits, clock.wait)
    assert permits.pause(200, 0, go(permits, clock.wait)).pace == 10
    permits = make(MAX_PAUSE=5, site="another")
    go(permits, clock.wait)
    assert permits.pause(200, 0, go(permits, clock.wait)).pace == 5


def test_a_refusal_before_anything_was_let_through_spaces_what_follows_and_is_no_pace(make, clock):
    permits = make()
    assert permits.pause(4, 0, go(permits, clock.wait)).pace == 0
    spaces = []
    for _ in range(8):
        before = clock.now
        go(permits, clock.wait)
        spaces.append(clock.now - before)
    assert spaces == pytest.approx([4, 4, 4, 2, 2, 1, 1, 0.5], abs=0.01)


def test_a_rest_of_years_outlives_what_is_kept_otherwise(fleet, redis_server, redis_url, clock):
    fleet().pause(3 * 365 * 86_400, 0, None)
    assert redis_server.client(redis_url).pttl("pace:elsewhere:line") > 3 * 365 * 86_400_000


def test_the_budget_is_spent_once(make):
    permits = make(DAILY_BUDGET=3)
    assert [permits.ask(0) is None for _ in range(5)] == [False, False, False, True, True]
    assert make(DAILY_BUDGET=3, site="another").ask(0) is not None


def test_what_is_left_of_the_budget_is_told_without_spending_it(make):
    permits = make(DAILY_BUDGET=3)
    assert permits.left() == 3
    assert [(permits.ask(0) is None, permits.left()) for _ in range(4)] == [
        (False, 2),
        (False, 1),
        (False, 0),
        (True, 0),
    ]
    assert make(site="another").left() is None


def test_what_a_fleet_has_left_is_what_both_budgets_leave(fleet, tmp_path, redis_server, redis_url, clock):
    one, other = fleet("one", DAILY_BUDGET=10), fleet("two", DAILY_BUDGET=10)
    one.ask(0)
    assert (one.left(), other.left()) == (9, 9)
    alone = open_permits(tmp_path / "one", "", DAILY_BUDGET=10)
    alone.ask(0)
    alone.ask(0)
    assert (one.left(), other.left()) == (7, 9)
    alone.close()
    hour = int(clock.now // HOUR)
    redis_server.client(redis_url).hset("pace:elsewhere:hours", mapping={hour - 25: 1000, hour - 24: 5})
    assert (one.left(), other.left()) == (4, 4)


def test_a_fleet_rests_together_and_each_site_for_itself(fleet):
    one, other, elsewhere = fleet(), fleet("two"), fleet("two", site="another")
    one.pause(30, 0, None)
    assert other.ask(0).wait == pytest.approx(30, abs=1e-2)
    assert elsewhere.ask(0).wait == 0


def test_a_fleet_has_one_budget_and_each_address_its_own_as_well(fleet, tmp_path):
    one, other = fleet("one", DAILY_BUDGET=10), fleet("two", DAILY_BUDGET=10)
    assert [permits.ask(0) is None for permits in (one, other) * 6] == [False] * 10 + [True] * 2
    alone = open_permits(tmp_path / "one", "", DAILY_BUDGET=6)
    assert [alone.ask(0) is None for _ in range(2)] == [False, True]
    alone.close()


def test_hours_that_are_over_are_forgiven_and_forgotten(fleet, redis_server, redis_url, clock):
    hour = int(clock.now // HOUR)
    client = redis_server.client(redis_url)
    spent = {hour - 60: 1000, hour - 25: 1000, hour - 24: 2, hour: 1}
    client.hset("pace:elsewhere:hours", mapping=spent)
    permits = fleet(DAILY_BUDGET=5)
    assert [permits.ask(0) is None for _ in range(3)] == [False, False, True]
    assert str(hour - 60) not in client.hgetall("pace:elsewhere:hours")


def test_a_clock_that_is_set_back_holds_nobody_up(fleet, redis_server, redis_url):
    client = redis_server.client(redis_url)
    permits = fleet(DOWNLOAD_DELAY=1)
    permits.ask(0)
    permits.pause(3, 0, None)
    for name in ("last", "start", "until"):
        client.hincrbyfloat("pace:elsewhere:line", name, 3600_000)
    assert 0 < permits.ask(0).wait <= 3.1


def test_what_was_learned_and_spent_outlives_redis(tmp_path, clock):
    with running(tmp_path / "redis") as server:
        url = fresh(server)
        permits = open_permits(tmp_path, url, DAILY_BUDGET=3)
        permits.pause(0, 40, go(permits, clock.wait))
        server.kill()
        server.start()
        assert permits.ask(0).wait > 30
        permits.close()
        swift = open_permits(tmp_path / "two", url, MAX_PAUSE=1e-3, DAILY_BUDGET=3)
        server.client(url).delete("pace:elsewhere:line", "pace:elsewhere:recent")
        server.restart()
        assert [swift.ask(0) is None for _ in range(3)] == [False, False, True]
        swift.close()


def test_a_redis_that_is_lost_for_good_ends_the_run_with_a_sentence(tmp_path):
    with running(tmp_path / "redis") as server:
        permits = open_permits(tmp_path, server.url, REDIS_PATIENCE=0.5)
        permits.ask(0)
    with pytest.raises(Refused, match="does not answer any more"):
        permits.ask(0)
    permits.close()
    with pytest.raises(BadArgument):
        open_permits(tmp_path, server.url)


def take(folder: str, url: str, times: int) -> None:
    permits = open_permits(Path(folder), url, DOWNLOAD_DELAY=0.02)
    for _ in range(times):
        go(permits, time.sleep)
    permits.close()


def test_together_they_are_no_faster_than_one(tmp_path, redis_url, redis_server):
    with get_context("spawn").Pool(4) as pool:
        pool.starmap(take, [(str(tmp_path), redis_url, 15)] * 4)
    # When each was let go, by the clock of Redis, in milliseconds.
    went = [float(each) for each in redis_server.client(redis_url).lrange("pace:elsewhere:recent", 0, -1)]
    assert 2 <= len(went) <= 60  # all of them, unless the machine needed a minute
    assert min(later - earlier for earlier, later in pairwise(went)) > 20 - 0.01
