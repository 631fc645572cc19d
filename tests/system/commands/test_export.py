"""`scrapy export` as a person meets it."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from fake_jira import running
from jira_crawler.feeds.dataset import Dataset
from tests.conftest import command
from tests.servers.nursery import Nursery
from tests.unit.exports.conftest import issue, write_feeds


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return write_feeds(tmp_path / "output", [issue(number) for number in range(1, 41)])


def export(folder: Path, *switches: str) -> CompletedProcess[str]:
    return command("export", *switches, "-s", f"OUTPUT_DIR={folder}")


def test_what_a_crawl_left_is_exported_and_accounted_for(crawl, tmp_path):
    with running(issues=40) as sandbox:
        crawled = crawl(sandbox.url)
    for kind in ("chat", "issues"):
        done = export(crawled.folder, "--format", kind, "--files", "jsonl", "--to", str(tmp_path / kind))
        assert (done.returncode, done.stderr) == (0, "")
        assert "in more than one split: 0 groups, 0 inputs" in done.stdout
        assert done.stdout.splitlines()[-1] == f"Exported to {tmp_path / kind}"
    records = [json.loads(line) for path in tmp_path.glob("chat/data/*") for line in path.read_text().splitlines()]
    asked = {line["id"]: line for line in crawled.examples if line["instruction"]}
    assert {record["id"] for record in records} == asked.keys()
    for record in records:
        line = asked[record["id"]]
        question, answer = record["messages"]
        assert question == {"role": "user", "content": "\n\n".join(filter(None, (line["instruction"], line["input"])))}
        assert answer == {"role": "assistant", "content": line["output"]}
        assert all(record[name] == line["metadata"][name] for name in ("issue_key", "created", "quality", "labels"))
    issues = [json.loads(line) for path in tmp_path.glob("issues/data/*") for line in path.read_text().splitlines()]
    assert {each["issue_id"] for each in issues} == {line["metadata"]["issue_id"] for line in crawled.examples}


def test_a_refusal_comes_without_traceback_and_leaves_nothing(output, tmp_path):
    for switches in (("--min-quality", "1"), ("--projects", "NOSUCH"), ("--tasks", "chess")):
        done = export(output, "--format", "alpaca", "--to", str(tmp_path / "out"), *switches)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("scrapy export: ")
        assert done.stderr.count("\n") == 1
    crawl = Dataset(output)
    done = export(output, "--format", "alpaca", "--to", str(tmp_path / "out"))
    crawl.close()
    assert (done.returncode, done.stderr) == (
        2,
        f"scrapy export: A crawl is writing to {output}: try again when it has ended.\n",
    )
    done = export(tmp_path / "nowhere", "--format", "alpaca", "--to", str(tmp_path / "out"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert [each.name for each in tmp_path.iterdir()] == ["output"]


class Held(Nursery):
    driver = "tests.system.commands.held_export"


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_stop_clears_up(output, tmp_path, told):
    to, sign, exports = tmp_path / "to", tmp_path / "sign", Held()
    to.mkdir()
    switches = ["--format", "alpaca", "--files", "jsonl", "--zstd", "--to", str(to / "out")]
    began = exports.start(["export", *switches, "-s", f"OUTPUT_DIR={output}"], tmp_path / "log", str(sign))
    while not sign.exists():
        assert exports.ended(began, 0) is None, (tmp_path / "log").read_text()
        time.sleep(0.01)
    assert list(to.glob(".out*/data/train*"))
    exports.signal(began, told)
    assert (exports.wait(began), (tmp_path / "log").read_text()) == (128 + told, "")
    assert [*to.iterdir()] == []
