"""The card says what was made, and in words that the Hub understands."""

from __future__ import annotations

import re

import pytest
import yaml

from jira_crawler.exports import card
from jira_crawler.exports.formats import FORMATS
from jira_crawler.exports.options import Choice
from tests.unit.exports.conftest import KINDS, issue
from tests.unit.exports.test_export import JSONL, rows, run


def parts(to) -> tuple[dict, str]:
    _, front, body = (to / "README.md").read_text().split("---\n", 2)
    return yaml.safe_load(front), body


def table(body: str, heading: str) -> list[list[str]]:
    """The rows of the first table after a heading, without its head."""
    found = re.search(rf"{re.escape(heading)}.*?\n((?:\|[^\n]*\n)+)", body, re.DOTALL)[1]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found.splitlines()[2:]]


def test_the_front_matter_names_what_is_there(feeds, tmp_path):
    run(feeds(*(issue(number, language="" if number == 1 else "en") for number in range(1, 30))), tmp_path / "out")
    front, _ = parts(tmp_path / "out")
    assert front["language"] == ["en"]
    assert front["license"] == "other"
    assert front["task_categories"] == ["question-answering", "text-classification"]
    assert front["size_categories"] == ["n<1K"]
    assert front["pretty_name"] == "Issues of ACME"
    (config,) = front["configs"]
    for each in config["data_files"]:
        assert list((tmp_path / "out").glob(each["path"]))
    assert [each["split"] for each in config["data_files"]] == ["train", "validation", "test"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_told_with_its_type_and_meaning(feeds, tmp_path, kind):
    run(feeds(), tmp_path / "out", kind)
    front, body = parts(tmp_path / "out")
    names = [field.name for field in FORMATS[kind].fields]
    assert [each["name"] for each in front["dataset_info"]["features"]] == names
    told = table(body, "## Fields")
    assert [row[0].strip("`") for row in told] == names
    assert all(len(row) == 3 and row[2] for row in told)


def test_the_counts_are_those_of_the_files(feeds, tmp_path):
    several = [issue(number, "ACME" if number % 3 else "OTHER", quality=number / 50) for number in range(1, 51)]
    run(feeds(*several), tmp_path / "out", layout=JSONL, choice=Choice(min_quality=0.5), shares=(60, 20, 20))
    _, body = parts(tmp_path / "out")
    there = {split: rows(tmp_path / "out", split) for split in ("train", "validation", "test")}
    assert {row[0]: int(row[1]) for row in table(body, "## Counts")} == {s: len(each) for s, each in there.items()}
    for heading, key in (("Examples by task:", "task_type"), ("Examples by project:", "project")):
        for name, *numbers in table(body, heading):
            counted = [sum(row[key] == name.strip("`") for row in each) for each in there.values()]
            assert list(map(int, numbers)) == counted
    assert table(body, "## Filters") == [
        ["everything in the feeds", "50", "0", "150", "0"],
        ["quality of 0.5 or more", "26", "24", "78", "72"],
        ["no issues of benchmarks", "26", "0", "78", "0"],
        ["examples for the format alpaca", "26", "0", "52", "26"],
    ]
    assert table(body, "## Redaction") == [["`<EMAIL>`", "26"]]
    assert "**0 groups and 0 inputs" in body
    assert "(52 rows read)" in body
    assert table(body, "## Source") == [["example", "https://jira.example.org"]]
    assert "fetched on 2023-11-14" in body


def test_a_long_list_of_projects_is_cut_in_the_title(feeds, tmp_path):
    made = run(feeds(*(issue(number, f"P{number}") for number in range(1, 9))), tmp_path / "out")
    assert card.title(made) == "Issues of P1, P2, P3, P4, P5 and 3 more"
