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
from jira_crawler.middlewares.line import Refusal
from jira_crawler.middlewares.shared_turns import SharedTurns
from jira_crawler.middlewares.turns import OwnTurns, Turns, turns_at
from tests.integration.middlewares.virtual import Clock
from tests.servers.redis import fresh, running

Open = Callable[..., Turns]


def open_turns(folder: Path, url: str, site: str = "elsewhere", **chosen: object) -> Turns:
    asked = {"MAX_PAUSE": 900, "DOWNLOAD_DELAY": 0, "DAILY_BUDGET": 0, "REDIS_PATIENCE": 5, "REDIS_URL": url}
    return turns_at(site, Settings(asked | {"STATE_DIR": str(folder)} | chosen))


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(1_700_000_000.0).install(monkeypatch)


@pytest.fixture
def fleet(tmp_path, redis_url, clock):
    opened: list[Turns] = []

    def open_(folder: str = "one", **chosen: object) -> Turns:
        opened.append(open_turns(tmp_path / folder, redis_url, **chosen))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


@pytest.fixture(params=["own", "shared"])
def turns(request, tmp_path, redis_url, clock):
    opened: list[Turns] = []

    def open_(**chosen: object) -> Turns:
        opened.append(open_turns(tmp_path, redis_url if request.param == "shared" else "", **chosen))
        assert isinstance(opened[-1], SharedTurns if request.param == "shared" else OwnTurns)
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


def go(turns: Turns, wait: Callable[[float], None]) -> Refusal:
    turn = turns.ask(0)
    assert turn is not None
    while turn.wait:
        wait(turn.wait)
        turn = turns.ask(turn.ticket)
    return Refusal(turn.lesson, turn.number)


def test_without_a_pace_nobody_waits(turns):
    line = turns()
    assert [line.ask(0).wait for _ in range(100)] == [0] * 100


def test_turns_are_evenly_spaced_and_in_order(turns):
    line = turns(DOWNLOAD_DELAY=20)
    assert [line.ask(0).wait for _ in range(4)] == pytest.approx([0, 20, 40, 60], abs=1e-2)


def test_a_rest_keeps_the_order(turns):
    line = turns(DOWNLOAD_DELAY=20)
    waiting = [line.ask(0) for _ in range(4)][1:]
    assert line.rest(100, 0, None).longer == pytest.approx(100, abs=1e-2)
    assert [line.ask(turn.ticket).wait for turn in waiting] == pytest.approx([100, 120, 140], abs=1e-2)
    assert line.ask(0).rest == pytest.approx(100, abs=1e-2)
    assert line.rest(50, 0, None).longer == 0


def test_a_told_pace_is_kept_and_slowed_down_when_it_does_not_help(turns, clock):
    line = turns()
    under_way = [go(line, clock.wait) for _ in range(3)]
    for refusal in under_way:
        assert line.rest(0.01, 0.02, refusal).pace == pytest.approx(0.02, abs=1e-3)
    *_, refusal = [go(line, clock.wait) for _ in range(5)]
    assert refusal.lesson == 1
    clock.wait(10)
    slower = line.rest(0.01, 0.02, refusal).pace
    assert slower == pytest.approx((10.07 + 4 * 0.02) / 4 * 1.1, rel=0.02)  # since the last refusal, four got through
    assert line.rest(0, 0, None).pace == slower


def test_an_untold_pace_is_what_was_let_through(turns, clock):
    line = turns()
    *_, refusal = [go(line, clock.wait) for _ in range(23)]
    for _ in range(5):
        go(line, clock.wait)
    rest = line.rest(10, 0, refusal)
    assert rest.pace == pytest.approx(10 / 22 * 1.1, abs=2e-3)
    assert rest.longer == pytest.approx(11, abs=1e-3)


def test_a_guess_is_bounded(turns, clock):
    line = turns()
    go(line, clock.wait)
    assert line.rest(200, 0, go(line, clock.wait)).pace == 10
    line = turns(MAX_PAUSE=5, site="another")
    go(line, clock.wait)
    assert line.rest(200, 0, go(line, clock.wait)).pace == 5


def test_a_refusal_before_anything_was_let_through_spaces_what_follows_and_is_no_pace(turns, clock):
    line = turns()
    assert line.rest(4, 0, go(line, clock.wait)).pace == 0
    spaces = []
    for _ in range(8):
        before = clock.now
        go(line, clock.wait)
        spaces.append(clock.now - before)
    assert spaces == pytest.approx([4, 4, 4, 2, 2, 1, 1, 0.5], abs=0.01)


