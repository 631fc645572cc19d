"""A request of a fleet is never lost and never done twice for good, whoever is killed, sleeps or comes too late."""

from __future__ import annotations

import pytest

from jira_crawler.crawl.session import CrawlState
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.overview import look, requeue
from jira_crawler.frontier.protocol import Failed, FrontierLost
from jira_crawler.frontier.redis_frontier import MOST, RedisFrontier
from tests.integration.frontier.conftest import (
    SITE,
    answer,
    ask,
    expire,
    fail,
    keys,
    leading,
    names,
    paths,
    reasons,
    take,
    waiting,
)
from tests.unit.frontier import tasks
from tests.unit.frontier.contract import Contract


class TestRedis(Contract):
    """The frontier of a worker that leads; what it leads has begun."""

    @pytest.fixture
    def frontier(self, lead):
        lead.server.hset(f"{lead.stem}:jobs", mapping=dict.fromkeys(("DEMO", "TOOLS"), "{}"))
        return lead.frontier

    def spoil(self, frontier, data):
        frontier.server.hset(f"{frontier.stem}:data", frontier.server.zrange(f"{frontier.stem}:tasks", 0, -1)[0], data)

    def failures(self, frontier):
        return list(frontier.server.hvals(f"{frontier.stem}:failed"))

    def noted(self, frontier):
        return frontier.load_state()


def test_what_waits_in_redis_holds_up_no_worker(lead):
    """It is nobody's until it is asked for, and whoever looks for work does so by itself."""
    lead.frontier.push(ask())
    assert not lead.frontier.pending()


def test_a_job_of_higher_priority_goes_before_the_first_questions_of_the_others(lead, redis):
    redis.hset("jira:made_up:priorities", mapping={"SOON": 2, "LATE": -1})
    for path, project, priority in (("late", "LATE", 10), ("usual", "DEMO", 10), ("soon", "SOON", 0)):
        lead.frontier.push(ask(path, priority, project))
    assert paths(lead) == ["soon", "usual", "late"]


def test_a_released_task_goes_with_its_own_priority_and_that_of_its_project(lead, redis):
    redis.hset("jira:made_up:priorities", "SOON", 2)
    for path, priority, project in (("x", -1, "DEMO"), ("y", 0, "DEMO"), ("z", -1, "SOON")):
        lead.frontier.push(ask(path, priority, project))
    assert paths(lead) == ["z", "y", "x"]
    lead.frontier.release()
    assert paths(lead) == ["z", "y", "x"]


def test_a_question_of_one_worker_is_that_of_another(lead, worker):
    other = worker()
    other.frontier.keep(CrawlState(run=lead.frontier.round))
    assert lead.frontier.push(ask())
    assert not other.frontier.push(ask())
    assert other.frontier.push(ask("y"))
    assert waiting(lead) == 2


def test_a_leased_task_brings_the_number_of_the_round(lead, worker):
    other = worker()
    lead.frontier.push(ask())
    assert other.frontier.round == 0
    assert take(other)
    assert other.frontier.round == lead.frontier.round


def test_what_is_acknowledged_leaves_nothing(lead, redis):
    lead.frontier.push(ask())
    answer(lead)
    assert keys(redis) == set()
    assert lead.frontier.quiet()
    assert not lead.frontier.held


def test_a_lease_that_ran_out_is_given_to_another(worker):
    first, second = leading(worker()), worker()
    first.frontier.push(ask())
    assert paths(first) == ["x"]
    assert paths(second) == []
    assert not second.frontier.quiet()
    expire(first)
    assert paths(second) == ["x"]


def test_signs_of_life_keep_a_lease(worker):
    first, second = leading(worker()), worker()
    first.frontier.push(ask())
    take(first)
    expire(first)
    first.beat()
    assert paths(second) == []


def test_a_worker_is_told_what_it_lost(worker):
    first, second = leading(worker()), worker()
    first.frontier.push(ask())
    take(first)
    expire(first)
    take(second)
    first.beat()
    assert not first.frontier.held


def test_what_takes_workers_down_takes_down_a_few_only(worker):
    first = leading(worker())
    first.frontier.push(ask())
    for _ in range(MOST):
        assert paths(first) == ["x"]
        expire(first)
    assert paths(first) == []
    assert first.frontier.quiet()
    assert reasons(first) == [f"its worker was lost {MOST} times"]
    assert first.frontier.run("requeue", "DEMO") == 1
    assert paths(first) == ["x"]  # and it counts from one again
    expire(first)
    assert paths(first) == ["x"]


def test_what_is_handed_back_at_the_end_costs_no_life(worker):
    first = leading(worker())
    first.frontier.push(ask())
    for _ in range(MOST + 1):
        assert paths(first) == ["x"]
        first.frontier.release()
    assert reasons(first) == []


def test_what_failed_is_kept_until_it_is_asked_for(lead):
    for project in ("DEMO", "TOOLS"):
        lead.frontier.push(ask(project, project=project))
        fail(lead, f"no {project}")
    assert lead.frontier.quiet()
    assert sorted(reasons(lead)) == ["no DEMO", "no TOOLS"]
    assert lead.frontier.run("requeue", "NONE") == 0
    assert lead.frontier.run("requeue", "TOOLS") == 1
    assert paths(lead) == ["TOOLS"]
    assert lead.frontier.run("requeue", "") == 1
    assert reasons(lead) == []


