"""`scrapy stats` as a person meets it."""

from __future__ import annotations

import pytest

from jira_crawler.feeds.dataset import Dataset
from tests.conftest import command
from tests.unit.exports.conftest import issue, write_feeds


@pytest.fixture
def output(tmp_path):
    return write_feeds(
        tmp_path / "output", [issue(number, "ACME" if number % 4 else "OTHER") for number in range(1, 21)]
    )


def test_the_page_is_written_and_the_numbers_are_printed(output, tmp_path):
    done = command("stats", "-s", f"OUTPUT_DIR={output}")
    assert (done.returncode, done.stderr) == (0, "")
    assert "│ ACME    │     15 │       45 │" in done.stdout
    assert "tasks: classification 20, pretraining 20, question_answering 20" in done.stdout
    assert done.stdout.splitlines()[-1] == f"The page is {output / 'stats.html'}"
    done = command("stats", "--to", str(tmp_path / "mine.html"), "-s", f"OUTPUT_DIR={output}")
    assert done.returncode == 0
    page = (tmp_path / "mine.html").read_text()
    assert page == (output / "stats.html").read_text()
    assert page.startswith("<!doctype html>")


def test_a_refusal_is_one_sentence(output, tmp_path):
    crawl = Dataset(output)
    done = command("stats", "-s", f"OUTPUT_DIR={output}")
    crawl.close()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"scrapy stats: A crawl is writing to {output}: try again when it has ended.\n"
    for switches in (("x",), ("--to", str(tmp_path)), ("--to", str(tmp_path / "no" / "page.html"))):
        done = command("stats", *switches, "-s", f"OUTPUT_DIR={output}")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert not (output / "stats.html").exists()
    assert {each.name for each in tmp_path.iterdir()} == {"output"}


@pytest.mark.parametrize("name", ["ACME.jsonl", "NEW.jsonl", "rejects.jsonl", "report.json", "store.sqlite", "notes"])
def test_only_a_page_is_replaced(output, name):
    (output / "notes").write_text("mine")
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    done = command("stats", "--to", str(output / name), "-s", f"OUTPUT_DIR={output}")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "is not a page that scrapy stats may replace" in done.stderr
    assert {path.name: path.read_bytes() for path in output.iterdir()} == before
