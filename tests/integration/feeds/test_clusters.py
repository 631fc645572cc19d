"""Lines name their cluster of near-duplicates, whatever the order in which issues came and left."""

from __future__ import annotations

import random
from itertools import cycle, permutations
from pathlib import Path

import orjson
import pytest

from jira_crawler.exceptions import Refused
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.rows import Row
from jira_crawler.text.minhash import minhash
from tests import rows
from tests.integration.feeds.killed_judging import STEPS, killed_at

WORDS = [f"word{number}" for number in range(200)]
NEAR = [" ".join([*WORDS, extra]) for extra in ("one", "two", "three")]
FAR = " ".join(reversed(WORDS))


def row(number: int, text: str, **more: object) -> Row:
    return rows.row(number, content=text, minhash=minhash(text), **more)


def line(number: int, text: str) -> bytes:
    metadata = {"number": number, "cluster": f"example-{number}", "representative": True}
    return orjson.dumps({"text": text, "metadata": metadata}) + b"\n"


def put(dataset: Dataset, number: int, text: str) -> None:
    dataset.record(row(number, text), line(number, text) * 2)


def drop(dataset: Dataset, number: int) -> None:
    dataset.record(row(number, "", stage="Validate", reason="why", examples=0))


def end(dataset: Dataset) -> None:
    dataset.commit()
    dataset.judge()
    dataset.compact()
    dataset.close()


def named(folder: Path) -> dict[int, tuple[str, bool]]:
    """For each issue the cluster that its lines name and whether it represents it; they must agree."""
    found: dict[int, set[tuple[str, bool]]] = {}
    for text in (folder / "ACME.jsonl").read_bytes().splitlines():
        metadata = orjson.loads(text)["metadata"]
        found.setdefault(metadata["number"], set()).add((metadata["cluster"], metadata["representative"]))
    assert all(len(each) == 1 for each in found.values())
    return {number: each.pop() for number, each in found.items()}


TOGETHER = {
    1: ("example-1", True),
    2: ("example-1", False),
    3: ("example-1", False),
    4: ("example-4", True),
}


@pytest.mark.parametrize(("order", "runs"), [*zip(permutations((1, 2, 3, 4)), cycle((1, 2, 4)), strict=False)])
def test_order_and_number_of_runs_do_not_show(tmp_path, order, runs):
    texts = dict(zip((1, 2, 3, 4), (*NEAR, FAR), strict=True))
    for part in range(runs):
        dataset = Dataset(tmp_path)
        for number in order[part::runs]:
            put(dataset, number, texts[number])
        end(dataset)
    assert named(tmp_path) == TOGETHER


@pytest.fixture
def folder(tmp_path, url) -> Path:
    dataset = Dataset(tmp_path, url)
    for number, text in ((1, NEAR[0]), (2, NEAR[1]), (3, NEAR[2]), (4, FAR)):
        put(dataset, number, text)
    end(dataset)
    return tmp_path


def test_a_run_that_brings_nothing_new_touches_nothing(folder, url):
    before = (folder / "ACME.jsonl").read_bytes()
    dataset = Dataset(folder, url)
    for number, text in ((1, NEAR[0]), (2, NEAR[1]), (3, NEAR[2]), (4, FAR)):
        put(dataset, number, text)
    dataset.commit()
    assert not dataset.store.clusters.are_stale()
    end(dataset)
    assert (folder / "ACME.jsonl").read_bytes() == before


def test_when_the_representative_goes_the_next_takes_its_place(folder, url):
    dataset = Dataset(folder, url)
    drop(dataset, 1)
    end(dataset)
    assert named(folder) == {2: ("example-2", True), 3: ("example-2", False), 4: ("example-4", True)}


def test_an_issue_that_says_something_else_leaves_its_cluster(folder, url):
    dataset = Dataset(folder, url)
    put(dataset, 2, "something else altogether")
    end(dataset)
    assert named(folder) == TOGETHER | {2: ("example-2", True)}


def test_all_lines_are_kept_and_nothing_else_in_them_changes(folder):
    lines = sorted(orjson.loads(text)["text"] for text in (folder / "ACME.jsonl").read_bytes().splitlines())
    assert lines == sorted([*NEAR, FAR] * 2)


@pytest.mark.parametrize("step", STEPS)
def test_what_a_crash_interrupted_is_done_by_the_next_run(tmp_path, url, monkeypatch, step):
    dataset = Dataset(tmp_path, url)
    for number, text in ((1, NEAR[0]), (2, NEAR[1]), (3, NEAR[2]), (4, FAR)):
        put(dataset, number, text)
    dataset.commit()
    killed_at(step, dataset, monkeypatch)
    end(Dataset(tmp_path, url))
    assert named(tmp_path) == TOGETHER
    assert len((tmp_path / "ACME.jsonl").read_bytes().splitlines()) == 8


def test_a_feed_that_is_damaged_is_refused_and_stays_as_it_is(tmp_path, url):
    dataset, path = Dataset(tmp_path, url), tmp_path / "ACME.jsonl"
    for number, text in enumerate(NEAR, 1):
        put(dataset, number, text)
    dataset.commit()
    at = len(line(1, NEAR[0]) * 2)
    damaged = path.read_bytes()[:at] + bytes(at) + path.read_bytes()[2 * at :]
    path.write_bytes(damaged)
    with pytest.raises(Refused, match=f"ACME.jsonl is damaged at byte {at}: move it away"):
        dataset.judge()
    dataset.close()
    assert path.read_bytes() == damaged
    assert not list(tmp_path.glob("*.new"))


def test_many_issues_are_judged_together(tmp_path):
    dataset = Dataset(tmp_path)
    for number in random.Random(1).sample(range(1, 601), 600):
        put(dataset, number, " ".join([*WORDS, f"family{number % 3}", *(f"f{number % 3}w{n}" for n in range(100))]))
    end(dataset)
    assert {cluster for cluster, _ in named(tmp_path).values()} == {"example-1", "example-2", "example-3"}
