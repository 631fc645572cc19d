"""Several workers write one dataset: each its own shard, all of them one store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import shards
from jira_crawler.feeds.dataset import Dataset
from tests.unit.feeds.made import drop, lines, put, row


@pytest.fixture
def workers(tmp_path, postgres_url):
    """Opens workers on one store, by default in one folder, and closes what is left open."""
    opened: list[Dataset] = []

    def worker(folder: str = "output", **chosen: bool) -> Dataset:
        opened.append(Dataset(tmp_path / folder, postgres_url, **{"shared": True} | chosen))
        return opened[-1]

    yield worker
    for each in opened:
        each.close()


def shard(dataset: Dataset, project: str = "ACME") -> Path:
    return dataset.folder / shards.feed(project, dataset.shard)


def end(dataset: Dataset) -> None:
    dataset.compact()
    dataset.close()


def test_each_writes_a_shard_of_its_own(workers):
    first, second, elsewhere = workers(), workers(), workers("elsewhere")
    assert first.shard[:-2] == second.shard[:-2] != elsewhere.shard[:-2]
    assert [each.shard[-2:] for each in (first, second, elsewhere)] == ["-1", "-2", "-1"]
    for number, each in enumerate((first, second, elsewhere, first), 1):
        put(each, number, f"text {number}")
        each.commit()
    assert shard(first).read_bytes() == lines(1, "text 1") + lines(4, "text 4")
    assert shard(second).read_bytes() == lines(2, "text 2")
    assert shard(elsewhere).read_bytes() == lines(3, "text 3")


def test_one_that_is_started_again_cuts_back_and_continues_its_shard(workers):
    first, second = workers(), workers()
    put(first, 1, "a")
    put(second, 2, "b")
    first.commit()
    second.commit()
    path, name = shard(first), first.shard
    first.close()
    with path.open("ab") as file:
        file.write(b'{"torn')
    with shard(second).open("ab") as file:
        file.write(b'{"being written')
    again = workers()
    assert again.shard == name
    assert path.read_bytes() == lines(1, "a")
    assert shard(second).read_bytes().endswith(b'{"being written')
    put(again, 3, "c")
    again.commit()
    assert path.read_bytes() == lines(1, "a") + lines(3, "c")


def test_a_copy_of_a_folder_writes_other_shards(workers, tmp_path):
    first = workers()
    shutil.copytree(tmp_path / "output", tmp_path / "copy")
    assert workers("copy").shard[:-2] != first.shard[:-2]


def test_an_unchanged_issue_stays_in_whoever_has_it(workers):
    first, second = workers(), workers()
    put(first, 1, "a")
    first.commit()
    put(second, 1, "a", run=2)
    second.commit()
    assert not shard(second).exists()
    assert second.store.row("example", "1").run == 2
    put(second, 1, "a", project="OTHER", run=3)
    second.commit()
    assert shard(second, "OTHER").read_bytes() == lines(1, "a")
    end(first)
    assert shard(first).read_bytes() == b""


def test_one_that_wakes_up_late_replaces_nothing(workers):
    first, second = workers(), workers()
    put(first, 1, "old", updated=1, fetched_at=1)
    put(second, 1, "new", updated=2, fetched_at=2)
    drop(first, 2, fetched_at=1)
    put(second, 2, "readable", updated=2, fetched_at=2)
    second.commit()
    first.commit()
    assert not shard(first).exists()
    assert [second.store.row("example", each).version for each in "12"] == ["v new", "v readable"]
    put(first, 1, "newest", updated=3, fetched_at=3)
    first.commit()
    assert shard(first).read_bytes() == lines(1, "newest")


def test_a_dataset_of_one_process_believes_what_came_last(tmp_path, url):
    dataset = Dataset(tmp_path, url)
    for text, updated in (("new", 2), ("old", 1)):
        put(dataset, 1, text, updated=updated)
        dataset.commit()
    assert dataset.store.row("example", "1").version == "v old"
    dataset.close()


@pytest.mark.parametrize("order", [(10, 20), (20, 10)])
def test_of_twins_that_two_workers_have_at_once_the_lowest_stays(workers, order):
    first, second = workers(), workers()
    for each, number in zip((first, second), order, strict=True):
        put(each, number, "same")  # neither sees the other's
    first.commit()
    second.commit()
    end(first)
    end(second)
    texts = b"".join(path.read_bytes() for path in first.folder.glob("ACME.*.jsonl"))
    assert texts == lines(10, "same")


def test_a_twin_without_lines_stands_in_when_it_comes_last(workers):
    first, second = workers(), workers()
    put(first, 20, "same")
    first.commit()
    second.record(row(10, "same", stage="WriteFeeds"))
    second.commit()
    assert second.store.row("example", "20").stage == "Deduplicate"


def test_lines_that_stay_stay_where_their_shard_is_rewritten(workers):
    first, second = workers(), workers()
    for number, text in ((1, "a"), (2, "b"), (1, "changed")):
        put(first, number, text, fetched_at=number)
        first.commit()
    known = second.store.row("example", "2")
    first.compact()  # which moves 2 to the beginning
    second.record(known)
    second.commit()
    assert second.store.row("example", "2").offset == 0
    assert shard(first).read_bytes() == lines(2, "b") + lines(1, "changed")


def test_what_another_takes_while_a_shard_is_rewritten_is_its_own(workers, monkeypatch):
    first, second = workers(), workers()
    for number, text in ((1, "a"), (3, "c"), (2, "b"), (1, "changed")):
        put(first, number, text, fetched_at=number)
        first.commit()
    swap = first.store.feed_index.begin_swap

    def late(*arguments):
        put(second, 2, "taken", updated=9)
        second.commit()
        swap(*arguments)

    monkeypatch.setattr(first.store.feed_index, "begin_swap", late)
    first.compact()
    row = first.store.row("example", "2")
    assert (row.feed, row.offset) == (shard(second).name, 0)
    first.compact()
    assert shard(first).read_bytes() == lines(3, "c") + lines(1, "changed")


def test_a_crawl_of_one_process_is_refused_where_shards_are(workers, postgres_url):
    worker = workers()
    put(worker, 1, "a")
    worker.commit()
    path = shard(worker)
    worker.close()
    for folder in (worker.folder, worker.folder / "elsewhere"):
        with pytest.raises(BadArgument, match=f"Workers have written shards such as {path.name}"):
            Dataset(folder, postgres_url)
    assert path.read_bytes() == lines(1, "a")
    reading = Dataset(worker.folder, postgres_url, writing=False)
    reading.close()


def test_one_folder_is_either_the_workers_or_that_of_one_crawl(workers):
    worker = workers()
    with pytest.raises(BadArgument, match="Workers or a merge are writing"):
        workers(shared=False)
    worker.close()
    alone = workers(shared=False)
    with pytest.raises(BadArgument, match="A crawl of one process"):
        workers()
    with pytest.raises(BadArgument, match="Another crawl"):
        workers(shared=False)
    alone.close()
    workers()


def test_workers_need_a_store_that_can_be_shared(tmp_path):
    with pytest.raises(BadArgument, match="postgresql"):
        Dataset(tmp_path, shared=True)
    Dataset(tmp_path).close()
