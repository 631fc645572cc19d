"""What a person sees of figures."""

from __future__ import annotations

import io
from datetime import date

from rich.console import Console

from jira_crawler.metrics.gold import Gold, finished
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.showing import MOST, notes, shown

DAY = date(2026, 3, 31)
KEYS = ("site", "acme/tools")


def printed(rows: list[Gold], width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width)
    for each in shown(rows):
        console.print(each)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def cells(text: str, of: str) -> list[str]:
    [line] = [line for line in text.splitlines() if of in line]
    return [cell.strip() for cell in line.strip("│ ").split("│")]


def test_times_are_in_days_and_shares_in_percent() -> None:
    times = finished("open_time", DAY, [("merged", "all", None, None, None, 2, 129_600, 43_200, 86_400, 1)])
    assert cells(printed(times), "merged") == ["merged", "everything", "2", "1.5 d", "0.8 d", "0.8 d", "1"]
    shares = finished("labels", DAY, [("share_of_pull_requests", "label", *KEYS, "bug", 3, 2, None, None, 0)])
    assert cells(printed(shares), "bug") == [
        "share_of_pull_requests",
        "acme/tools, bug",
        "3",
        "2",
        "66.7%",
        "–",
        "0",
    ]


def test_only_the_labels_that_are_used_most_are_shown_and_the_rest_is_counted() -> None:
    many = MOST + 5
    rows = finished(
        "labels",
        DAY,
        [("share_of_pull_requests", "label", *KEYS, f"label-{at:02}", 99, at, None, None, 0) for at in range(many)],
    )
    text = printed(rows)
    assert f"label-{many - 1:02}" in text and "label-00" not in text
    assert "… and 5 rows more" in text


def test_no_milestone_is_never_left_out() -> None:
    counted: list[tuple[object, ...]] = [
        ("all", "milestone", *KEYS, f"{at}.0", 50 + at, 1, 1, 1, 0) for at in range(30)
    ]
    counted.append(("all", "milestone", *KEYS, None, 1, 1, 1, 1, 7))
    assert cells(printed(finished("lines", DAY, counted)), "no milestone")[-1] == "7"


def test_why_figures_are_of_nothing_is_said() -> None:
    def open_time(**n: int) -> list[Gold]:
        counted = [(reading, "all", None, None, None, many, 1, 1, 1, 0) for reading, many in n.items()]
        return finished("open_time", DAY, counted)

    assert list(notes(open_time())) == ["There is no pull request in the tables: crawl a GitHub."]
    assert list(notes(open_time(with_still_open=2, closed=1))) == ["Nobody has looked what landed: scrapy link does."]
    assert list(notes(open_time(with_still_open=2, closed=1, landed=1))) == []
    assert list(notes(open_time(with_still_open=2))) == []
    assert list(notes(finished("lines", DAY, []))) == []


def test_names_are_whole_on_a_narrow_screen() -> None:
    counted = [("without_reopened_gaps", "all", None, None, None, 1_000, 10**10, 1, 1, 0)]
    for at in range(2):
        counted.append(("closed", "project", "x", f"acme/tool-{at}", None, 1_000, 10**10, 1, 1, 0))
    text = printed(finished("open_time", DAY, counted), width=80)
    rows = [[cell.strip() for cell in line[1:-1].split("│")] for line in text.splitlines() if line.startswith("│")]
    assert "without_reopened_gaps" in "".join(row[0] for row in rows)
    assert "acme/tool-0" in "".join(row[1] for row in rows) and "…" not in text


def test_every_reading_has_a_name_that_fits() -> None:
    for name in METRICS:
        assert all(row.reading in printed(finished(name, DAY, [])) for row in finished(name, DAY, []))
