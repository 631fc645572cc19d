"""What the documentation says is so: settings, arguments, links, commands, sentences, and what is written."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def test_what_readme_runs_prints_what_it_shows_and_leaves_what_is_documented(tmp_path: Path) -> None:
    """One story, because running it costs more than everything that is looked at afterwards."""
    session = run(tmp_path)
    it_prints_what_readme_shows(session)
    every_field_of_a_line_is_documented(session)
    every_variant_is_documented(session)
    every_field_of_the_other_files_is_documented(session)
    private_files_are_private_and_all_files_are_documented(session)


def run(folder: Path) -> Session:
    """Runs README's blocks marked `tested: sandbox` and `tested: crawl` in a folder of their own."""
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
            assert sandbox.stdout
            url = sandbox.stdout.readline().split()[-1]
            script = fenced(README, "crawl").replace(SANDBOX, url) + fenced(EXPORT, "export")
            done = subprocess.run(
                ["sh", "-ec", script], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False
            )
        finally:
            sandbox.send_signal(signal.SIGINT)
    assert done.returncode == 0, done.stderr
    return Session(done.stdout.replace(url, SANDBOX).replace(url[7:], SANDBOX[7:]), folder / "output")


def it_prints_what_readme_shows(session: Session) -> None:
    shown = shape(fenced(README, "screen"))
    assert shape(session.printed)[: len(shown)] == shown


def shape(screen: str) -> list[str]:
    """The lines of a report, whatever its numbers and however wide its columns."""
    return [" ".join(re.sub(r"[\d,.]*\d|[━─┳┻╇┴┏┡└┓┩┘]+", "0", line).split()) for line in screen.splitlines()]


def every_field_of_a_line_is_documented(session: Session) -> None:
    line = session.lines[0]
    fields = [key for key in line if key != "metadata"] + [f"metadata.{key}" for key in line["metadata"]]
    assert [row[0].strip("`") for row in rows(section(FORMAT, "## A line of a feed"))] == fields


def every_variant_is_documented(session: Session) -> None:
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


def every_field_of_the_other_files_is_documented(session: Session) -> None:
    report = json.loads((session.folder / "report.json").read_bytes())
    assert named(section(FORMAT, "## report.json")) == list(report)
    rejects = [json.loads(line) for line in (session.folder / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert rejects
    assert [*rejects[0], "payload"] == [row[0].strip("`") for row in rows(section(FORMAT, "## rejects.jsonl"))]
    assert set(named(section(FORMAT, "## The store"))) == {column.name for column in issues.columns}


def private_files_are_private_and_all_files_are_documented(session: Session) -> None:
    for path in session.folder.iterdir():
        assert path.name.startswith(".") or f"`{path.name}`" in README or path.suffix == ".jsonl"
        if path.name in ("store.sqlite", "rejects.jsonl"):
            assert path.stat().st_mode & 0o077 == 0, path
