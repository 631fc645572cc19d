"""A Postgres that goes away in the middle of something costs time, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError

from jira_crawler.feeds import files
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store import exclusive_writer
from tests.servers.postgres import Postgres, running
from tests.unit.feeds.made import FAR, NEAR, lines, put


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture
def dataset(tmp_path, server) -> Iterator[Dataset]:
    dataset = Dataset(tmp_path, server.create(), shared=True)
    put(dataset, 1, "a")
    dataset.commit()
    yield dataset
    dataset.close()


def feed(dataset: Dataset) -> bytes:
    return (dataset.folder / f"ACME.{dataset.shard}.jsonl").read_bytes()


def again(server: Postgres, away: float) -> threading.Timer:
    """Kills a server, which comes back after a while."""
    server.kill()
    back = threading.Timer(away, server.start)
    back.start()
    return back


def once(method, before):
    """Makes a function that does something else before its first call."""
    todo = [before]

    def called(*arguments, **named):
        if todo:
            todo.pop()()
        return method(*arguments, **named)

    return called


@pytest.mark.parametrize("place", ["append", "save", "spans"])
@pytest.mark.parametrize("away", [0, 0.4])
def test_a_commit_is_made_when_it_is_back(dataset, server, monkeypatch, place, away):
    backs: list[threading.Timer] = []
    owner = files if place == "append" else dataset.store
    monkeypatch.setattr(owner, place, once(getattr(owner, place), lambda: backs.append(again(server, away))))
    put(dataset, 2, "b")
    dataset.commit()
    assert backs
    backs[0].join()
    assert feed(dataset) == lines(1, "a") + lines(2, "b")
    assert dataset.store.row("example", "2").offset == len(lines(1, "a"))
    put(dataset, 3, "c")
    dataset.commit()
    assert feed(dataset) == lines(1, "a") + lines(2, "b") + lines(3, "c")


def test_a_commit_whose_answer_was_lost_is_found_out(dataset, server, monkeypatch):
    commit, done = DefaultDialect.do_commit, []

    def lost(dialect, connection):
        commit(dialect, connection)
        if dataset.store.writer._held and (dataset.folder / "marked").exists() and not done:
            done.append(True)
            server.restart()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(DefaultDialect, "do_commit", lost)
    save = dataset.store.save

    def marked(*arguments, **named):
        (dataset.folder / "marked").touch()
        save(*arguments, **named)

    monkeypatch.setattr(dataset.store, "save", marked)
    put(dataset, 2, "b")
    dataset.commit()
    assert done
    assert feed(dataset) == lines(1, "a") + lines(2, "b")
    put(dataset, 3, "c")
    dataset.commit()
    assert feed(dataset) == lines(1, "a") + lines(2, "b") + lines(3, "c")


def test_a_commit_that_waits_in_vain_leaves_the_batch(dataset, server, monkeypatch):
    monkeypatch.setattr(exclusive_writer, "PATIENCE", 0.3)
    put(dataset, 2, "b")
    server.kill()
    with pytest.raises(DBAPIError):
        dataset.commit()
    server.start()
    assert len(dataset) == 1
    dataset.commit()
    assert feed(dataset) == lines(1, "a") + lines(2, "b")


@pytest.mark.parametrize("step", ["begin_swap", "end_swap", "live"])
def test_a_shard_is_rewritten_when_it_is_back(dataset, server, monkeypatch, step):
    put(dataset, 2, "b")
    put(dataset, 1, "changed", fetched_at=2)
    dataset.commit()
    lengths = dataset.store.feed_index
    monkeypatch.setattr(lengths, step, once(getattr(lengths, step), server.restart))
    dataset.compact()
    assert sorted([feed(dataset)]) == [lines(2, "b") + lines(1, "changed")]
    assert not list(dataset.folder.glob("*.new"))
    put(dataset, 3, "c")
    dataset.commit()
    assert feed(dataset).endswith(lines(1, "changed") + lines(3, "c"))


@pytest.mark.parametrize("step", ["note", "judged", "spans"])
def test_clusters_are_judged_when_it_is_back(tmp_path, server, monkeypatch, step):
    dataset = Dataset(tmp_path, server.create())
    for number, text in enumerate((*NEAR, FAR), 1):
        put(dataset, number, text)
    dataset.commit()
    clusters = dataset.store.clusters
    monkeypatch.setattr(clusters, step, once(getattr(clusters, step), server.restart))
    dataset.judge()
    dataset.compact()
    assert (tmp_path / "ACME.jsonl").read_bytes().count(b'"cluster":"example-1"') == 6
    dataset.write_rejects()
    dataset.close()
