"""`scrapy pull` writes what `/pull` answers, and says in one sentence what it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.feeds.cursor import read
from tests.conftest import command
from tests.growing import Growing


@pytest.fixture
def growing(tmp_path: Path) -> Any:
    made = Growing(tmp_path / "output")
    for number in (1, 2, 3):
        made.put(number, quality=number / 4, commit=number == 3)
    yield made
    made.close()


def pulled(growing: Growing, *switches: str) -> tuple[list[Any], dict[str, Any]]:
    done = command("pull", "-s", f"OUTPUT_DIR={growing.folder}", *switches)
    assert (done.returncode, done.stderr) == (0, "")
    *lines, last = map(json.loads, done.stdout.splitlines())
    return lines, last


def test_a_page_and_then_what_changed_while_somebody_writes(growing: Growing) -> None:
    lines, last = pulled(growing, "--min-quality", "0.5", "--tasks", "pretraining", "--projects", "acme", "-n", "100")
    assert [line["id"] for line in lines] == ["example-2-pretraining-v", "example-3-pretraining-v"]
    growing.remove(2)
    again = ["--min-quality", "0.5", "--tasks", "pretraining", "--projects", "ACME", "--after", last["cursor"]]
    assert pulled(growing, *again, "--wait", "60", "--consumer", "me")[1]["gone"] == ["example-2"]


def test_what_cannot_be_read_is_one_sentence(growing: Growing, tmp_path: Path) -> None:
    cursor = pulled(growing)[1]["cursor"]
    here, nowhere = f"OUTPUT_DIR={growing.folder}", f"OUTPUT_DIR={tmp_path / 'nowhere'}"
    for switches, status, said in (
        (["-s", here, "--after", str(read(cursor)._replace(store="other"))], 1, "another store"),
        (["-s", here, "--after", "nothing"], 2, "none that was given out"),
        (["-s", here, "-n", "1000000"], 2, "is not a whole number from 1 to 10,000"),
        (["-s", here, "--min-quality", "2"], 2, "is not a number from 0 to 1"),
        (["-s", here, "ACME"], 2, "takes switches only"),
        (["-s", nowhere], 2, "There is no store"),
    ):
        done = command("pull", *switches)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1), done.stderr
        assert said in done.stderr
    assert not (tmp_path / "nowhere").exists()
