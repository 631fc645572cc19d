"""The same history of a few projects, lived through by one process or by several workers."""

from __future__ import annotations

import random
from pathlib import Path

import orjson

from jira_crawler.feeds.dataset import Dataset
from tests.unit.feeds.made import FAR, NEAR, drop, put, sorted_lines

# What came of each issue, version after version; 2 and 3 are near 1, 5 is the twin of 4.
HISTORY = [
    (3, NEAR[2], "ACME"),
    (2, NEAR[1], "OTHER"),
    (4, FAR, "ACME"),
    (12, "first", "ACME"),
    (1, NEAR[0], "ACME"),
    (5, FAR, "OTHER"),
    (12, "second", "ACME"),
    (6, "moves", "ACME"),
    (7, "goes", "GONE"),
    (6, "moves", "OTHER"),
    (7, None, "GONE"),
    *((number, f"{number} of many", "ACME" if number % 3 else "OTHER") for number in range(20, 60)),
]


def record(dataset: Dataset, at: int) -> None:
    number, text, project = HISTORY[at]
    if text is None:
        drop(dataset, number, project=project, key=f"{project}-{number}", fetched_at=at)
    else:
        put(dataset, number, text, project, updated=at + 1, fetched_at=at)


def alone(folder: Path) -> None:
    """Lets one process do it all, one after the other."""
    dataset = Dataset(folder)
    for at in range(len(HISTORY)):
        record(dataset, at)
        dataset.commit()
    dataset.judge()
    dataset.compact()
    dataset.write_rejects()
    dataset.close()


def crawl(url: str, *folders: Path, seed: int = 1) -> None:
    """Lets a worker in each folder do a share of the history, in any order."""
    workers = [Dataset(folder, url, shared=True) for folder in folders]
    order = list(range(len(HISTORY)))
    chance = random.Random(seed)
    chance.shuffle(order)
    for at in order:
        worker = chance.choice(workers)
        record(worker, at)
        if chance.random() < 0.5:
            chance.choice(workers).commit()
    for worker in workers:
        worker.commit()
        worker.close()


def assert_same(folder: Path, single: Path) -> None:
    """Both hold the same lines, and the first has them in order; of a project that has gone a file may be left."""
    for name in ("ACME.jsonl", "OTHER.jsonl", "rejects.jsonl"):
        assert sorted_lines(folder / name) == sorted_lines(single / name) != []
    assert not (folder / "GONE.jsonl").exists() or not (folder / "GONE.jsonl").read_bytes()
    numbers = [orjson.loads(each)["metadata"]["number"] for each in (folder / "ACME.jsonl").read_bytes().splitlines()]
    assert numbers == sorted(numbers)
