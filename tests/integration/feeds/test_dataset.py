"""What is committed stays, what is not is as if it had never been, and the feed holds one version of each issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import shards
from jira_crawler.feeds.dataset import Dataset
from tests.unit.feeds.test_dataset import line, put, row


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "output"


def test_lines_reach_their_projects_feed_at_the_commit(folder, url):
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    put(dataset, 2, "b", project="OTHER")
    assert not (folder / "ACME.jsonl").exists()
    dataset.commit()
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a")
    assert (folder / "OTHER.jsonl").read_bytes() == line(2, "b")
    dataset.close()


def test_what_was_not_committed_is_cut_away_on_opening(folder, url):
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    dataset.commit()
    dataset.close()
    with (folder / "ACME.jsonl").open("ab") as feed:
        feed.write(b'{"id": "torn')
    dataset = Dataset(folder, url)
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a")
    put(dataset, 2, "b")
    dataset.commit()
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a") + line(2, "b")
    dataset.close()


def test_the_same_lines_again_change_nothing(folder, url):
    dataset = Dataset(folder, url)
    for _ in range(3):
        put(dataset, 1, "a")
        dataset.commit()
        dataset.compact()
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a")
    dataset.close()


def test_a_changed_issue_replaces_its_lines(folder, url):
    dataset = Dataset(folder, url)
    for number, text in ((1, "a"), (2, "b"), (1, "a, changed")):
        put(dataset, number, text)
        dataset.commit()
    dataset.compact()
    assert (folder / "ACME.jsonl").read_bytes() == line(2, "b") + line(1, "a, changed")
    put(dataset, 3, "c")
    dataset.commit()
    assert (folder / "ACME.jsonl").read_bytes().endswith(line(3, "c"))
    dataset.close()


def test_an_issue_that_moved_leaves_its_old_feed(folder, url):
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    put(dataset, 2, "b")
    dataset.commit()
    put(dataset, 1, "a", project="OTHER")
    dataset.commit()
    dataset.compact()
    assert (folder / "ACME.jsonl").read_bytes() == line(2, "b")
    assert (folder / "OTHER.jsonl").read_bytes() == line(1, "a")
    dataset.close()


@pytest.mark.parametrize("order", [(10, 20), (20, 10)])
@pytest.mark.parametrize("together", [True, False])
def test_of_one_content_the_lowest_id_stays_in_any_order(folder, url, order, together):
    dataset = Dataset(folder, url)
    for number in order:
        canonical = dataset.canonical("same")
        if canonical and canonical.number < number:
            dataset.record(row(number, "same", stage="Deduplicate"))
        else:
            put(dataset, number, "same")
        if not together:
            dataset.commit()
    dataset.commit()
    dataset.compact()
    assert (folder / "ACME.jsonl").read_bytes() == line(10, "same")
    assert [(each["id"], each["reason"]) for each in dataset.store.rejects()] == [("20", "duplicate of ACME-10")]
    dataset.close()


def test_a_loser_whose_twin_has_changed_is_an_orphan(folder, url):
    dataset = Dataset(folder, url)
    put(dataset, 10, "same")
    dataset.record(row(20, "same", stage="Deduplicate"))
    dataset.commit()
    assert list(dataset.store.orphans()) == []
    put(dataset, 10, "other by now")
    dataset.commit()
    assert [orphan.id for orphan in dataset.store.orphans()] == ["20"]
    dataset.close()


@pytest.mark.parametrize("step", ["before the note", "after the note", "after the file"])
def test_a_crash_at_any_step_of_compaction_leaves_whole_feeds(folder, url, step, monkeypatch):
    dataset = Dataset(folder, url)
    for number, text in ((1, "a"), (2, "b"), (1, "changed")):
        put(dataset, number, text)
        dataset.commit()
    fault = {"before the note": "begin_swap", "after the note": None, "after the file": "end_swap"}[step]

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if fault:
            patch.setattr(type(dataset.store.feed_index), fault, crash)
        else:
            patch.setattr("jira_crawler.feeds.files.replace", crash)
        with pytest.raises(KeyboardInterrupt):
            dataset.compact()
    dataset.close()
    dataset = Dataset(folder, url)
    dataset.compact()
    assert (folder / "ACME.jsonl").read_bytes() == line(2, "b") + line(1, "changed")
    assert not list(folder.glob("*.new"))
    dataset.close()


@pytest.mark.parametrize("how", ["gone", "short", "other lines", "a folder"])
def test_what_was_lost_with_a_feed_waits_to_be_made_again_and_nothing_is_removed(folder, url, how):
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    put(dataset, 2, "b")
    put(dataset, 3, "c", project="OTHER")
    dataset.commit()
    dataset.close()
    feed, left = folder / "ACME.jsonl", {}
    text = feed.read_bytes()
    feed.unlink()
    if how == "a folder":
        feed.mkdir()
    elif how != "gone":
        left = {"ACME.jsonl.old": text[:-1] if how == "short" else b"x" * len(text)}
        feed.write_bytes(left["ACME.jsonl.old"])
    dataset = Dataset(folder, url)
    assert [row.id for row in dataset.lost()] == ["1", "2"]
    assert dataset.store.lost_feeds() == ["ACME.jsonl"]
    assert {path.name: path.read_bytes() for path in folder.glob("*.old") if path.is_file()} == left
    put(dataset, 1, "a")
    assert [row.id for row in dataset.lost()] == ["2"]  # what is newer and waits is not made again
    put(dataset, 2, "b")
    dataset.commit()
    assert list(dataset.lost()) == []
    assert feed.read_bytes() == line(1, "a") + line(2, "b")
    dataset.close()


def test_a_feed_that_is_cut_while_it_is_written_gets_no_hole(folder, url):
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    dataset.commit()
    (folder / "ACME.jsonl").write_bytes(b"")
    put(dataset, 2, "b")
    with pytest.raises(OSError, match=r"ACME\.jsonl was removed or cut short"):
        dataset.commit()
    assert (folder / "ACME.jsonl").read_bytes() == b""
    dataset.close()


def test_no_project_writes_into_the_rejects_where_names_have_no_case(folder, url):
    dataset = Dataset(folder, url)
    for number, project in enumerate(("ACME", "REJECTS", "rejects", "REPORT"), 1):
        put(dataset, number, f"text {number}", project=project)
    dataset.commit()
    dataset.write_rejects()
    names = [path.name for path in folder.glob("*.jsonl")]
    assert len({name.casefold() for name in names}) == len(names) - 1  # two keys that differ in case only
    assert {"ACME.jsonl", "REPORT.jsonl", "REJECTS-.jsonl", "rejects-.jsonl", "rejects.jsonl"} == set(names)
    assert {shards.project(name) for name in names} == {"ACME", "REJECTS", "rejects", "REPORT"}
    dataset.close()
    dataset = Dataset(folder, url)
    assert dataset.store.lost_feeds() == []
    dataset.close()


def test_a_file_that_is_not_ours_is_set_aside(folder, url):
    folder.mkdir()
    (folder / "ACME.jsonl").write_text("somebody's\n")
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    dataset.commit()
    assert (folder / "ACME.jsonl.old").read_text() == "somebody's\n"
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a")
    dataset.close()


def test_a_commit_that_fails_leaves_the_batch_and_the_feed_as_they_were(folder, url, monkeypatch):
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    dataset.commit()
    put(dataset, 2, "b")

    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(dataset.store), "save", full)
        with pytest.raises(OSError, match="No space"):
            dataset.commit()
    assert len(dataset) == 1
    dataset.commit()
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a") + line(2, "b")
    dataset.close()


def test_lines_longer_than_a_block_survive_compaction(folder, url):
    dataset = Dataset(folder, url)
    put(dataset, 1, "a")
    put(dataset, 2, "x" * 3_000_000)
    put(dataset, 3, "c")
    dataset.commit()
    put(dataset, 1, "changed")
    dataset.commit()
    dataset.compact()
    assert (folder / "ACME.jsonl").read_bytes() == line(2, "x" * 3_000_000) + line(3, "c") + line(1, "changed")
    dataset.close()


def test_a_second_dataset_on_the_folder_is_refused(folder, url):
    dataset = Dataset(folder, url)
    with pytest.raises(BadArgument, match="Another crawl"):
        Dataset(folder, url)
    dataset.close()
    Dataset(folder, url).close()
