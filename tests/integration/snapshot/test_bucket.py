"""Snapshots on a real S3-compatible server: the same as in a folder, and of two writers one wins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.store import from_url

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.snapshot.bucket import Bucket
from jira_crawler.snapshot.folder import Folder
from jira_crawler.snapshot.manifest import FILES
from jira_crawler.snapshot.source import Snapshot
from tests.integration.exports.test_s3 import bucket
from tests.integration.snapshot.stocked import Killed, Mortal, Stocked, manifest, whole
from tests.servers import seaweedfs

__all__ = ["bucket"]


@pytest.fixture(scope="module")
def server() -> str:
    return seaweedfs.shared()


def environment(name: str) -> str:
    return os.environ.get(name, "")


@pytest.fixture
def url(bucket: str) -> str:
    return f"{bucket}/some/where"


@pytest.fixture
def place(url: str) -> Bucket:
    return Bucket(url, environment)


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[Stocked]:
    made = Stocked(tmp_path / "output")
    made.put(*range(1, 21))
    yield made
    made.store.close()


def there(place: Bucket) -> list[str]:
    store = from_url(place.url, client_options={"allow_http": True})
    return sorted(each["path"] for batch in store.list() for each in batch)


def held(source: Snapshot) -> list[object]:
    return [issue for part in source.ranges() for issue in source.read(part)]


def test_it_is_what_a_folder_would_be_whenever_its_writer_dies(stocked, place, url, tmp_path):
    folder = Folder(tmp_path / "snapshot")
    stocked.take(place)
    stocked.take(folder)
    assert manifest(place) == manifest(folder)
    before = manifest(place)
    stocked.put(7, text="Another one", fetched_at=1_900_000_000_000)
    for steps in range(20):
        try:
            stocked.take(Mortal(place, steps))
        except Killed:
            assert whole(place).files == before.files or steps > 2
        else:
            break
    assert 3 < steps < 19
    stocked.take(folder)
    assert manifest(place) == manifest(folder)
    assert held(Snapshot.opened(url, environment)) == held(Snapshot(folder, ""))
    assert there(place) == sorted(["_snapshot.json", *(f"{FILES}/{file.name}" for file in whole(place).files)])
    assert stocked.take(place).files == 0


@pytest.mark.parametrize("first", [False, True])
def test_of_two_that_write_at_once_one_wins_and_takes_nothing_from_the_other(stocked, place, first):
    if not first:
        stocked.take(place)

    class Overtaken(Mortal):
        def publish(self, *arguments: object) -> None:
            stocked.put(8, text="By the other", fetched_at=1_900_000_000_001)
            stocked.take(place)  # somebody else, from the beginning to the end
            super().publish(*arguments)

    stocked.put(7, text="Another one", fetched_at=1_900_000_000_000)
    with pytest.raises(Refused, match="Somebody else is writing snapshots to s3://"):
        stocked.take(Overtaken(place, 100))
    found = whole(place)
    stocked.take(place)  # which removes what the one that was told has left
    assert whole(place) == found
    assert len(there(place)) == len(found.files) + 1


def test_an_answer_that_is_lost_is_no_other_writer(stocked, place):
    stocked.take(place)
    seen = place.manifest()
    place.publish(b"{}", seen)
    place.publish(b"{}", seen)  # asked for again, because the server did not answer
    with pytest.raises(Refused, match="Somebody else"):
        place.publish(b"[]", seen)


def test_what_cannot_be_had_is_one_sentence(stocked, place, url, monkeypatch):
    with pytest.raises(BadArgument, match=r"holds no snapshot: there is no _snapshot\.json"):
        Snapshot.opened(url, environment)
    obstore.put(from_url(url, client_options={"allow_http": True}), "holiday.jpg", b"mine")
    with pytest.raises(BadArgument, match=r"holds what is no snapshot, such as holiday\.jpg"):
        stocked.take(place)
    with pytest.raises(BadArgument, match=r"Snapshots cannot be .* s3://nosuch/x: ") as caught:
        stocked.take(Bucket("s3://nosuch/x", environment))
    assert "\n" not in str(caught.value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("jira_crawler.snapshot.bucket._RETRYING", {"max_retries": 0})
    with pytest.raises(BadArgument, match="Snapshots cannot be read from s3://"):
        Snapshot.opened(url, environment)


def test_a_file_that_is_torn_or_missing_is_named(stocked, place, url):
    stocked.take(place)
    source = Snapshot.opened(url, environment)
    source.check()
    torn, gone, *_ = source.manifest.files
    store = from_url(url, client_options={"allow_http": True})
    obstore.put(store, f"{FILES}/{torn.name}", b"x" * torn.bytes)
    obstore.delete(store, f"{FILES}/{gone.name}")
    with pytest.raises(BadArgument, match=f"{torn.name} of the snapshot at s3://.* has another content"):
        list(source.read(next(source.ranges())))
    with pytest.raises(BadArgument, match=f"{gone.name} of the snapshot at s3://.* is not there"):
        source.check()
