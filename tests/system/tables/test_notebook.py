"""The notebook over the tables of a crawled tracker: no cell fails, and its figures are what the rows say."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pyarrow.parquet as pq
import pytest
from nbclient import NotebookClient

from fake_jira import running
from tests.conftest import Crawled
from tests.servers.nursery import ROOT

NOTEBOOK = ROOT / "notebooks" / "tracker.ipynb"
# What a reader of the notebook sees, as JSON, from within it.
FIGURES = """
import json
frames = {"freshness": freshness, "percentiles": percentiles, "flow": flow, "throughput": throughput,
    "reopened": reopened, "stays": stays.drop(columns="hours"), "response": response, "goals": goals, "known": known,
    "changed": changed}
told = {name: json.loads(frame.to_json(orient="records", date_format="iso")) for name, frame in frames.items()}
print(json.dumps(told))
"""


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found = [pq.read_table(path, partitioning=None) for path in sorted((folder / "tables" / table).glob("*.parquet"))]
    return [row for each in found for row in each.to_pylist()]


@pytest.fixture
def folder(crawl: Callable[..., Crawled]) -> Path:
    """The tables of a tracker that was looked at twice, with some issues changed in between."""
    with running(issues=120, dialect="cloud", seed=5) as sandbox:
        folder = crawl(sandbox.url, TABLES="1").folder
        for id_ in sorted(map(int, sandbox.truth()))[:4]:
            sandbox.mutations.apply("comment", id_)
        assert crawl(sandbox.url, TABLES="1").status == 0
    return folder


def test_the_notebook_runs_and_its_figures_are_those_of_the_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTPUT_DIR", str(folder))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    drawn = sum("plt.show()" in cell.source for cell in notebook.cells)
    notebook.cells.append(nbformat.v4.new_code_cell(FIGURES))
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} <= {"display_data", "execute_result", "stream"}
    assert sum("image/png" in output.get("data", {}) for output in outputs) == drawn == 8
    assert not [output.text for output in outputs[:-1] if output.output_type == "stream"]
    held_against_rows(json.loads(outputs[-1].text), folder)


def held_against_rows(figures: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    issues, flow, stays = (rows(folder, table) for table in ("issues", "issue_flow", "status_intervals"))
    versions = rows(folder, "issue_versions")
    created = {row["issue_id"]: row["created"] for row in issues}

    assert {row["project"]: row["issues"] for row in figures["freshness"]} == Counter(row["project"] for row in issues)

    for row in figures["percentiles"]:
        took = [each["cycle_s"] for each in flow if each["project"] == row["project"] and each["cycle_s"] is not None]
        assert row["issues"] == len(took)
        assert row["p50_days"] == pytest.approx(statistics.median(took) / 86400)

    done = Counter(
        (row["done_at"].date() - timedelta(row["done_at"].weekday())).isoformat() for row in flow if row["done_at"]
    )
    assert {row["week"][:10]: row["done"] for row in figures["throughput"] if row["done"]} == done

    days = sorted({row["day"][:10] for row in figures["flow"]})
    for day in (days[0], days[len(days) // 2], days[-1]):
        end = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)
        there = Counter(
            row["category"]
            for row in stays
            if row["valid_from"] < end and (row["valid_until"] is None or row["valid_until"] >= end)
        )
        told = {row["category"]: row["issues"] for row in figures["flow"] if row["day"][:10] == day and row["issues"]}
        assert told == there

    back = Counter(
        row["issue_id"] for row in stays if row["direction"] == "backward" and row["previous"] != "In Progress"
    )
    assert sum(row["reopened"] for row in figures["reopened"]) == len(back)
    assert sum(row["done"] for row in figures["reopened"]) == len(
        {row["issue_id"] for row in stays if row["category"] == "done"}
    )

    for row in figures["stays"]:
        spent = [each["seconds"] for each in stays if each["status"] == row["status"] and each["seconds"]]
        assert (row["stays"], row["median_hours"]) == (len(spent), pytest.approx(statistics.median(spent) / 3600))

    for row in figures["response"]:
        of_project = [each for each in flow if each["project"] == row["project"]]
        waits = [
            (each["first_response_at"] - created[each["issue_id"]]).total_seconds()
            for each in of_project
            if each["first_response_at"]
        ]
        assert (row["issues"], row["answered"]) == (len(of_project), len(waits))
        assert row["median_hours"] == pytest.approx(statistics.median(waits) / 3600)

    now = datetime.now(UTC)
    cycles = rows(folder, "sla_cycles")
    missed = [row for row in cycles if row["breached"] or (row["state"] == "ongoing" and row["breach_at"] < now)]
    assert cycles and sum(row["cycles"] for row in figures["goals"]) == len(cycles)
    assert sum(row["cycles"] for row in figures["goals"] if row["outcome"] == "missed") == len(missed)

    # One of those that were found changed was changed last, and was not known to be at the moment before.
    [known] = figures["known"]
    last = max(row["seen_from"] for row in versions)
    then = [row for row in versions if row["seen_from"] < last and (row["seen_until"] or last) >= last]
    assert known["issues_then"] == len(then) and known["issues_now"] == len(issues) == 120
    assert known["comments_then"] == sum(row["n_comments"] for row in then)
    assert known["comments_now"] == sum(row["n_comments"] for row in issues) > known["comments_then"]
    assert {row["field"]: row["versions"] for row in figures["changed"]} == Counter(
        field for row in versions if row["version"] > 1 for field in row["changed_fields"]
    )


def test_the_notebook_is_kept_without_what_it_said() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and all(not cell.outputs and cell.execution_count is None for cell in code)
