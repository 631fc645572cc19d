"""A request of a fleet is never lost and never done twice for good, whoever is killed, sleeps or comes too late."""

from __future__ import annotations

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier import LEASE
from jira_crawler.frontier.lease_queue import MOST, LeaseQueue
from tests.integration.frontier.conftest import ask, expire, keys, leading, paths, reasons


def test_the_highest_priority_goes_first_and_of_one_priority_the_oldest(lead):
    for path, priority in (("a", 0), ("b", 10), ("c", 0), ("d", -1), ("e", 10)):
        assert lead.queue.push(ask(lead, path, priority))
    assert len(lead.queue) == 5
    assert paths(lead) == ["b", "e", "a", "c", "d"]
    assert len(lead.queue) == 0
    assert lead.queue.size() == 5


def test_a_job_of_higher_priority_goes_before_the_first_questions_of_the_others(lead, redis):
    redis.hset("jira:made_up:priorities", mapping={"SOON": 2, "LATE": -1})
    for path, project, priority in (("late", "LATE", 10), ("usual", "DEMO", 10), ("soon", "SOON", 0)):
        lead.queue.push(ask(lead, path, priority, project))
    assert paths(lead) == ["soon", "usual", "late"]


def test_a_repetition_goes_with_its_own_priority_and_that_of_its_project(lead, redis):
    redis.hset("jira:made_up:priorities", "SOON", 2)
    for path, project in (("x", "DEMO"), ("y", "DEMO"), ("z", "SOON")):
        lead.queue.push(ask(lead, path, 0, project))
    z, x = lead.queue.pop(), lead.queue.pop()
    lead.queue.put_back(x.replace(priority=-1, dont_filter=True))
    lead.queue.put_back(z.replace(priority=-1, dont_filter=True))
    assert paths(lead) == ["z", "y", "x"]


def test_a_question_is_taken_once_unless_it_does_not_mind(lead, worker):
    other = worker()
    other.queue.spider.state = dict(lead.queue.spider.state)
    assert lead.queue.push(ask(lead))
    assert not other.queue.push(ask(other))
    assert other.queue.push(ask(other, dont_filter=True))
    assert len(lead.queue) == 2


def test_what_a_request_carries_comes_back(lead):
    request = ask(
        lead, "x?jql=ü", method="POST", body=b"\x00\xff", headers={"Accept": "text/plain"}, cb_kwargs={"n": [1]}
    )
    lead.queue.push(request)
    taken = lead.queue.pop()
    lease = taken.meta.pop(LEASE)
    assert lease
    assert (taken.url, taken.method, taken.body, taken.headers) == (
        request.url,
        "POST",
        b"\x00\xff",
        request.headers,
    )
    assert (taken.callback, taken.cb_kwargs, taken.meta) == (request.callback, {"n": [1]}, request.meta)


def test_a_taken_request_brings_the_number_of_the_round(lead, worker):
    other = worker()
    lead.queue.push(ask(lead))
    assert other.queue.pop()
    assert other.queue.spider.run == lead.queue.spider.run


def test_what_is_settled_leaves_nothing(lead, redis):
    lead.queue.push(ask(lead))
    lead.queue.acknowledge([lead.queue.pop().meta[LEASE]], [])
    assert keys(redis) == set()
    assert lead.queue.quiet()
    assert not lead.queue.held


def test_a_lease_that_ran_out_is_given_to_another(worker):
    first, second = leading(worker()), worker()
    first.queue.push(ask(first))
    assert paths(first) == ["x"]
    assert paths(second) == []
    assert not second.queue.quiet()
    expire(first)
    assert paths(second) == ["x"]


def test_signs_of_life_keep_a_lease(worker):
    first, second = leading(worker()), worker()
    first.queue.push(ask(first))
    first.queue.pop()
    expire(first)
    first.beat()
    assert paths(second) == []


def test_a_worker_is_told_what_it_lost(worker):
    first, second = leading(worker()), worker()
    first.queue.push(ask(first))
    first.queue.pop()
    expire(first)
    second.queue.pop()
    first.beat()
    assert not first.queue.held


def test_what_takes_workers_down_takes_down_a_few_only(worker):
    first = leading(worker())
    first.queue.push(ask(first))
    for _ in range(MOST):
        assert paths(first) == ["x"]
        expire(first)
    assert paths(first) == []
    assert first.queue.quiet()
    assert reasons(first) == [f"its worker was lost {MOST} times"]
    assert first.queue.run("requeue", "DEMO") == 1
    assert paths(first) == ["x"]  # and it counts from one again
    expire(first)
    assert paths(first) == ["x"]


def test_what_is_handed_back_at_the_end_costs_no_life(worker):
    first = leading(worker())
    first.queue.push(ask(first))
    for _ in range(MOST + 1):
        assert paths(first) == ["x"]
        first.queue.release()
    assert reasons(first) == []


def test_what_failed_is_kept_until_it_is_asked_for(lead):
    for project in ("DEMO", "TOOLS"):
        lead.queue.push(ask(lead, project, project=project))
        lead.queue.acknowledge([], [(lead.queue.pop().meta[LEASE], f"no {project}")])
    assert lead.queue.quiet()
    assert sorted(reasons(lead)) == ["no DEMO", "no TOOLS"]
    assert lead.queue.run("requeue", "NONE") == 0
    assert lead.queue.run("requeue", "TOOLS") == 1
    assert paths(lead) == ["TOOLS"]
    assert lead.queue.run("requeue", "") == 1
    assert reasons(lead) == []


def test_where_to_walk_from_is_the_lowest_of_what_waits_is_out_or_failed(lead, redis):
    redis.hset("jira:made_up:jobs", mapping={"DEMO": "{}", "TOOLS": "{}"})
    for path, floor in (("a", 100), ("b", 200), ("c", 300)):
        lead.queue.push(ask(lead, path, floor=floor))
    a, b = lead.queue.pop(), lead.queue.pop()
    assert lead.queue.floors() == {"DEMO": 100}
    lead.queue.acknowledge([a.meta[LEASE]], [(b.meta[LEASE], "no")])
    assert lead.queue.floors() == {"DEMO": 200}
    lead.queue.leading = False
    assert lead.queue.floors() == {}


def test_only_a_lead_in_its_round_notes_the_state(lead, worker):
    lead.queue.save_state(lead.queue.spider.state | {"counted": {"DEMO": 3}, "listed": 5})
    other = worker()
    other.queue.save_state({"run": 9, "counted": {}})
    assert other.queue.load_state() == {"run": lead.queue.spider.run, "dialect": "server", "counted": {"DEMO": 3}}
    lead.queue.end_round()
    lead.queue.save_state({"run": 9})
    assert other.queue.load_state()["run"] == lead.queue.spider.run


def test_closing_hands_back_what_is_held(worker):
    first, second = leading(worker(600)), worker()
    first.queue.push(ask(first))
    first.queue.pop()
    first.queue.close()
    assert paths(second) == ["x"]


@pytest.mark.parametrize("url", ["", "sqlite:///x", "nonsense", "postgresql"])
def test_a_store_that_cannot_be_shared_is_refused(worker, url):
    spider = worker().queue.spider
    with pytest.raises(BadArgument, match="share a store"):
        LeaseQueue.of(spider, {"STORE_URL": url})  # type: ignore[arg-type]
