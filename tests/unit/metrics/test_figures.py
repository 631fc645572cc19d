"""Figures of made-up rows, held against loops that share nothing with ours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest

from jira_crawler.metrics.gold import finished
from jira_crawler.metrics.readings import METRICS
from tests.github_tables import Made, day, made_up
from tests.unit.metrics.asked import DAY, asked, end_of
from tests.unit.metrics.plain import expected

BEGIN = day("2026-03-01")
LATER = st.none() | st.integers(-2, 40).map(lambda days: BEGIN + timedelta(days=days, seconds=days))
SIZES = st.none() | st.integers(0, 3)


@st.composite
def rows(draw: st.DrawFn) -> Made:
    """A handful of issues and pull requests whose values meet often, with any signs between them."""
    made = Made()
    shown = []
    for number in range(draw(st.integers(0, 7))):
        whose: dict[str, Any] = {
            "project": draw(st.sampled_from(("acme/a", "acme/b"))),
            "site": draw(st.sampled_from(("x", "y"))),
        }
        whose["availability"] = draw(st.sampled_from(("present", "present", "present", "moved", None)))
        created = draw(LATER)
        if draw(st.booleans()):
            shown.append(made.issue(number, created, **whose))
            for _ in range(draw(st.integers(0, 2))):
                ends = {
                    "landed_at": draw(LATER),
                    "landed_how": draw(st.sampled_from((None, "", "merge", "bulk_close"))),
                }
                reverted = draw(st.sampled_from((None, "", "f")))
                made.pair(shown[-1], draw(st.sampled_from("AB")), reverted_by=reverted, **ends)
            continue
        times: dict[str, Any] = {name: draw(LATER) for name in ("merged_at", "closed_at", "landed_at")}
        shown.append(
            made.pull(
                number,
                created,
                **whose,
                **times,
                labels=draw(st.none() | st.lists(st.none() | st.sampled_from("abc"), max_size=3)),
                milestone=draw(st.sampled_from((None, "", "one", "two"))),
                merge_commit=draw(st.sampled_from((None, "c1", "c2"))),
                landed_how=draw(st.sampled_from((None, "", "script", "bulk_close"))),
                additions=draw(SIZES),
                deletions=draw(SIZES),
            )
        )
        moments = sorted(draw(st.sets(st.integers(0, 9), max_size=4)))
        statuses = draw(st.sampled_from((("open", "closed"), ("closed", "open"))))
        steps = [(statuses[at % 2], BEGIN + timedelta(hours=hours)) for at, hours in enumerate(moments)]
        if steps:
            made.stays(shown[-1], *steps)
    for row in shown:
        for _ in range(draw(st.integers(0, 2))):
            other = draw(st.sampled_from(shown))
            name = draw(st.sampled_from((other["issue_key"], None, "", "else/where#1")))
            id_ = draw(st.sampled_from((other["issue_id"], None)))
            kind = draw(st.sampled_from(("closer", "reference", "connected")))
            made.closing(row, kind, other_key=name, other_id=id_, commit=draw(st.sampled_from((None, "", "c1", "c2"))))
    return made


@hypothesis.given(rows())
@hypothesis.settings(max_examples=hypothesis.settings().max_examples // 6)  # four questions each
def test_every_figure_of_any_rows_is_the_plain_one(made: Made) -> None:
    found = asked(made)
    wanted = expected(made.rows, end_of(DAY))
    assert {metric: found.get(metric, {}) for metric in wanted} == wanted


@pytest.mark.parametrize("at", [DAY, date(2025, 3, 1)])
def test_every_figure_of_many_rows_is_the_plain_one(at: date) -> None:
    made = made_up(600, seed=7)
    wanted = expected(made.rows, end_of(at))
    assert all(len(them) > 20 for them in wanted.values())
    assert asked(made, at) == wanted


def test_everything_is_the_sum_of_its_projects_and_those_of_their_milestones() -> None:
    found = asked(made_up(400, seed=3))
    for figures in found.values():
        for (reading, by, *_), (n, total, _, _, unknown) in list(figures.items()):
            if by != "all":
                continue
            for level in {key[1] for key in figures} - {"all", "label"}:
                parts = [each for key, each in figures.items() if key[:2] == (reading, level)]
                sums = tuple(sum(each[at] for each in parts) for at in (0, 1, 4))  # type: ignore[misc]
                assert sums == (n, total, unknown)


def test_a_reading_of_nothing_is_told_with_no_mean() -> None:
    for name, metric in METRICS.items():
        told = finished(name, DAY, [])
        assert [row.reading for row in told] == [each.name for each in metric.readings if each.of_everything]
        assert {(row.level, row.n, row.sum, row.mean, row.median, row.unknown) for row in told} == {
            ("all", 0, 0, None, None, 0)
        }
