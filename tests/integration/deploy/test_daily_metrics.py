"""What runs metrics by the day: units that systemd takes, a line that a shell runs, and a job of Spark."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

from jira_crawler.metrics.choice import opened
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.run import compute
from jira_crawler.metrics.write import table
from tests.github_tables import made_up
from tests.servers import sail

FOLDER = Path(__file__).parent.parent.parent.parent / "deploy" / "metrics"
HOME = "/srv/jira_crawler"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A checkout whose scrapy notes how it was called, and whose crawls are not complete."""
    scrapy = tmp_path / ".venv" / "bin" / "scrapy"
    scrapy.parent.mkdir(parents=True)
    scrapy.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\n[ "$1" != crawl ]\n')
    scrapy.chmod(0o755)
    return tmp_path


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units(home: Path) -> None:
    units = []
    for path in sorted(FOLDER.glob("jira-metrics.[st]*")):
        units.append(home / path.name)
        units[-1].write_text(path.read_text("utf-8").replace(HOME, str(home)))
    assert len(units) == 2
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_cron_computes_also_after_a_crawl_that_is_not_complete(home: Path) -> None:
    (home / "metrics.env").write_text("export REPOS=acme/a,acme/b ENGINE=postgres\n")
    [line] = [
        each for each in (FOLDER / "jira-metrics.cron").read_text("utf-8").splitlines() if re.match(r"[0-9*]", each)
    ]
    minute, hour, *days, command = line.split(" ", 5)
    assert (minute, hour, days) == ("15", "3", ["*", "*", "*"])
    assert "%" not in command  # which cron takes for the end of a line
    done = subprocess.run(["/bin/sh", "-c", command.replace(HOME, str(home))], cwd="/", check=False)
    assert done.returncode == 0
    crawl, metrics = (home / "called").read_text("utf-8").splitlines()
    assert crawl.startswith("crawl github -a repos=acme/a,acme/b ")
    assert metrics == "metrics --engine postgres"


def test_cron_does_nothing_elsewhere(home: Path) -> None:
    line = (FOLDER / "jira-metrics.cron").read_text("utf-8").splitlines()[-1]
    command = line.split(" ", 5)[-1].replace(f"cd {HOME}", f"cd {home}/nowhere")
    done = subprocess.run(["/bin/sh", "-c", command], cwd=home, capture_output=True, check=False)
    assert done.returncode != 0
    assert not (home / "called").exists()


@pytest.fixture
def submit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("submit", FOLDER / "submit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def session() -> Iterator[Any]:
    from jira_crawler.metrics.spark import _session

    with sail.running() as url:
        opened_here = _session(url)
        yield opened_here
        opened_here.stop()


def test_a_job_of_spark_writes_what_the_command_does(submit, session, tmp_path, capsys):
    tables = str(made_up(80, days=60).write(tmp_path / "tables"))
    with opened("duckdb", Where(tables)) as asked:
        day, rows = compute(asked, list(METRICS))
    assert submit.main(session, ["--tables", tables, "--output", str(tmp_path), "--only", "lines,labels"]) == 0
    for metric in ("lines", "labels"):
        written = pq.read_table(tmp_path / "metrics" / metric / f"{day}.parquet")
        assert written.equals(table([row for row in rows if row.metric == metric]))
    assert not (tmp_path / "metrics" / "open_time").exists()
    capsys.readouterr()
    assert submit.main(session, ["--tables", str(tmp_path / "none"), "--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"submit.py: {tmp_path}/none holds no tables")
