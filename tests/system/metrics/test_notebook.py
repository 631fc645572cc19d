"""The notebook over metrics and tables: no cell fails, pictures are there, and its figures are what the rows say."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.run import run
from tests.github_tables import Made, day, made_up
from tests.servers.nursery import ROOT

NOTEBOOK = ROOT / "notebooks" / "github.ipynb"
FIGURES = """
import json
frames = {"repositories": repositories, "open_time": open_time, "survival": survival, "months": months,
    "waiting": waiting, "labels": labels, "lines": lines}
told = {name: json.loads(frame.to_json(orient="records", date_format="iso")) for name, frame in frames.items()}
print(json.dumps(told))
"""


def executed(made: Made, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], dict[str, Any], int]:
    """Runs it over rows: gives its outputs, its figures, and how many pictures there should be."""
    run("duckdb", Where(str(made.write(folder / "tables"))), folder, list(METRICS))
    monkeypatch.setenv("OUTPUT_DIR", str(folder))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    drawn = sum("plt.show()" in cell.source for cell in notebook.cells)
    notebook.cells.append(nbformat.v4.new_code_cell(FIGURES))
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} <= {"display_data", "execute_result", "stream"}
    assert not [output.text for output in outputs[:-1] if output.output_type == "stream"]
    return outputs, json.loads(outputs[-1].text), drawn


def test_the_notebook_runs_and_its_figures_are_those_of_the_rows(tmp_path, monkeypatch):
    made = made_up(400, seed=9, days=150)
    outputs, figures, drawn = executed(made, tmp_path, monkeypatch)
    assert sum("image/png" in output.get("data", {}) for output in outputs) == drawn == 6
    gone = {row["issue_id"] for row in made.rows["issues"] if row["availability"] == "deleted"}
    created = {row["issue_id"]: row["created"] for row in made.rows["issues"]}
    pulls = [row for row in made.rows["pull_requests"] if row["issue_id"] not in gone]

    assert {row["project"]: row["pull_requests"] for row in figures["repositories"]} == Counter(
        row["project"] for row in pulls
    )
    took = [(row["merged_at"] - created[row["issue_id"]]).total_seconds() for row in pulls if row["merged_at"]]
    [merged] = [row for row in figures["open_time"] if row["reading"] == "merged"]
    assert merged["n"] == len(took)
    assert merged["median"] == pytest.approx(statistics.median(took) / 86400)
    assert merged in figures["waiting"]

    shares = [row["share"] for row in figures["survival"]]
    assert shares == sorted(shares, reverse=True) and 0 < shares[-1] < 1
    # Until the first one is censored, what is left is simply what was not closed yet.
    first = min(
        at for at, row in enumerate(figures["survival"]) if at and row["share"] == figures["survival"][at - 1]["share"]
    )
    assert shares[first - 1] == pytest.approx(1 - first / len(pulls))

    by_month = Counter(f"{row['merged_at']:%Y-%m}" for row in pulls if row["merged_at"])
    assert {row["month"][:7]: row["merged"] for row in figures["months"]} == by_month

    first_of_all = figures["repositories"][0]["project"]
    [none] = [row for row in figures["lines"] if row["milestone"] == "no milestone"]
    milestones = {row["issue_id"]: row.get("milestone") for row in made.rows["issues"]}
    without = [
        row for row in pulls if row["project"] == first_of_all and row["merged_at"] and not milestones[row["issue_id"]]
    ]
    assert none["n"] + none["unknown"] == len(without)
    assert len(figures["labels"]) == 12


def test_the_notebook_runs_where_there_is_next_to_nothing(tmp_path, monkeypatch):
    made = Made()
    made.pull(1, day("2026-03-01"))
    outputs, figures, drawn = executed(made, tmp_path, monkeypatch)
    assert sum("image/png" in output.get("data", {}) for output in outputs) == drawn
    assert figures["months"] == figures["labels"] == figures["lines"] == []


def test_the_notebook_is_kept_without_what_it_said() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and all(not cell.outputs and cell.execution_count is None for cell in code)
