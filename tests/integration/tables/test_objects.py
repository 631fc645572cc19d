"""What of an object store is ours to replace or to take away, on one that is in memory."""

from __future__ import annotations

import obstore
import pytest
from obstore.store import MemoryStore

from jira_crawler.exceptions import BadArgument
from jira_crawler.tables import objects as stores
from jira_crawler.tables import remote

URL = "s3://bucket/place"


@pytest.fixture
def objects(monkeypatch) -> MemoryStore:
    made = MemoryStore()
    monkeypatch.setattr(stores, "opened", lambda *_: made)
    return made


@pytest.mark.parametrize("path", ["issues/mine.parquet", "issues/2024/2024-01.parquet", "issues/2024-01.parquet.old"])
def test_what_is_not_called_as_our_files_are_is_somebody_elses(lake, objects, path):
    lake.up()
    obstore.put(objects, path, b"mine")
    with pytest.raises(BadArgument, match="holds what is no table, such as issues/"):
        remote.publish(lake.folder, URL, lambda _: "")
    obstore.delete(objects, path)
    remote.publish(lake.folder, URL, lambda _: "")
    obstore.put(objects, path, b"mine")
    obstore.put(objects, "issues/1999-01.parquet", b"left over")
    lake.put(4, summary="Another one")
    lake.up()
    remote.publish(lake.folder, URL, lambda _: "")
    there = {each["path"] for batch in objects.list() for each in batch}
    assert path in there
    assert "issues/1999-01.parquet" not in there
