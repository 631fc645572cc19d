"""Who lives, who leads, what is to be crawled and what came of it: what workers tell each other."""

from __future__ import annotations

import time

from jira_crawler.frontier import jobs
from jira_crawler.sites import Site
from tests.integration.frontier.conftest import ask, fail, names, paths, reasons

URL = "https://jira.example.org"


# --- who lives, who leads


def test_the_first_leads_until_it_leaves(worker):
    first, second = worker(), worker()
    assert (first.beat(), second.beat(), first.beat()) == (True, False, True)
    assert first.others()
    first.leave()
    assert second.beat()
    assert not second.others()


def test_who_falls_silent_loses_the_lead(worker, redis):
    first, second = worker(0.05), worker()
    assert first.beat()
    time.sleep(0.1)
    assert not second.others()
    assert second.beat()
    assert not first.beat()
    assert not first.frontier.leading
    assert redis.get("jira:made_up:lead") == second.frontier.worker


def test_who_leaves_takes_the_lead_from_nobody(worker, redis):
    first, second = worker(), worker()
    assert first.beat()
    redis.delete("jira:made_up:lead")  # as if it had run out
    assert second.beat()
    first.leave()
    assert redis.get("jira:made_up:lead") == second.frontier.worker


def test_only_the_clock_of_redis_counts(worker, monkeypatch):
    first, second = worker(), worker()
    monkeypatch.setattr(time, "time", lambda: 5.0)
    assert first.beat()
    assert not second.beat()
    assert second.others()
    assert abs(first.now() - second.now()) < 10_000


# --- what to crawl


def test_entries_become_jobs_those_of_the_highest_priority_first(lead):
    lead.give("A1", '{"projects": "B2,C3", "priority": 2}')
    assert lead.waiting()
    lead.accept()
    assert not lead.waiting()
    assert names(lead) == ["B2", "C3", "A1"]


def test_an_entry_of_another_site_is_left_for_its_workers(lead, worker):
    lead.give(f"{URL}/browse/A1-1", "https://elsewhere.example.net/browse/B2-1")
    lead.accept()
    assert names(lead) == []
    assert not lead.waiting()
    other = worker(site=Site("elsewhere.example.net", "https://elsewhere.example.net"))
    other.beat()
    other.accept()
    assert names(other) == ["B2"]
    assert names(lead) == []


def test_what_says_nothing_is_laid_aside(lead, redis):
    lead.give("not a project", "A1", "{")
    lead.accept()
    assert names(lead) == ["A1"]
    assert set(redis.hkeys("jira:start_urls:refused")) == {"{", "not a project"}
    assert redis.llen("jira:start_urls") == 0


def test_what_is_given_twice_is_one_job_as_it_was_given_last(lead, redis):
    lead.give("A1")
    lead.give('{"projects": "A1", "priority": 4, "full": true}')
    lead.accept()
    (job,) = lead.open_jobs()
    assert (job.priority, job.full) == (4, True)
    assert redis.hgetall("jira:made_up:priorities") == {"A1": "4"}


def test_a_job_that_came_to_nothing_waits_until_it_is_given_again(lead):
    lead.give("A1,B2")
    lead.accept()
    lead.give_up("A1", "it is not there")
    assert names(lead) == ["B2"]
    lead.give("A1")
    lead.accept()
    assert names(lead) == ["A1", "B2"]


def test_what_failed_is_tried_again_when_its_project_is_given_again(lead):
    lead.frontier.push(ask(project="A1"))
    fail(lead, "no")
    lead.give("A1")
    lead.accept()
    assert reasons(lead) == []
    assert paths(lead) == ["x"]


def test_bytes_that_are_no_text_are_laid_aside(lead, redis):
    redis.lpush("jira:start_urls", b"\xff\xfe", "A1", b'{"projects": "\xff"}')
    lead.accept()
    assert names(lead) == ["A1"]
    assert not lead.waiting()
    assert redis.hlen("jira:start_urls:refused") == 2


def test_an_address_that_python_cannot_read_is_laid_aside(lead):
    lead.give("https://[::1/browse/A-1", "A1")
    lead.accept()
    assert names(lead) == ["A1"]
    assert not lead.waiting()


def test_a_long_list_for_others_costs_little_each_time(lead):
    """Several fleets share the list, and every idle worker looks at it five times a second."""
    lead.give(*(f"https://elsewhere.example.net/browse/A{n}-1" for n in range(5_000)))
    lead.accept()  # whoever sees them for the first time has to read them
    read = jobs._read.cache_info()
    assert not lead.waiting()
    again = jobs._read.cache_info()
    assert (again.misses - read.misses, again.hits - read.hits) == (0, 5_000)
