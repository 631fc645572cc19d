"""Comments that many issues have are canned in all lines, whatever the order in which issues came and left."""

from __future__ import annotations

import random
from pathlib import Path

import orjson
import pytest

from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.merge import merge
from jira_crawler.feeds.pull import Pull
from jira_crawler.items import Example
from jira_crawler.store.rows import Row
from jira_crawler.tasks.canned import MOST, openings
from jira_crawler.tasks.lines import told
from jira_crawler.tasks.value import CANNED, value
from tests import rows

CANNED_TEXT = "Please provide a runnable test case, because we could not see it with our version {}."
OWN_TEXT = "The lease is kept because the session {} has not ended yet; you could set a shorter timeout."


def examples(number: int, *, canned: bool = True) -> list[Example]:
    own = OWN_TEXT.format("abcdefghijklmnopqrstuvwxyz"[number]).replace("lease", f"lease{number}x")
    texts = [CANNED_TEXT.format(number), own] if canned else [own]
    return [
        Example(task_type="next_comment", variant="reply", instruction="i", input="# A", output=text) for text in texts
    ]


def line(number: int, example: Example) -> bytes:
    worth = value(example)
    metadata = {"example_type": "reply", "cluster": f"example-{number}", "representative": True}
    metadata |= {"value": worth.score, "value_reasons": told(worth.reasons)}
    shown = {name: getattr(example, name) for name in ("task_type", "instruction", "input", "output")}
    return orjson.dumps(shown | {"metadata": metadata}) + b"\n"


def put(dataset: Dataset, number: int, *, canned: bool = True) -> None:
    made = examples(number, canned=canned)
    text = b"".join(line(number, each) for each in made)
    dataset.record(_row(number, openings(made), f"{canned}"), text)


def _row(number: int, opened: bytes, version: str) -> Row:
    return rows.row(number, content=f"{number}", version=version, openings=opened)


def end(dataset: Dataset) -> None:
    dataset.commit()
    dataset.judge()
    dataset.compact()
    dataset.close()


def lines(folder: Path) -> list[bytes]:
    return sorted((folder / "ACME.jsonl").read_bytes().splitlines())


def canned(folder: Path) -> list[str]:
    read = [orjson.loads(each) for each in lines(folder)]
    found = [each for each in read if each["metadata"]["value_reasons"].startswith("canned 1")]
    assert all(each["metadata"]["value"] <= CANNED for each in found)
    return [each["output"] for each in found]


def test_what_many_issues_have_is_canned_and_nothing_else(tmp_path):
    dataset = Dataset(tmp_path)
    for number in range(MOST):
        put(dataset, number)
    end(dataset)
    assert len(canned(tmp_path)) == MOST
    assert all(text.startswith("Please") for text in canned(tmp_path))


def test_what_fewer_have_is_not(tmp_path):
    dataset = Dataset(tmp_path)
    for number in range(MOST - 1):
        put(dataset, number)
    end(dataset)
    assert canned(tmp_path) == []


@pytest.mark.parametrize("runs", [1, 2, 4])
@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_number_of_runs_do_not_show(tmp_path, runs, seed):
    order = list(range(MOST + 2))
    random.Random(seed).shuffle(order)
    for part in range(runs):
        dataset = Dataset(tmp_path / "some")
        for number in order[part::runs]:
            put(dataset, number)
        end(dataset)
    at_once = Dataset(tmp_path / "once")
    for number in range(MOST + 2):
        put(at_once, number)
    end(at_once)
    assert lines(tmp_path / "some") == lines(tmp_path / "once")


def test_one_that_changes_takes_the_mark_from_all(tmp_path):
    dataset = Dataset(tmp_path)
    for number in range(MOST):
        put(dataset, number)
    end(dataset)
    before = Dataset(tmp_path)
    put(before, 0, canned=False)
    end(before)
    assert canned(tmp_path) == []
    again = Dataset(tmp_path)
    put(again, 0)
    end(again)
    assert len(canned(tmp_path)) == MOST


def test_lines_that_stay_keep_their_mark_and_are_known_again(tmp_path):
    dataset = Dataset(tmp_path)
    for number in range(MOST):
        put(dataset, number)
    end(dataset)
    before = (tmp_path / "ACME.jsonl").read_bytes()
    again = Dataset(tmp_path)
    for number in range(MOST):
        put(again, number)
    end(again)
    assert (tmp_path / "ACME.jsonl").read_bytes() == before


def test_a_merge_reads_marked_lines_and_writes_the_same(tmp_path):
    dataset = Dataset(tmp_path / "a")
    for number in range(MOST):
        put(dataset, number)
    dataset.commit()
    dataset.judge()
    dataset.compact()
    merged = merge(dataset.store, [tmp_path / "a"], tmp_path / "b")
    assert merged.issues == {"ACME": MOST}
    assert lines(tmp_path / "b") == lines(tmp_path / "a")
    dataset.close()


def test_lines_that_call_something_canned_are_pulled_as_they_stand(tmp_path):
    dataset = Dataset(tmp_path)
    for number in range(MOST):
        put(dataset, number)
    end(dataset)
    pull = Pull.open(tmp_path)
    assert sorted(line.rstrip() for line in pull.page().lines) == lines(tmp_path)
    pull.close()
