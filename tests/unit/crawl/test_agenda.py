"""When which pass is due, told by a clock that the test holds."""

from __future__ import annotations

import pytest

from jira_crawler.crawl.agenda import HOUR, WEEK, Agenda


def test_service_levels_have_a_time_of_their_own():
    agenda = Agenda(60.0, now=0.0, levels=900.0)
    assert agenda.due(0.0) == "head"
    agenda.ended("head", 1.0, ok=True)
    assert agenda.due(1.0) == "levels"
    agenda.ended("levels", 2.0, ok=True)
    assert agenda.due(60.0) is None
    assert agenda.due(61.0) == "head"
    agenda.ended("head", 62.0, ok=True)
    for now in (122.0, 902.0):
        assert agenda.due(now) == "head"
        agenda.ended("head", now, ok=True)
    assert agenda.due(902.0) == "levels"


@pytest.mark.parametrize("ok", [True, False])
def test_a_pass_over_service_levels_says_nothing_of_the_others(ok):
    agenda = Agenda(60.0, now=0.0, levels=900.0)
    agenda.ended("head", 1.0, ok=True)
    agenda.ended("levels", 2.0, ok=ok)
    assert (agenda.failures, agenda.due(61.0)) == (0, "head")
    agenda.ended("head", 62.0, ok=False)
    assert agenda.failures == 1
    assert agenda.due(902.0) in ("head", "levels")


def test_without_an_interval_there_is_none():
    agenda = Agenda(60.0, now=0.0, census=2 * WEEK)
    agenda.ended("head", 1.0, ok=True)
    agenda.ended("trailing", HOUR, ok=True)
    assert agenda.due(HOUR + 1) is None
