"""A crawl says of itself what is wrong with it, and by no number that everybody has to read."""

from __future__ import annotations

import pytest

from jira_crawler.serve.health import BEHIND, POLLS, Health

WELL = {"now": 10_000.0, "began": 0.0, "receiving": True, "polled": 9_990.0, "poll_seconds": 60.0}
PATIENCE = POLLS * 60 + BEHIND


def health(**other: object) -> Health:
    return Health(**{**WELL, **other})  # type: ignore[arg-type]


def test_a_crawl_that_is_well_says_nothing():
    assert health().problems == ()
    assert health().public()["ready"] is True


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"trouble": "database or disk is full"}, "The store cannot be written."),
        ({"tables": "no space left on device"}, "The tables are not brought up."),
        ({"oldest": 10_000.0 - BEHIND - 1}, f"A delivery has waited for {BEHIND + 1:.0f} seconds."),
        ({"polled": 10_000 - PATIENCE - 1}, f"No poll has gone well for {PATIENCE + 1:.0f} seconds."),
        ({"polled": None, "began": 10_000 - PATIENCE - 1}, f"No poll has gone well for {PATIENCE + 1:.0f} seconds."),
        ({"credentials": "refused"}, "The tracker refuses the credentials."),
    ],
)
def test_what_is_wrong_is_a_sentence(other, said):
    assert health(**other).problems == (said,)
    assert health(**other).public()["ready"] is False


@pytest.mark.parametrize(
    "other",
    [
        {"oldest": 10_000.0 - BEHIND},
        {"polled": 10_000 - PATIENCE},
        {"polled": None, "began": 9_999.0},  # it has only just begun
        {"polled": None, "poll_seconds": 0.0},  # somebody else polls
        {"credentials": "none"},
        {"receiving": False},  # it polls
    ],
)
def test_what_may_still_be_is_no_problem(other):
    assert health(**other).problems == ()


def test_a_clock_that_was_put_back_makes_nothing_negative():
    assert health(delivered=10_005.0).public()["last_delivery_seconds"] == 0


def test_what_everybody_sees_holds_no_configuration_and_no_words_of_the_database():
    shown = health(trouble="no such host db.internal", configuration={"LIVE_HOST": "10.0.0.1"}).public()
    assert not {"trouble", "configuration"} & {*shown}
    assert "internal" not in str(shown)