def test_a_rest_of_years_outlives_what_is_kept_otherwise(fleet, redis_server, redis_url, clock):
    fleet().rest(3 * 365 * 86_400, 0, None)
    assert redis_server.client(redis_url).pttl("pace:elsewhere:line") > 3 * 365 * 86_400_000


def test_the_budget_is_spent_once(turns):
    line = turns(DAILY_BUDGET=3)
    assert [line.ask(0) is None for _ in range(5)] == [False, False, False, True, True]
    assert turns(DAILY_BUDGET=3, site="another").ask(0) is not None


def test_a_fleet_rests_together_and_each_site_for_itself(fleet):
    one, other, elsewhere = fleet(), fleet("two"), fleet("two", site="another")
    one.rest(30, 0, None)
    assert other.ask(0).wait == pytest.approx(30, abs=1e-2)
    assert elsewhere.ask(0).wait == 0


def test_a_fleet_has_one_budget_and_each_address_its_own_as_well(fleet, tmp_path):
    one, other = fleet("one", DAILY_BUDGET=10), fleet("two", DAILY_BUDGET=10)
    assert [turns.ask(0) is None for turns in (one, other) * 6] == [False] * 10 + [True] * 2
    alone = open_turns(tmp_path / "one", "", DAILY_BUDGET=6)
    assert [alone.ask(0) is None for _ in range(2)] == [False, True]
    alone.close()


def test_hours_that_are_over_are_forgiven_and_forgotten(fleet, redis_server, redis_url, clock):
    hour = int(clock.now // HOUR)
    client = redis_server.client(redis_url)
    spent = {hour - 60: 1000, hour - 25: 1000, hour - 24: 2, hour: 1}
    client.hset("pace:elsewhere:hours", mapping=spent)
    turns = fleet(DAILY_BUDGET=5)
    assert [turns.ask(0) is None for _ in range(3)] == [False, False, True]
    assert str(hour - 60) not in client.hgetall("pace:elsewhere:hours")


def test_a_clock_that_is_set_back_holds_nobody_up(fleet, redis_server, redis_url):
    client = redis_server.client(redis_url)
    turns = fleet(DOWNLOAD_DELAY=1)
    turns.ask(0)
    turns.rest(3, 0, None)
    for name in ("last", "start", "until"):
        client.hincrbyfloat("pace:elsewhere:line", name, 3600_000)
    assert 0 < turns.ask(0).wait <= 3.1


def test_what_was_learned_and_spent_outlives_redis(tmp_path, clock):
    with running(tmp_path / "redis") as server:
        url = fresh(server)
        turns = open_turns(tmp_path, url, DAILY_BUDGET=3)
        turns.rest(0, 40, go(turns, clock.wait))
        server.kill()
        server.start()
        assert turns.ask(0).wait > 30
        turns.close()
        swift = open_turns(tmp_path / "two", url, MAX_PAUSE=1e-3, DAILY_BUDGET=3)
        server.client(url).delete("pace:elsewhere:line", "pace:elsewhere:recent")
        server.restart()
        assert [swift.ask(0) is None for _ in range(3)] == [False, False, True]
        swift.close()


def test_a_redis_that_is_lost_for_good_ends_the_run_with_a_sentence(tmp_path):
    with running(tmp_path / "redis") as server:
        turns = open_turns(tmp_path, server.url, REDIS_PATIENCE=0.5)
        turns.ask(0)
    with pytest.raises(Refused, match="does not answer any more"):
        turns.ask(0)
    turns.close()
    with pytest.raises(BadArgument):
        open_turns(tmp_path, server.url)


def take(folder: str, url: str, times: int) -> None:
    turns = open_turns(Path(folder), url, DOWNLOAD_DELAY=0.02)
    for _ in range(times):
        go(turns, time.sleep)
    turns.close()


def test_together_they_are_no_faster_than_one(tmp_path, redis_url, redis_server):
    with get_context("spawn").Pool(4) as pool:
        pool.starmap(take, [(str(tmp_path), redis_url, 15)] * 4)
    # When each was let go, by the clock of Redis, in milliseconds.
    went = [float(each) for each in redis_server.client(redis_url).lrange("pace:elsewhere:recent", 0, -1)]
    assert 2 <= len(went) <= 60  # all of them, unless the machine needed a minute
    assert min(later - earlier for earlier, later in pairwise(went)) > 20 - 0.01
