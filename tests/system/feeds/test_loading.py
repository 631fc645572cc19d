"""The feeds are read by the library that most people train with."""

from __future__ import annotations

import datasets

from fake_jira import running


def test_load_dataset_reads_each_feed_and_all_together(crawl, tmp_path, recwarn):
    with running(issues=150) as sandbox:
        done = crawl(sandbox.url)
    feeds = {name: str(done.folder / f"{name}.jsonl") for name in done.feeds}
    for name, lines in done.feeds.items():
        table = datasets.load_dataset("json", data_files=feeds[name], split="train", cache_dir=str(tmp_path / "cache"))
        assert len(table) == len(lines)
        assert table[0]["metadata"].keys() == lines[0]["metadata"].keys()
    together = datasets.load_dataset(
        "json", data_files=list(feeds.values()), split="train", cache_dir=str(tmp_path / "all")
    )
    assert len(together) == len(done.examples)
