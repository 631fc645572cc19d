"""What a fleet has to do, for somebody who looks from outside."""

from __future__ import annotations

import pytest

from jira_crawler.frontier.overview import SHOWN, Project, look, requeue
from jira_crawler.frontier.protocol import Failed
from tests.integration.frontier.conftest import SITE, ask, fail, given, take


def test_nothing_is_an_overview_too(redis):
    seen = look(redis, SITE.name)
    assert (seen.projects, seen.workers, seen.lead, seen.entries, seen.refused, seen.failures) == (
        [],
        [],
        "",
        [],
        {},
        {},
    )


def test_what_waits_is_leased_and_failed_is_counted_by_project(lead, redis):
    lead.give('{"projects": "A1,B2", "priority": 3}')
    lead.accept()
    for path in "abc":
        lead.frontier.push(ask(path, project="A1"))
    first, _ = take(lead), take(lead)
    lead.frontier.acknowledge([], [Failed(first.id, "it did not come")])
    lead.give_up("B2", "it is not there")
    seen = look(redis, SITE.name)
    assert seen.projects == [Project("A1", 3, 1, 1, 1, ""), Project("B2", 3, 0, 0, 0, "it is not there")]
    assert list(seen.failures.values()) == ["it did not come"]
    assert (seen.workers, seen.lead) == ([lead.frontier.worker], lead.frontier.worker)


def test_what_nobody_took_up_is_shown_the_oldest_first(lead, redis):
    lead.give("not a project")
    lead.accept()
    lead.give("A1")
    lead.give("B2")
    seen = look(redis, SITE.name)
    assert seen.entries == ["A1", "B2"]
    assert list(seen.refused) == ["not a project"]


def test_of_many_failures_some_are_shown(lead, redis):
    for number in range(SHOWN + 5):
        lead.frontier.push(ask(str(number)))
        fail(lead, f"no {number}")
    assert len(look(redis, SITE.name).failures) == SHOWN


@pytest.mark.parametrize(("asked", "number", "still"), [(["A1"], 1, {"B2"}), ([], 2, set()), (["C3"], 0, {"A1", "B2"})])
def test_failed_requests_wait_again_and_their_jobs_are_open(lead, redis, asked, number, still):
    lead.give("A1,B2")
    lead.accept()
    for project in ("A1", "B2"):
        lead.frontier.push(ask(project, project=project))
        fail(lead, "no")
    assert lead.conclude(given("A1", "B2"), ["no"], [])
    assert requeue(redis, SITE.name, asked) == number
    seen = {project.name: project for project in look(redis, SITE.name).projects}
    assert {name for name, project in seen.items() if project.failed} == still
    assert {job.project for job in lead.open_jobs()} == {"A1", "B2"} - still


def test_what_is_out_is_left_there(lead, redis):
    lead.give("A1")
    lead.accept()
    lead.frontier.push(ask(project="A1"))
    take(lead)
    assert requeue(redis, SITE.name, []) == 0
    assert look(redis, SITE.name).projects == [Project("A1", 0, 0, 1, 0, "")]
