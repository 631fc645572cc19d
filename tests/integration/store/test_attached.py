"""Links to elsewhere and files in the store: written with a commit, told of once, and gone with their issue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jira_crawler.feeds.attached import AttachedParts, clear
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.attached import LEAVING, Chosen, HeldFile, HeldLinks
from tests.unit.feeds.made import lines, row

SITE = "example"
HERE = Chosen(SITE, ("ACME",))
STORED = HeldFile(SITE, "1", "70", "stored", 3, "abc", "attachments/ACME-1/70_a.txt", "text/plain", 5)


@pytest.fixture
def dataset(tmp_path: Path, url: str) -> Iterator[Dataset]:
    opened = Dataset(tmp_path / "out", url)
    for number in (1, 2, 3):
        opened.record(row(number, f"text {number}"), lines(number, f"text {number}"))
    opened.commit()
    yield opened
    opened.close()


def changed(dataset: Dataset, after: int) -> list[str]:
    return [change.id for change in dataset.store.changes(after, 10)]


def test_what_hangs_on_an_issue_is_there_after_a_commit_and_told_of_once(dataset):
    assert dataset.store.row(SITE, "1"), "the rows of tests are of another site"
    before, of = dataset.store.changes.latest(), dataset.store.attached
    dataset.hang(STORED)
    dataset.hang(HeldLinks(SITE, "2", 9, b'[{"id":1}]'))
    assert len(dataset) == 2
    assert of.files([(SITE, "1")]) == {}
    dataset.commit()
    assert of.files([(SITE, "1"), (SITE, "2")]) == {(SITE, "1"): {"70": STORED}}
    assert of.links([(SITE, "1"), (SITE, "2")]) == {(SITE, "2"): b'[{"id":1}]'}
    assert sorted(changed(dataset, before)) == ["1", "2"]
    before = dataset.store.changes.latest()
    dataset.hang(replace(STORED, asked_at=6))
    dataset.hang(HeldLinks(SITE, "2", 10, b'[{"id":1}]'))
    dataset.hang(HeldLinks(SITE, "3", 10, b"[]"))
    dataset.commit()
    assert changed(dataset, before) == []  # asked again, and nothing else came
    dataset.hang(replace(STORED, state="gone"))
    dataset.commit()
    assert changed(dataset, before) == ["1"]


def test_lines_stay_where_they_are(dataset):
    feed = (dataset.folder / "ACME.jsonl").read_bytes()
    dataset.hang(STORED)
    dataset.hang(HeldLinks(SITE, "1", 9, b"[{}]"))
    dataset.commit()
    dataset.compact()
    assert (dataset.folder / "ACME.jsonl").read_bytes() == feed


def test_links_are_asked_for_once_for_each_version_of_an_issue(dataset):
    of = dataset.store.attached
    since = of.without_links(HERE)[0].since
    assert [each.id for each in of.without_links(HERE)] == ["1", "2", "3"]
    dataset.hang(HeldLinks(SITE, "2", since, b"[]"))
    dataset.commit()
    assert [each.id for each in of.without_links(HERE)] == ["1", "3"]
    assert [each.id for each in of.without_links(HERE, before=since + 1)] == ["1", "2", "3"]
    assert [each.id for each in of.without_links(replace(HERE, after="1"))] == ["3"]
    assert of.without_links(replace(HERE, projects=("OTHER",))) == of.without_links(replace(HERE, run=99)) == []
    later = row(2, "other text", fetched_at=since + 1_000)
    dataset.record(later, lines(2, "other text"))
    dataset.commit()
    assert [each.id for each in of.without_links(HERE)] == ["1", "2", "3"]


def test_an_issue_that_is_gone_takes_all_with_it(dataset):
    parts = AttachedParts(dataset, SITE, ("ACME",), 0)
    path = dataset.folder / STORED.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"abc")
    dataset.hang(STORED)
    dataset.hang(replace(STORED, attachment="71", state="gone", path=""))
    dataset.hang(HeldLinks(SITE, "1", 9, b"[{}]"))
    dataset.commit()
    assert parts.with_files("", 10)[0].known["70"].is_there
    dataset.store.progress.remove(SITE, "1", "deleted")
    of = dataset.store.attached
    assert of.files([(SITE, "1")]) == of.links([(SITE, "1")]) == {}
    assert [file.attachment for file in of.leaving()] == ["70"]
    assert path.exists()  # as if it died here
    clear(dataset)
    assert not path.exists() and not path.parent.exists()
    assert of.leaving() == []
    clear(dataset)


def test_what_comes_of_an_issue_that_is_gone_by_then_leaves(dataset):
    dataset.store.progress.remove(SITE, "1", "deleted")
    before = dataset.store.changes.latest()
    dataset.hang(STORED)
    dataset.hang(replace(STORED, attachment="71", state="failed", path=""))
    dataset.hang(HeldLinks(SITE, "1", 9, b"[{}]"))
    dataset.hang(replace(STORED, id="999", path="attachments/ACME-9/1_x"))
    dataset.commit()
    of = dataset.store.attached
    assert {(file.id, file.attachment, file.state) for file in of.leaving()} == {
        ("1", "70", LEAVING),
        ("999", "70", LEAVING),
    }
    assert of.links([(SITE, "1")]) == {}
    assert changed(dataset, before) == []


def test_a_file_that_came_again_meanwhile_stays(dataset):
    dataset.hang(STORED)
    dataset.hang(replace(STORED, state=LEAVING))
    dataset.commit()
    leaving = dataset.store.attached.leaving()
    dataset.hang(STORED)
    dataset.commit()
    dataset.store.attached.left(leaving)
    assert dataset.store.attached.files([(SITE, "1")])[SITE, "1"] == {"70": STORED}


def test_a_commit_that_fails_is_made_again_with_all_of_it(dataset, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    dataset.hang(STORED)
    with monkeypatch.context() as patched:
        patched.setattr(dataset.store, "save", full)
        with pytest.raises(OSError, match="full"):
            dataset.commit()
    dataset.hang(replace(STORED, attachment="71"))
    dataset.commit()
    assert set(dataset.store.attached.files([(SITE, "1")])[SITE, "1"]) == {"70", "71"}


def test_a_path_belongs_to_its_site(dataset):
    dataset.hang(STORED)
    dataset.commit()
    of = dataset.store.attached
    assert of.is_taken(STORED.path, "other") and not of.is_taken(STORED.path, SITE)
    assert not of.is_taken("attachments/ACME-1/71_a.txt", "other")
