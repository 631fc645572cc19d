"""Who leads one round of a fleet after the other, or takes over in the middle of one, knows what is left to do."""

from __future__ import annotations

from typing import Any

import pytest

from jira_crawler.crawl.engine import CrawlEngine, jira_engine
from jira_crawler.crawl.lead import Lead
from jira_crawler.crawl.scope import Job
from jira_crawler.crawl.session import Certificate, CrawlState, Session
from jira_crawler.crawl.task import Task
from jira_crawler.sites import Site
from jira_crawler.trackers.jira.page_size import PageSize

SITE = Site("made_up", "https://jira.example.org")
A1, B2 = Job("A1"), Job("B2", verify="true")
RUN = 1_700_000_000_000


def begun(**more: Any) -> CrawlState:
    """What a lead has noted that counted A1."""
    known: dict[str, Any] = {"dialect": "server", "counted": {"A1": 5}, "phases": 0, "clock": 5}
    return CrawlState(run=RUN, **known | more)


@pytest.fixture
def session() -> Session:
    store: Any = None  # nobody looks into it here
    return Session(SITE, CrawlState(run=1), store, shared=True)


@pytest.fixture
def engine(session: Session) -> CrawlEngine:
    return jira_engine(session, PageSize(50, 10.0, 2**20), window_issues=500, refines=True)


@pytest.fixture
def lead(engine: CrawlEngine) -> Lead:
    assert engine.lead
    engine.lead.plan.open = lambda project: iter(())  # type: ignore[method-assign]
    return engine.lead


def kinds(tasks: Any) -> list[str]:
    return [f"{type(task).__name__} {task.project}".strip() for task in tasks if isinstance(task, Task)]


def test_a_round_begins_with_the_introduction_and_a_going_one_with_its_counts(lead: Lead, session: Session) -> None:
    lead.take_round(CrawlState(run=0))
    assert kinds(lead.take_up([A1])) == ["Probe"]
    lead.take_round(begun())
    assert kinds(lead.take_up([A1, B2])) == ["CountProject B2"]
    assert session.counted == {"A1": 5}
    assert (session.state.run, session.state.site) == (RUN, SITE.url)


def test_what_comes_while_the_site_is_being_asked_who_it_is_waits_for_that(lead: Lead) -> None:
    lead.take_round(CrawlState(run=0))
    assert kinds(lead.take_up([A1])) == ["Probe"]
    assert kinds(lead.take_up([B2])) == []


@pytest.mark.parametrize(("left", "first"), [(0, "last_pass"), (3, "recount"), (1, "recount"), (4, "last_pass")])
def test_who_takes_over_proves_anew_but_for_what_waits_in_the_frontier(lead: Lead, left: int, first: str) -> None:
    lead.take_round(begun(phases=left))
    list(lead.take_up([A1]))
    assert lead.proof.left[0].name == first


def test_what_was_missing_in_one_round_is_not_in_the_next(lead: Lead, session: Session) -> None:
    session.findings.add("A part of A1 was not listed.")
    session.counted |= {"A1": 5}
    session.listing_began |= {"A1": 7}
    lead.reconciliation.unproved |= {"A1": (5, 7)}
    lead.refused["NOPE"] = "no"
    lead.jobs["A1"] = A1
    lead.audit.lacking.add("7")
    lead.take_round(CrawlState(run=0))
    assert not any((session.findings, session.counted, session.listing_began, lead.reconciliation.unproved))
    assert not any((lead.refused, lead.jobs, lead.audit.lacking, lead.in_round))
    assert session.state.dialect == ""


def test_what_one_round_verified_the_next_verifies_again(lead: Lead, session: Session) -> None:
    """With STAY=1: five issues that were found deleted last time excuse no five that are missing now."""
    lead.take_round(begun())
    list(lead.take_up([B2]))
    lead.audit.note("B2", "deleted_or_hidden", 5)
    session.certificates["B2"] = Certificate(counted=9, held=9, verified={"deleted_or_hidden": 5})
    lead.take_round(begun(counted={"B2": 5}))
    list(lead.take_up([B2]))
    assert kinds(lead.audit.verify()) == ["ListIds B2"]
    assert session.certificates["B2"].counted is None


def test_how_far_one_listing_came_says_nothing_of_the_next(lead: Lead) -> None:
    lead.plan.noted["A1"] = 9
    lead.listing.failures.add("a question")
    lead.listing.trapped.add("A part of A1 was not listed.")
    lead.take_round(CrawlState(run=0))
    assert not any((lead.plan.noted, lead.listing.failures, lead.listing.trapped))


def test_a_job_that_comes_during_the_proof_gets_its_own_last_pass(lead: Lead, session: Session) -> None:
    """The lead was through with the last pass when B2 came, and is killed: the next one must make it."""
    lead.take_round(begun())
    list(lead.take_up([A1]))
    session.state.phases = 2
    list(lead.take_up([B2]))
    left = begun(counted={"A1": 5, "B2": 5}, phases=session.state.phases)
    lead.take_round(left)
    list(lead.take_up([A1, B2]))
    assert lead.proof.left[0].name == "last_pass"


def test_a_worker_that_does_not_lead_asks_nothing_by_itself(engine: CrawlEngine) -> None:
    assert list(engine.start()) == []
