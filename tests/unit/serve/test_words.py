"""Numbers and times are read at a glance, and none of them is negative or in another unit than it says."""

from __future__ import annotations

import pytest

from jira_crawler.serve.words import ago, ahead, clock, counted, lasting, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *(
            (-3, "0 s"),
            (0.0, "0 s"),
            (0.44, "0.4 s"),
            (9.94, "9.9 s"),
            (9.96, "10 s"),
            (59.4, "59 s"),
            (59.6, "1 min"),
        ),
        *((3_599, "59 min"), (3_600, "1 h"), (12_000, "3 h 20 min"), (86_399, "23 h 59 min"), (86_400, "1 d")),
        (190_000, "2 d 4 h"),
    ],
)
def test_how_long_it_takes(seconds, said):
    assert lasting(seconds) == said


def test_when_it_was_and_will_be():
    assert [ago(at, 100.0) for at in (None, 101.0, 99.0, 97.5)] == ["never", "just now", "just now", "2 s ago"]
    assert [ahead(at, 100.0) for at in (None, 90.0, 100.5, 104.9)] == ["–", "now", "now", "in 4 s"]


def test_a_time_of_another_day_has_its_day():
    assert clock(1_790_000_000, 1_790_000_600) == "14:13:20"
    assert clock(1_789_900_000, 1_790_000_600) == "2026-09-20 10:26"


@pytest.mark.parametrize(
    ("many", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (12_345, "12.3 kB"), (4_560_000, "4.56 MB"), (2_000_000_000_000, "2,000 GB")],
)
def test_bytes(many, said):
    assert size(many) == said


def test_one_and_several():
    assert [counted(n, "delivery", "deliveries") for n in (0, 1, 1_000)] == [
        "0 deliveries",
        "1 delivery",
        "1,000 deliveries",
    ]
