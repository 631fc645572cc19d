"""What is forgotten leaves the store, does not come back into it, and is counted as the tracker counts it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from jira_crawler.feeds import erasure as of_feeds
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.deliveries import FORGOTTEN, Delivery
from jira_crawler.store.listing_progress import NEVER
from jira_crawler.store.tables import deliveries
from tests.unit.feeds import history
from tests.unit.feeds.made import put, row


@pytest.fixture
def dataset(tmp_path: Path, url: str) -> Iterator[Dataset]:
    dataset = Dataset(tmp_path / "output", url)
    for number in range(1, 5):
        put(dataset, number, f"the text of {number}", created=number * 1_000)
    dataset.commit()
    yield dataset
    dataset.close()


def forgotten(dataset: Dataset, name: str, at: int = 9) -> dict[str, int]:
    (found,) = dataset.store.erasure.find(name)
    return dataset.store.erasure.erase(found, at)


def test_an_issue_is_found_by_key_whatever_its_case_by_id_and_by_a_key_of_before(dataset):
    site, id_ = row(2, "").identity
    put(dataset, 2, "moved meanwhile", project="OTHER", key="OTHER-7", version="another", fetched_at=5)
    dataset.commit()
    for name in ("OTHER-7", "other-7", id_, row(2, "").key):
        assert [each.identity for each in dataset.store.erasure.find(name)] == [(site, id_)], name
    assert dataset.store.erasure.find("OTHER-7")[0].keys == ("OTHER-7", row(2, "").key)
    assert dataset.store.erasure.find("OTHER-7", "elsewhere") == []
    assert dataset.store.erasure.find("OTHER-8") == []


def test_what_is_forgotten_is_no_row_any_more_and_followers_are_told(dataset):
    position = dataset.store.changes.latest()
    dataset.store.consumers.advance("index", position)
    assert forgotten(dataset, "2")["rows"] == 1
    assert dataset.store.row(*row(2, "").identity) is None
    assert [(each.id, each.kind) for each in dataset.store.changes(position, 10)] == [("2", "gone")]
    assert forgotten(dataset, "2")["rows"] == 0  # may be done twice
    assert dataset.store.erasure.scrub() == ""


def test_it_does_not_come_back_by_any_commit(dataset, tmp_path, url):
    forgotten(dataset, "2")
    dataset.close()
    again = Dataset(tmp_path / "output", url)
    try:
        assert again.is_forgotten(*row(2, "").identity)
        put(again, 2, "back again", updated=99)
        put(again, 3, "another text of 3", updated=99)
        again.commit()
        assert again.store.row(*row(2, "").identity) is None
        assert again.store.row(*row(3, "").identity).updated == 99
    finally:
        again.close()


def test_the_tracker_goes_on_counting_it_until_its_ids_are_listed_without_it(dataset):
    progress, site = dataset.store.progress, row(1, "").site
    forgotten(dataset, "2")
    assert progress.held(site, "ACME", 9_000) == 4
    assert progress.held(site, "ACME", 2_000) == 1  # it was created at that very moment
    assert progress.updated(site, ["1", "2", "77"]) == {"1": row(1, "").updated, "2": NEVER}
    assert progress.verify(site, "ACME", ["1", "2", "3", "4", "77"], run=5) == ["77"]
    assert list(progress.unverified(site, "ACME", 5)) == []
    assert progress.held(site, "ACME", 9_000) == 4
    assert progress.verify(site, "ACME", ["1", "3", "4"], run=6) == []
    assert list(progress.unverified(site, "ACME", 6)) == []  # it is gone, and nobody has to be asked about that
    assert progress.held(site, "ACME", 9_000) == 3
    assert progress.verify(site, "ACME", ["1", "2", "3", "4"], run=7) == []
    assert progress.held(site, "ACME", 9_000) == 4


def test_one_that_moved_is_counted_where_it_is_listed(dataset):
    progress, site = dataset.store.progress, row(1, "").site
    forgotten(dataset, "2")
    assert progress.verify(site, "OTHER", ["2"], run=5) == []
    assert (progress.held(site, "ACME", 9_000), progress.held(site, "OTHER", 9_000)) == (3, 1)


def test_of_a_delivery_about_it_only_stays_that_it_came(dataset):
    site, store = row(1, "").site, dataset.store
    forgotten(dataset, "2")
    both = Delivery(site, "both", "issuelink_created", 1, issues=(("2", "ACME-2"), ("3", "ACME-3")), body=b"[2, 3]")
    alone = Delivery(
        site, "alone", "jira:issue_updated", 2, issues=(("2", "ACME-2"),), headers={"a": "b"}, body=b"said"
    )
    other = Delivery("elsewhere", "other", "jira:issue_updated", 3, issues=(("2", "ACME-2"),), body=b"of another site")
    first, second, third = store.deliveries.receive([both, alone, other])
    assert store.deliveries.receive([alone]) == [None]
    assert [(work.number, work.issues) for work in store.deliveries.pending(site, 0, 9)] == [
        (first, (("3", "ACME-3"),))
    ]
    kept = store.delivery_audit.find(second)
    assert (kept.body, kept.headers, kept.entry.state, kept.entry.reason) == (b"", {}, "ignored", FORGOTTEN)
    assert store.delivery_audit.find(first).body == b"[2, 3]"
    assert store.delivery_audit.find(third).body == b"of another site"


def test_lifted_it_may_come_again(dataset, tmp_path, url):
    forgotten(dataset, "2")
    (found,) = dataset.store.erasure.find("2")
    assert found.is_forgotten
    assert dataset.store.erasure.lift(found)
    assert not dataset.store.erasure.lift(found)
    assert dataset.store.erasure.find("2") == []
    assert dataset.store.progress.held(found.site, "ACME", 9_000) == 3
    dataset.close()
    with closing(Dataset(tmp_path / "output", url)) as again:
        put(again, 2, "back again")
        again.commit()
        assert again.store.row(*found.identity) is not None


@pytest.mark.parametrize("url", ["postgres"], indirect=True)  # what workers share
def test_a_fleet_s_shards_in_the_folder_are_rewritten_and_others_are_named(tmp_path, url):
    here, there = tmp_path / "here", tmp_path / "there"
    history.crawl(url, here, there)
    worker = Dataset(there, url, shared=True)
    with closing(Dataset(here, url, writing=False)) as dataset:
        by_folder = {name: (here / name).is_file() for name in dataset.store.feed_index.holding()}
        rows = [each for chunk in dataset.store.chunks(100) for each in chunk if each.feed]
        mine, theirs = (next(each for each in rows if by_folder[each.feed] is is_here) for is_here in (True, False))
        for each in (mine, theirs):
            (found,) = dataset.store.erasure.find(each.id)
            dataset.store.erasure.erase(found, 9)
        assert of_feeds.compact(dataset) == [theirs.feed]
        assert not list(of_feeds.sweep(dataset, {mine.identity}))
        assert f'"{mine.id}"'.encode() not in (here / mine.feed).read_bytes()
    put(worker, int(mine.id), "a worker that began before brings it", project=mine.project, updated=99, fetched_at=99)
    worker.commit()
    assert worker.store.row(*mine.identity) is None
    worker.compact()
    assert worker.store.feed_index.waste(theirs.feed, worker.store.feed_index.all()[theirs.feed][0]) == 0
    worker.close()


def test_asking_costs_a_commit_next_to_nothing(dataset):
    """Forgotten issues are known before a crawl begins: a commit into a folder asks the store for nothing more."""
    asked: list[str] = []
    from sqlalchemy import event

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(dataset.store.engine, "before_cursor_execute", note)
    put(dataset, 9, "one more")
    dataset.commit()
    about = [statement for statement in asked if "forgotten" in statement]
    assert len(about) == (1 if dataset.store.writer.is_shared else 0)


def test_bodies_are_gone_from_the_deliveries_table(dataset):
    site, store = row(1, "").site, dataset.store
    told = Delivery(site, "one", "jira:issue_updated", int(time.time()), issues=(("2", "ACME-2"),), body=b"said")
    store.deliveries.receive([told])
    assert store.delivery_audit.erase(site, ["2"]) == 1
    with store.engine.connect() as connection:
        assert connection.execute(select(deliveries.c.body)).all() == []