def test_where_to_walk_from_is_the_lowest_of_what_waits_is_out_or_failed(lead, redis):
    redis.hset("jira:made_up:jobs", mapping={"DEMO": "{}", "TOOLS": "{}"})
    for path, floor in (("a", 100), ("b", 200), ("c", 300)):
        lead.frontier.push(ask(path, floor=floor))
    a, b = take(lead), take(lead)
    assert lead.frontier.watermarks() == {"DEMO": 100}
    lead.frontier.acknowledge([a.id], [Failed(b.id, "no")])
    assert lead.frontier.watermarks() == {"DEMO": 200}
    lead.frontier.leading = False
    assert lead.frontier.watermarks() == {}


def test_only_a_lead_in_its_round_notes_the_state_and_only_what_is_for_all(lead, worker):
    state = lead.frontier.state
    state.counted, state.listed = {"DEMO": 3}, 5
    lead.frontier.commit()
    other = worker()
    other.frontier.keep(CrawlState(run=9))
    other.frontier.commit()
    noted = CrawlState(run=lead.frontier.round, dialect="server", counted={"DEMO": 3})
    assert other.frontier.load_state() == noted
    lead.frontier.end_round()
    state.run = 9
    lead.frontier.commit()
    assert other.frontier.load_state() == noted


def test_a_round_is_for_its_lead_to_take_up(lead, worker):
    """Whoever begins beside it does not go on with it by itself."""
    lead.frontier.commit()
    assert worker().frontier.resume() is None


def test_closing_hands_back_what_is_held(worker):
    first, second = leading(worker(600)), worker()
    first.frontier.push(ask())
    take(first)
    first.frontier.close()
    assert paths(second) == ["x"]


@pytest.mark.parametrize("url", ["", "sqlite:///x", "nonsense", "postgresql"])
def test_a_store_that_cannot_be_shared_is_refused(redis_url, url):
    with pytest.raises(BadArgument, match="share a store"):
        RedisFrontier.open({"STORE_URL": url, "REDIS_URL": redis_url}, "jira", SITE, tasks)


def test_a_redis_that_breaks_has_one_name(lead, redis):
    lead.frontier.push(ask())
    taken = take(lead)
    redis.flushdb()
    redis.set("jira:made_up:state", "no hash")
    redis.set("jira:made_up:leases", "no set")
    doomed = (
        lambda: lead.frontier.push(ask("y")),
        lead.frontier.lease,
        lambda: lead.frontier.acknowledge([taken.id], []),
        lead.frontier.load_state,
        lead.frontier.quiet,
        lead.remembered,
    )
    for do in doomed:
        with pytest.raises(FrontierLost, match="WRONGTYPE"):
            do()


# --- what the version before left, which kept requests

OLD = {
    "in the middle": ("state", "requests", "data", "scores", "walks"),
    "all of it out": ("state", "leases", "data", "scores", "holders"),
    "just begun": ("state",),
    "failed": ("state", "data", "scores", "walks", "failed"),
    "without its state": ("requests", "data", "scores"),
}


def left_by_the_version_before(redis, names):
    request = (
        '{"url": "https://jira.example.org/rest/api/2/search", "callback": "page", "meta": {"floor": ["DEMO", 0]}}'
    )
    kept = {
        "state": {"run": "1700000000000", "dialect": '"server"', "phases": "0"},
        "data": {"1": request},
        "scores": {"1": "0"},
        "walks": {"1": "DEMO"},
        "holders": {"1": "host-1-abcdef"},
        "failed": {"1": "no answer"},
    }
    for name in names:
        if name in kept:
            redis.hset(f"jira:made_up:{name}", mapping=kept[name])
        else:
            redis.zadd(f"jira:made_up:{name}", {"1": 0})


@pytest.mark.parametrize("names", OLD.values(), ids=list(OLD))
def test_a_round_of_the_version_that_kept_requests_is_refused_and_left_as_it_is(worker, redis, names):
    left_by_the_version_before(redis, names)
    before = sorted(redis.keys("*"))
    with pytest.raises(BadArgument) as refused:
        worker()
    assert str(refused.value) == (
        "Redis holds a round of jira:made_up that another version of this crawler began: finish it with that version, "
        "or delete the keys jira:made_up:* and give the projects again."
    )
    for do in (lambda: look(redis, SITE.name), lambda: requeue(redis, SITE.name, [])):
        with pytest.raises(BadArgument, match="another version"):
            do()
    assert sorted(redis.keys("*")) == before
    for key in redis.keys("jira:made_up:*"):
        redis.delete(key)
    assert leading(worker()).frontier.push(ask())


def test_a_round_of_that_version_that_is_over_is_no_hindrance(worker, redis):
    """What it leaves is its outcome, the store's name, and jobs that are to be done."""
    redis.hset("jira:made_up:outcome", mapping={"at": "1", "report": '{"missing": []}', "merged": "{}"})
    redis.set("jira:made_up:store", "one")
    redis.set("jira:made_up:number", "1700000000000000")
    redis.hset("jira:made_up:jobs", "DEMO", '{"project": "DEMO"}')
    fleet = leading(worker())
    assert names(fleet) == ["DEMO"]
    assert fleet.frontier.push(ask())


def test_a_round_of_this_version_is_taken_up(lead, worker):
    lead.frontier.push(ask())
    assert paths(worker()) == ["x"]


def test_workers_of_the_version_before_are_given_nothing(lead, redis):
    """They look under another name, and so spoil nothing that they cannot read."""
    lead.frontier.push(ask())
    assert not redis.exists("jira:made_up:requests")
