"""A tracker that moves: what happens to issues, how search and direct reading tell of it, and the truth is kept."""

from __future__ import annotations

import pytest

from fake_jira.data.shelving import shelve, unshelve
from fake_jira.data.timeline import Timeline
from fake_jira.options import Options
from fake_jira.server.application import Application
from fake_jira.server.assembly import assemble
from fake_server import BadOption

NOW = 1_790_000_000.5


class Clock:
    """Stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def assembled(**options):
    options = Options(issues=60, **options)
    return Application(assemble(options, "http://sandbox"), options)


def test_the_seed_decides_whatever_the_clock_says():
    def log(seed, clock):
        application = assembled(seed=seed, mutate=0.7, clock=clock)
        for _ in range(60):
            application.mutations.between_requests()
        return application.mutations.log

    ticks = iter(range(1_790_000_000, 1_800_000_000))
    assert log(1, Clock()) == log(1, lambda: next(ticks)) != log(2, Clock())
    assert len(log(1, Clock())) == 30


def test_only_the_chosen_kinds_and_never_forever():
    mutations = assembled(mutate=5.0, mutate_kinds=("delete", "move"), mutate_most=1000, hidden=("TOOLS",)).mutations
    for _ in range(100):
        mutations.between_requests()
    assert {done.kind for done in mutations.log} == {"delete"}
    assert not mutations.corpus.timeline(frozenset({"DEMO"}), "created").issues
    assert mutations.corpus.timeline(frozenset({"TOOLS"}), "created").issues


def test_timelines_stay_in_order():
    application = assembled(mutate=3.0, mutate_most=400, index_lag=1.0, clock=(clock := Clock()))
    corpus = application.jira.corpus
    for projects in (frozenset({"DEMO"}), frozenset({"DEMO", "TOOLS"})):
        for order in ("created", "updated", "key"):
            corpus.timeline(projects, order)
    for _ in range(100):
        application.mutations.update_index()
        application.mutations.between_requests()
        clock.now += 0.3
    for (projects, order), kept in corpus._timelines.items():
        seen = (one for one in corpus.by_id.values() if one.project in projects and one.state == "present")
        assert kept == Timeline.of(order, seen)
    assert all(corpus.by_key[issue.key] is issue for issue in corpus.by_id.values())


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_nothing_is_lost_on_and_off_the_shelf(dialect):
    jira = assemble(Options(issues=60, dialect=dialect), "http://sandbox")
    for issue in jira.corpus.by_id.values():
        assert shelve(unshelve(issue), "http://sandbox", jira.embedding) == issue


@pytest.mark.parametrize("wrong", [{"mutate": -1.0}, {"mutate": float("nan")}, {"mutate_kinds": ("melt",)}])
def test_wrong_choices(wrong):
    with pytest.raises(BadOption):
        Options(**wrong)
