"""Merged shards are what one process would have written, sorted, wherever they lie."""

from __future__ import annotations

import fsspec
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import shards
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.merge import merge
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.unit.feeds.history import HISTORY, assert_same, crawl, record
from tests.unit.feeds.made import lines, put


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_one_process_would_have_written(tmp_path, store, postgres_url, single, seed):
    folders = [tmp_path / name for name in ("output", "output", "elsewhere")]
    crawl(postgres_url, *folders, seed=seed)
    merged = merge(store, [tmp_path / "output", tmp_path / "elsewhere"], tmp_path / "merged")
    assert_same(tmp_path / "merged", single)
    assert {project: n for project, n in merged.issues.items() if n} == {"ACME": 31, "OTHER": 15}
    assert merged.near_duplicates == {"clusters": 1, "issues": 3}
    assert (merged.missing, merged.sentence) == ((), "")


def test_into_the_folder_of_the_shards_again_and_again(output, store, single, postgres_url):
    for _ in range(2):
        merge(store, [output], output)
        assert_same(output, single)
    worker = Dataset(output, postgres_url, shared=True)
    put(worker, 12, "third", updated=100, fetched_at=100)
    worker.commit()
    with (output / f"ACME.{worker.shard}.jsonl").open("ab") as file:
        file.write(lines(13, "torn"))
    merge(store, [output], output)  # while a worker is at it
    text = (output / "ACME.jsonl").read_bytes()
    assert lines(12, "third") in text
    assert b'"torn"' not in text
    assert not [path for path in output.iterdir() if path.name.endswith((".old", ".new", ".unfinished"))]
    worker.close()


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_from_and_to_anywhere(tmp_path, output, store, single, scheme):
    root = f"{scheme}://{'/' if scheme == 'memory' else ''}{tmp_path}/far"
    files, path = fsspec.core.url_to_fs(root)
    files.makedirs(path, exist_ok=True)
    files.put(str(output / "*.jsonl"), f"{path}/")
    for shard in output.glob("*.jsonl"):
        shard.unlink()
    merge(store, [str(tmp_path), root], root)
    (tmp_path / "back").mkdir()
    files.get(f"{path}/*.jsonl", f"{tmp_path / 'back'}/")
    assert_same(tmp_path / "back", single)


def test_what_one_process_left_becomes_a_shard(tmp_path, store, single, postgres_url):
    folder = tmp_path / "output"
    alone = Dataset(folder, postgres_url)
    for at in range(len(HISTORY) // 2):
        record(alone, at)
    alone.commit()
    alone.judge()
    alone.close()
    worker = Dataset(folder, postgres_url, shared=True)
    for at in range(len(HISTORY)):
        record(worker, at)
    worker.commit()
    worker.close()
    for _ in range(2):
        merge(store, [folder], folder)
        assert_same(folder, single)
    assert not [feed for feed in store.feed_index.all() if shards.is_of(feed)]
    assert (folder / f"ACME.{shards.identity(folder)}-0.jsonl").exists()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(BadArgument, match=r"Workers have written shards such as ACME\..*\.jsonl"):
        Dataset(folder, postgres_url)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_crash_while_room_is_made_loses_nothing(tmp_path, store, postgres_url, monkeypatch):
    folder = tmp_path / "output"
    for shared, number in ((False, 1), (True, 2)):
        dataset = Dataset(folder, postgres_url, shared=shared)
        put(dataset, number, f"text {number}")
        dataset.commit()
        dataset.close()
    for crash in ("jira_crawler.store.feed_index.FeedIndex.rename", "jira_crawler.feeds.target._replace"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(crash, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            merge(store, [folder], folder)
        assert (folder / "ACME.jsonl").read_bytes() == lines(1, "text 1")
    merge(store, [folder], folder)
    assert (folder / "ACME.jsonl").read_bytes() == lines(1, "text 1") + lines(2, "text 2")


def test_a_file_that_is_not_ours_is_set_aside(output, store, single):
    (output / "ACME.jsonl").write_text("somebody's\n")
    merge(store, [output], output)
    assert (output / "ACME.jsonl.old").read_text() == "somebody's\n"
    assert_same(output, single)


def test_the_feeds_of_one_process_are_whole_already(single):
    store = Store(connect(f"sqlite:///{single / 'store.sqlite'}"))
    with pytest.raises(BadArgument, match="is whole"):
        merge(store, [single], single)
    merge(store, [single], single / "copy")
    assert_same(single / "copy", single)
    store.close()


def test_an_empty_store_is_a_sentence(tmp_path, store):
    with pytest.raises(BadArgument, match="nothing to merge"):
        merge(store, [tmp_path], tmp_path / "merged")


@pytest.mark.parametrize("sources", [["nowhere"], ["nowhere", "single"], ["single"]])
def test_a_merge_that_fails_leaves_a_dataset_of_one_process_as_it_was(tmp_path, single, sources):
    store = Store(connect(f"sqlite:///{single / 'store.sqlite'}"))
    before, names = store.feed_index.all(), sorted(path.name for path in single.glob("*.jsonl*"))
    with pytest.raises(BadArgument, match="is whole"):
        merge(store, [tmp_path / source for source in sources], single)
    assert merge(store, [tmp_path / "nowhere"], tmp_path / "copy").missing
    for _ in range(2):  # a copy that lies there already is no reason to rename anything
        merge(store, [single], tmp_path / "copy")
    assert store.feed_index.all() == before
    assert sorted(path.name for path in single.glob("*.jsonl*")) == names
    store.close()
    Dataset(single).close()


def test_a_merge_that_fails_renames_nothing_even_beside_workers(tmp_path, store, postgres_url):
    folder = tmp_path / "output"
    for shared, number, where in ((False, 1, folder), (True, 2, tmp_path / "elsewhere")):
        dataset = Dataset(where, postgres_url, shared=shared)
        put(dataset, number, f"text {number}")
        dataset.commit()
        dataset.close()
    before = store.feed_index.all()
    assert merge(store, [folder], folder).missing
    assert store.feed_index.all() == before
    assert (folder / "ACME.jsonl").read_bytes() == lines(1, "text 1")
    merge(store, [folder, tmp_path / "elsewhere"], folder)
    assert (folder / "ACME.jsonl").read_bytes() == lines(1, "text 1") + lines(2, "text 2")
