"""Tables on a real S3-compatible server: only what differs is put there, and of two writers one is told."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import obstore
import pytest
from obstore.store import S3Store, from_url

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.tables.manifest import NAME
from jira_crawler.tables.remote import OBJECTS, publish
from tests.integration.exports.test_s3 import bucket
from tests.integration.tables.lake import Lake
from tests.servers import seaweedfs

__all__ = ["bucket"]


@pytest.fixture(scope="module", params=["moto", "seaweedfs"])
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Two servers that have nothing in common: what both of them let us do is the protocol's, and no server's own."""
    with nullcontext(seaweedfs.shared()) if request.param == "seaweedfs" else moto() as address:
        yield address


@contextmanager
def moto() -> Iterator[str]:
    """Moto's server, whose log is read to its end: hundreds of requests would fill a pipe, and it would wait."""
    command = [sys.executable, "-W", "ignore", "-c", "from moto.server import main; main(['-p', '0'])"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            address = next(
                found[0] for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
            )
            reading = threading.Thread(target=process.stderr.read, daemon=True)
            reading.start()
            yield address
        finally:
            process.terminate()
            reading.join()


@pytest.fixture
def place(bucket: str) -> str:
    return f"{bucket}/some/where"


def at(url: str) -> S3Store:
    return from_url(url, client_options={"allow_http": True})


def there(url: str) -> dict[str, str]:
    store = at(url)
    return {
        each["path"]: hashlib.sha256(bytes(store.get(each["path"]).bytes())).hexdigest()
        for batch in store.list()
        for each in batch
    }


def put(lake: Lake, url: str) -> tuple[int, int]:
    lake.up()
    return publish(lake.folder, url, lambda name: os.environ.get(name, ""))


def test_what_is_there_is_what_the_folder_is(lake, place):
    put(lake, place)
    found = there(place)
    found.pop(OBJECTS)
    assert found == lake.bytes()
    assert put(lake, place) == (0, 0)
    lake.put(4, summary="Another one")
    objects, _ = put(lake, place)
    assert objects == 5  # three tables of a month, the tags and the manifest
    lake.put(3, "2024-02", issuelinks=[])
    put(lake, place)
    found = there(place)
    found.pop(OBJECTS)
    assert found == lake.bytes()
    assert "issuelinks/2024-02.parquet" not in found


def test_the_manifest_comes_last_and_an_interrupted_writer_is_mended(lake, place, monkeypatch):
    put(lake, place)
    before = there(place)[NAME]
    lake.put(4, summary="Another one")
    lake.up()
    real, left, order = S3Store.put, [3], []

    def dies(self: S3Store, path: str, *arguments: Any, **named: Any) -> Any:
        order.append(path)
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(self, path, *arguments, **named)

    monkeypatch.setattr(S3Store, "put", dies)
    with pytest.raises(KeyboardInterrupt):
        put(lake, place)
    assert there(place)[NAME] == before
    left[0] = 1_000
    order.clear()
    put(lake, place)
    assert order[-2:] == [OBJECTS, NAME]
    found = there(place)
    found.pop(OBJECTS)
    assert found == lake.bytes()


def test_of_two_that_write_at_once_one_is_told(lake, place, monkeypatch):
    put(lake, place)
    lake.put(4, summary="Another one")
    lake.up()
    real, once = S3Store.put, []

    def meanwhile(self: S3Store, path: str, *arguments: Any, **named: Any) -> Any:
        if not once:
            once.append(path)
            put(lake, place)  # somebody else, through to the manifest
        return real(self, path, *arguments, **named)

    monkeypatch.setattr(S3Store, "put", meanwhile)
    with pytest.raises(Refused, match="Somebody else is writing tables to s3://"):
        put(lake, place)
    found = there(place)
    found.pop(OBJECTS)
    assert found == lake.bytes()


def test_what_is_not_ours_to_replace_is_refused(lake, place, tmp_path):
    obstore.put(at(place), "holiday.jpg", b"mine")
    with pytest.raises(BadArgument, match=r"holds what is no table, such as holiday\.jpg"):
        put(lake, place)
    obstore.delete(at(place), "holiday.jpg")
    put(lake, place)
    other = Lake(tmp_path / "other")
    other.put(1)
    with pytest.raises(BadArgument, match="holds the tables of another store"):
        put(other, place)
    other.store.close()


def test_a_missing_bucket_is_one_sentence(lake, place):
    with pytest.raises(BadArgument, match="Tables cannot be written to s3://nosuch/x: ") as caught:
        put(lake, "s3://nosuch/x")
    assert "\n" not in str(caught.value)
