"""Examples of workers, which write shards beside a Postgres, are pulled where they lie; what is forgotten is gone."""

from __future__ import annotations

import time
from pathlib import Path

import orjson

from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.pull import Page, Pull
from jira_crawler.stream import Samples
from tests.growing import examples
from tests.rows import row
from tests.servers.postgres import shared


def whole(pull: Pull, after: str = "") -> tuple[set[str], list[str], str]:
    lines: set[str] = set()
    gone: list[str] = []
    page = Page(cursor=after)
    while not page.is_last:
        page = pull.page(page.cursor, None, 5)
        lines |= {orjson.loads(line)["id"] for line in page.lines}
        gone += page.gone
    return lines, gone, page.cursor


def record(dataset: Dataset, number: int, version: str = "v1") -> None:
    lines = examples(number, f"text {number} {version}")
    raw = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    dataset.record(row(number, version=version, content=f"{number} {version}"), raw)
    dataset.commit()


def test_shards_of_two_workers_and_what_is_forgotten(tmp_path: Path) -> None:
    url = shared().create()
    one, other = (Dataset(tmp_path, url, shared=True) for _ in range(2))
    for number in range(1, 9):
        record((one, other)[number % 2], number)
    pull = Pull.open(tmp_path, url)
    lines, gone, cursor = whole(pull)
    assert (lines, gone) == ({line["id"] for number in range(1, 9) for line in examples(number)}, [])
    assert {each["id"] for each in Samples(tmp_path, store_url=url, split=None)} == lines
    record(one, 3, "v2")
    (found,) = one.store.erasure.find("ACME-4")
    one.store.erasure.erase(found, int(time.time() * 1000))
    assert whole(pull, cursor)[:2] == ({line["id"] for line in examples(3)}, ["example-4"])
    pull.close()
    one.close()
    other.close()
