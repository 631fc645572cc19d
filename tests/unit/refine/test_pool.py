"""How many processes refine where nobody says it: as many as there are cores to use."""

from __future__ import annotations

import os

import pytest

from jira_crawler.refine.pool import cores, processes


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"cpu.max": "100000 100000\n"}, 1),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "10000 100000\n"}, 1),
        ({"cpu.max": "9900000 100000\n"}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"quota": "250000\n", "period": "100000\n"}, 3),
        ({"quota": "-1\n", "period": "100000\n"}, 8),
        ({"cpu.max": "nonsense"}, 8),
        ({"cpu.max": "1 0"}, 8),
        ({}, 8),
    ],
)
def test_cores_are_those_that_a_container_may_use(tmp_path, monkeypatch, said, found):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    for name, text in said.items():
        (tmp_path / name).write_text(text)
    assert cores([tmp_path / name for name in ("cpu.max", "quota", "period")]) == found


def test_who_says_a_number_gets_it():
    assert processes(3) == 3
    assert processes(0) == cores() >= 1
