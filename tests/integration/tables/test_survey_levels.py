"""Open cycles of service levels, as the page of a live crawl counts them: from tables, read once for each file."""

from __future__ import annotations

from typing import Any

from jira_crawler.tables import survey
from jira_crawler.tables.survey import Cycles, Surveyor
from tests.integration.tables.lake import Lake


def level(**ongoing: Any) -> dict[str, Any]:
    return {
        "name": "Time to close",
        "completedCycles": [],
        "ongoingCycle": {"startTime": {"epochMillis": 1}, **ongoing},
    }


def runs(until: int) -> dict[str, Any]:
    return level(breachTime={"epochMillis": until}, paused=False)


def test_open_cycles_of_issues_that_are_shown_are_counted_and_each_file_is_read_once(lake: Lake, monkeypatch) -> None:
    for number, month in ((1, "2024-01"), (2, "2024-01"), (3, "2024-02")):
        lake.put(number, month, customfield_6=None)
    lake.put(4, customfield_6=runs(5_000))
    lake.put(5, customfield_6=level(breached=True, paused=True))
    lake.put(6, customfield_6=level(breached=False, paused=True))
    lake.put(2, "2024-01", customfield_6=runs(3_000))
    lake.put(3, "2024-02", customfield_6=runs(4_000))
    lake.remove(3)
    lake.up()
    read: list[str] = []
    real = survey.cycles
    monkeypatch.setattr(survey, "cycles", lambda folder, name: read.append(name) or real(folder, name))
    surveyor = Surveyor(lake.folder)
    assert surveyor.look().cycles == Cycles(run_out=(3.0, 5.0), paused=2, missed=1)
    assert len(read) == 2
    lake.put(4, customfield_6={"name": "-", "completedCycles": []})
    lake.up()
    assert surveyor.look().cycles == Cycles(run_out=(3.0,), paused=2, missed=1)
    assert read[2:] == ["2024-03.parquet"]


def test_where_there_are_none_none_are_counted(lake: Lake) -> None:
    months = ("2024-01", "2024-01", "2024-02", "2024-03", "2024-03", "2024-03")
    for number, month in enumerate(months, 1):
        lake.put(number, month, customfield_6=None)
    lake.up()
    assert Surveyor(lake.folder).look().cycles == Cycles()
