"""What the store knows of listings: progress, counts, which ids were named, and how an issue is forgotten."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from jira_crawler.store.database import connect
from jira_crawler.store.listing_progress import ProjectProgress
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store

SITE, PROJECT, RUN = "tracker", "DEMO", 1_700_000_000_000


@pytest.fixture
def file(tmp_path):
    store = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    yield store
    store.close()


def row(number: int, **chosen: object) -> Row:
    blank = Row(
        site=SITE,
        id=str(number),
        number=number,
        crawled_project=PROJECT,
        project=PROJECT,
        key=f"{PROJECT}-{number}",
        base_url="https://tracker.example",
        dialect="server",
        created=number * 1000,
        updated=number * 1000,
        fetched_at=RUN,
        run=RUN,
        version=f"v{number}",
        content=f"c{number}",
        payload=b'{"number": %d}' % number,
    )
    return replace(blank, **chosen)


@pytest.mark.parametrize(
    ("progress", "complete"),
    [
        (ProjectProgress(100, 0, None), False),
        (ProjectProgress(100, None, 100), True),
        (ProjectProgress(200, 50, 100), False),
        (ProjectProgress(100, None, 200), True),
    ],
)
def test_complete_means_that_the_last_listing_was_finished(progress, complete):
    assert progress.is_complete is complete


def test_progress_is_kept_by_site_and_project_and_part_by_part(store):
    assert store.progress.of(SITE, PROJECT) is None
    store.progress.save(SITE, PROJECT, began=100, watermark=0)
    store.progress.save(SITE, "TOOLS", began=300, watermark=7)
    store.progress.save(SITE, PROJECT, watermark=40)
    assert store.progress.of(SITE, PROJECT) == ProjectProgress(100, 40, None)
    store.progress.save(SITE, PROJECT, began=100, watermark=None, finished=100)
    assert store.progress.of(SITE, PROJECT) == ProjectProgress(100, None, 100)
    assert store.progress.of(SITE, "TOOLS") == ProjectProgress(300, 7, None)
    assert store.progress.of("other", PROJECT) is None


def test_counts_are_of_one_project_before_a_time_and_without_what_was_removed(store):
    store.save([row(n) for n in range(1, 6)] + [row(9, crawled_project="TOOLS"), row(8, site="other")], {})
    assert store.progress.held(SITE, PROJECT, 4_000) == 3
    assert store.progress.held(SITE, PROJECT, 6_000) == 5
    store.progress.remove(SITE, "2", "deleted")
    assert store.progress.held(SITE, PROJECT, 6_000) == 4
    store.save([row(3, run=RUN + 1)], {})
    assert store.progress.listed(SITE, PROJECT, RUN, 6_000) == 3
    assert store.progress.listed(SITE, PROJECT, RUN + 1, 6_000) == 1


def test_ids_that_no_listing_names_are_found_and_those_we_lack_are_told(store):
    store.save([row(n) for n in range(1, 1_201)], {})
    ids = [str(n) for n in range(1, 1_300) if n not in (5, 1_100)]
    assert store.progress.verify(SITE, PROJECT, ids, RUN) == [str(n) for n in range(1_201, 1_300)]
    assert dict(store.progress.unverified(SITE, PROJECT, RUN)) == {"5": "DEMO-5", "1100": "DEMO-1100"}
    assert len(list(store.progress.unverified(SITE, PROJECT, RUN + 1))) == 1_200  # another crawl verified nothing yet


def test_an_issue_of_another_project_is_lacking_here(store):
    store.save([row(1, crawled_project="TOOLS", project="TOOLS", key="TOOLS-1")], {})
    assert store.progress.verify(SITE, PROJECT, ["1"], RUN) == ["1"]


def test_a_removed_issue_leaves_its_reason_and_nothing_else(file, tmp_path):
    secret = bytes(range(256)) * 40  # so that it fills overflow pages
    held = row(1, payload=b"\x28\xb5\x2f\xfd" + secret, feed="DEMO.jsonl", offset=0, length=10, lines="l", examples=2)
    file.save([held, row(2)], {"DEMO.jsonl": 10})
    file.progress.remove(SITE, "1", "deleted (status 404)")
    left = file.row(SITE, "1")
    assert (left.stage, left.reason, left.payload, left.content, left.version) == (
        "Removed",
        "deleted (status 404)",
        b"",
        "",
        "",
    )
    assert (left.feed, left.offset, left.length, left.examples, left.lines) == (None, None, None, 0, "")
    assert file.feed_index.waste("DEMO.jsonl", 10) == 10
    assert file.progress.verify(SITE, PROJECT, ["1", "2"], RUN) == ["1"]
    assert [(each["id"], each["stage"]) for each in file.rejects()] == [("1", "Removed")]
    file.close()  # which ends the write-ahead log
    assert not [path for path in tmp_path.iterdir() if secret[:64] in path.read_bytes()]


def test_a_removed_issue_comes_back_when_it_is_met_again(store):
    store.save([row(1)], {})
    store.progress.remove(SITE, "1", "hidden")
    store.save([row(1, run=RUN + 1)], {})
    back = store.row(SITE, "1")
    assert (back.stage, back.run) == ("", RUN + 1)
    assert store.progress.held(SITE, PROJECT, 6_000) == 1


def test_removing_one_gives_its_twin_a_way_back(store):
    twin = row(2, content="c1", stage="Deduplicate", reason="duplicate")
    store.save([row(1, feed="DEMO.jsonl", offset=0, length=5, lines="l"), twin], {"DEMO.jsonl": 5})
    assert list(store.orphans()) == []
    store.progress.remove(SITE, "1", "deleted")
    assert [orphan.id for orphan in store.orphans()] == ["2"]


def test_a_store_is_readable_by_its_owner_only(file, tmp_path):
    file.save([row(1)], {})
    assert {path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077} == set()
    with sqlite3.connect(tmp_path / "store.sqlite") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
