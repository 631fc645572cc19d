"""The benchmarks of crawls and replays judge by what was measured, and say by what."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import replay
from benchmarks.crawl import digests
from benchmarks.crawl_aims import TWO, sameness, verdicts
from benchmarks.crawl_figures import FLOOR, FULL, SCRAPE, Figures, Plan, as_json, full_with, show
from benchmarks.processes import Spent

PLAN = Plan((5_000, 40_000), 1, processes=(1, 2))
JOBS = (FLOOR, SCRAPE, FULL, TWO, "jira")


def good() -> Figures:
    """Meets every aim, by little."""
    figures = Figures(PLAN, {5_000: 30, 40_000: 210}, {5_000: 100.0, 40_000: 800.0})
    for job, size in product(JOBS, PLAN.sizes):
        thousands = size / 1000
        figures.spent[job, size] = [
            {
                FLOOR: Spent(0, thousands / 10, thousands / 10, 60),
                SCRAPE: Spent(0, thousands / 2, thousands * 0.44, 100 + thousands / 4),
                FULL: Spent(0, thousands * 2.1, thousands * 2.1, 190),
                TWO: Spent(0, thousands * 1.3, thousands * 2.2, 200, 180 + thousands / 2),
                "jira": Spent(0, thousands * 0.6, thousands * 0.5, 70),
            }[job]
        ]
    return figures


def judged(figures: Figures) -> list[str]:
    """Gives the sentences that say that an aim is missed."""
    return [sentence for sentence in verdicts(figures) if "Missed" in sentence]


def test_what_meets_every_aim_is_said_to() -> None:
    sentences = list(verdicts(good()))
    assert len(sentences) == 8
    assert all(sentence.startswith("Aim: ") and " Met: " in sentence for sentence in sentences)
    assert any("0.44 CPU s per 1,000 and 2,000 issues/s at 5,000 issues" in sentence for sentence in sentences)
    assert any("0.81 at 40,000 issues" in sentence for sentence in sentences)
    assert any("its largest worker × 1.10 (182 to 200 MB)" in sentence for sentence in sentences)
    assert any("600 MB at 40,000 issues" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("job", "size", "spent", "missed"),
    [
        (SCRAPE, 5_000, Spent(0, 2.5, 2.3, 100), ["Aim: scrape only, at most 0.45 CPU s"]),
        (SCRAPE, 5_000, Spent(0, 2.6, 2.2, 100), ["Aim: scrape only, at most 0.45 CPU s"]),
        (SCRAPE, 40_000, Spent(0, 20, 17, 130), ["Aim: scrape only, memory flat"]),
        ("jira", 5_000, Spent(0, 2.4, 2.5, 70), ["Aim: scrape only ahead of jira."]),
        ("jira", 5_000, Spent(0, 3.0, 2.1, 70), ["Aim: scrape only ahead of jira."]),
        (FULL, 40_000, Spent(0, 80, 80, 190), ["Aim: at least 0.8 efficiency"]),
        (FULL, 40_000, Spent(0, 84, 84, 220), ["Aim: full, 1 process, memory flat"]),
        (TWO, 5_000, Spent(0, 6.5, 11.1, 200, 180), ["Aim: full, 2 processes, at most 2.2 CPU s"]),
        (TWO, 5_000, Spent(0, 6.7, 11.0, 200, 180), ["Aim: full, 2 processes, at most 2.2 CPU s"]),
        (TWO, 40_000, Spent(0, 52, 88, 231, 182), ["Aim: full, 2 processes, memory flat"]),
        (TWO, 40_000, Spent(0, 52, 88, 200, 215), ["Aim: full, 2 processes, memory flat"]),
        (TWO, 40_000, Spent(0, 52, 88, 290, 205), [*["Aim: full, 2 processes, memory flat"], "Aim: a crawl and two"]),
    ],
)
def test_each_aim_is_missed_by_its_own_figure(job: str, size: int, spent: Spent, missed: list[str]) -> None:
    figures = good()
    figures.spent[job, size] = [spent]
    assert len(judged(figures)) == len(missed)
    for sentence, begins in zip(judged(figures), missed, strict=True):
        assert sentence.startswith(begins)


def test_what_was_not_seen_is_not_judged() -> None:
    figures = good()
    for size in PLAN.sizes:
        figures.spent[TWO, size] = [Spent(0, size / 800, 1, 100)]
        del figures.spent["jira", size]
    *_, last = sentences = list(verdicts(figures))
    assert last == "full, 2 processes: neither CPU nor memory is judged, because no worker was seen."
    assert len(sentences) == 5


def test_four_cores_have_a_figure_and_pairs_are_of_one_round() -> None:
    figures = good()
    figures.plan = Plan(PLAN.sizes, 3, processes=(1, 2, 4))
    walls = {1: (80, 160, 240), 2: (40, 100, 200), 4: (25, 40, 120)}
    for number, each in walls.items():
        figures.spent[full_with(number), 40_000] = [Spent(0, wall, 80, 190, 180) for wall in each]
    assert figures.efficiency(2, 40_000) == pytest.approx(0.8)
    assert "Efficiency from one process to four: 0.80 at 40,000 issues." in list(verdicts(figures))


def test_every_job_has_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    figures = good()
    figures.peers = {"jira": "jira==3.10.5"}
    show(figures, Console(width=80))
    shown = capsys.readouterr().out
    assert all(shown.count(f"\n {job} ") == 3 for job in JOBS)
    assert "jira==3.10.5" in shown
    assert "…" not in shown
    runs = as_json(figures)["runs"]
    assert isinstance(runs, list)
    assert len(runs) == 2 * len(JOBS)
    assert {"job": TWO, "issues": 5_000, "round": 1, "workers_megabytes": 182.5}.items() <= runs[6].items()


def test_feeds_are_compared_by_each_byte(tmp_path: Path) -> None:
    (tmp_path / "DEMO.jsonl").write_bytes(b"a\nb\n")
    (tmp_path / "store.sqlite").write_bytes(b"otherwise each time")
    first = digests(tmp_path)
    (tmp_path / "DEMO.jsonl").write_bytes(b"b\na\n")
    assert first.keys() == digests(tmp_path).keys() == {"DEMO.jsonl"}
    assert first != digests(tmp_path)
    assert sameness([]).endswith("the same, byte for byte.")
    assert "DIFFER: DEMO.jsonl." in sameness(["DEMO.jsonl"])


@pytest.mark.parametrize(("two", "said"), [(5.0, "Met: 2.00"), (6.0, "Missed: 1.67")])
def test_a_replay_is_judged_by_rounds(two: float, said: str) -> None:
    spent = {1: [Spent(0, 10.0, 10, 100)] * 3, 2: [Spent(0, wall, 11, 100, 90) for wall in (1.0, two, 10.0)]}
    assert said in replay.verdict(spent)
