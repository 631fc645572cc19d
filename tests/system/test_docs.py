"""What the documentation says is so: settings, arguments, links, commands, sentences, and what is written."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jira_crawler import tasks
from jira_crawler.store.tables import issues
from tests.unit.test_docs import EXPORT, FORMAT, README, ROOT, fenced, named, rows, section

SANDBOX = "http://127.0.0.1:8080"  # as README has it


# --- what README runs


@dataclass
class Session:
    """The commands of README, run as they stand but for the port."""

    printed: str
    folder: Path

    @property
    def lines(self) -> list[dict[str, Any]]:
        feeds = [path for path in self.folder.glob("*.jsonl") if path.stem != "rejects"]
        return [json.loads(line) for path in feeds for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Runs README's blocks marked `tested: sandbox` and `tested: crawl` in a folder of their own."""
    folder = tmp_path_factory.mktemp("readme")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JIRA_")}
    env = clean | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "SCRAPY_SETTINGS_MODULE": "jira_crawler.settings",
        "XDG_STATE_HOME": str(folder / "state"),
    }
    serve = ["sh", "-c", "exec " + fenced(README, "sandbox").strip().replace("--port 8080", "--port 0")]
    with subprocess.Popen(serve, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            url = sandbox.stdout.readline().split()[-1]
            script = fenced(README, "crawl").replace(SANDBOX, url) + fenced(EXPORT, "export")
            done = subprocess.run(
                ["sh", "-ec", script], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False
            )
        finally:
            sandbox.send_signal(signal.SIGINT)
    assert done.returncode == 0, done.stderr
    yield Session(done.stdout.replace(url, SANDBOX).replace(url[7:], SANDBOX[7:]), folder / "output")


def test_the_commands_of_the_readme_run_and_print_what_it_shows(session):
    shown = shape(fenced(README, "screen"))
    assert shape(session.printed)[: len(shown)] == shown


def shape(screen: str) -> list[str]:
    """The lines of a report, whatever its numbers and however wide its columns."""
    return [" ".join(re.sub(r"[\d,.]*\d|[━─┳┻╇┴┏┡└┓┩┘]+", "0", line).split()) for line in screen.splitlines()]


def test_every_field_of_a_line_is_documented(session):
    line = session.lines[0]
    fields = [key for key in line if key != "metadata"] + [f"metadata.{key}" for key in line["metadata"]]
    assert [row[0].strip("`") for row in rows(section(FORMAT, "## A line of a feed"))] == fields


def test_every_variant_is_documented(session):
    table = [
        (row[0].strip("`"), variant)
        for row in rows(section(FORMAT, "## Tasks"))
        for variant in re.findall(r"`([^`]+)`", row[1])
    ]
    made = {(line["task_type"], line["metadata"]["example_type"]) for line in session.lines}
    possible = {
        (family.__name__.rpartition(".")[2], variant) for family in tasks.EVERY for variant in family.INSTRUCTIONS
    }
    assert made <= possible
    assert sorted(table) == sorted(possible)


def test_every_field_of_the_other_files_is_documented(session):
    report = json.loads((session.folder / "report.json").read_bytes())
    assert named(section(FORMAT, "## report.json")) == list(report)
    rejects = [json.loads(line) for line in (session.folder / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert rejects
    assert [*rejects[0], "payload"] == [row[0].strip("`") for row in rows(section(FORMAT, "## rejects.jsonl"))]
    assert set(named(section(FORMAT, "## The store"))) == {column.name for column in issues.columns}


def test_private_files_are_private_and_all_files_are_documented(session):
    for path in session.folder.iterdir():
        assert path.name.startswith(".") or f"`{path.name}`" in README or path.suffix == ".jsonl"
        if path.name in ("store.sqlite", "rejects.jsonl"):
            assert path.stat().st_mode & 0o077 == 0, path
