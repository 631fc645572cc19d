"""A store knows the folder that its feeds are in, and no other one is mistaken for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.tables import identities
from tests.servers.postgres import shared
from tests.unit.feeds.made import lines, put

ELSEWHERE = "The feeds of this store are in another folder than "


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path) -> str:
    """A store that lies in no output folder."""
    return shared().create() if request.param == "postgres" else f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"


@pytest.fixture
def prod(tmp_path, url) -> Path:
    dataset = Dataset(tmp_path / "prod", url)
    put(dataset, 1, "first")
    put(dataset, 2, "second", "OTHER")
    dataset.commit()
    dataset.close()
    return tmp_path / "prod"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*") if not path.name.startswith(".")}


def test_a_second_folder_is_refused_and_nothing_is_changed(prod, url, tmp_path):
    before = contents(prod)
    (tmp_path / "play").mkdir()
    (tmp_path / "play" / "ACME.jsonl").write_text("a feed of another store\n")
    for writing in (True, False):
        with pytest.raises(BadArgument, match=f"{ELSEWHERE}{tmp_path / 'play'}, {prod}: set OUTPUT_DIR"):
            Dataset(tmp_path / "play", url, writing=writing)
    assert contents(tmp_path / "play") == {"ACME.jsonl": b"a feed of another store\n"}
    assert contents(prod) == before
    dataset = Dataset(prod, url)
    assert dataset.store.lost_feeds() == []
    dataset.close()
    assert contents(prod) == before


def test_two_folders_at_once_are_refused_even_of_an_empty_store(tmp_path, url):
    first = Dataset(tmp_path / "first", url)
    with pytest.raises(BadArgument, match="Another crawl is writing to the store of"):
        Dataset(tmp_path / "second", url)
    first.close()
    Dataset(tmp_path / "second", url).close()  # there is nothing yet that would be left behind


def test_a_moved_or_copied_folder_is_the_home_of_its_feeds(prod, url, tmp_path):
    shutil.copytree(prod, tmp_path / "copy")
    dataset = Dataset(tmp_path / "copy", url)
    put(dataset, 3, "third")
    dataset.commit()
    dataset.close()
    assert (tmp_path / "copy" / "ACME.jsonl").read_bytes() == lines(1, "first") + lines(3, "third")
    with pytest.raises(BadArgument, match=ELSEWHERE):
        Dataset(prod, url)
    prod.rename(tmp_path / "old")
    (tmp_path / "copy").rename(prod)
    Dataset(prod, url).close()


def test_a_store_of_an_earlier_version_belongs_to_who_has_its_feeds(prod, url, tmp_path):
    dataset = Dataset(prod, url)
    with dataset.store.engine.begin() as connection:
        connection.execute(update(identities).values(home=None, place=None))
    dataset.close()
    (prod / ".shards").unlink()
    with pytest.raises(BadArgument, match=ELSEWHERE):
        Dataset(tmp_path / "play", url)
    for _ in range(2):
        dataset = Dataset(prod, url)
        assert dataset.store.home.folder().path == str(prod.resolve())
        dataset.close()


def test_a_copy_with_its_store_is_a_dataset_of_its_own_even_if_a_feed_is_lost(tmp_path):
    dataset = Dataset(tmp_path / "prod")
    put(dataset, 1, "first")
    dataset.commit()
    dataset.close()
    shutil.copytree(tmp_path / "prod", tmp_path / "copy")
    (tmp_path / "copy" / "ACME.jsonl").unlink()
    copy, prod = Dataset(tmp_path / "copy"), Dataset(tmp_path / "prod")
    assert (copy.store.lost_feeds(), prod.store.lost_feeds()) == (["ACME.jsonl"], [])
    copy.close()
    prod.close()


def test_a_server_that_went_away_has_the_store_taken_again(tmp_path):
    url = shared().create()
    dataset = Dataset(tmp_path / "prod", url)
    put(dataset, 1, "first")
    session = dataset.store.home._session
    assert session is not None
    session.invalidate()  # as a restart of the server does
    assert dataset.store.home.take()
    with pytest.raises(BadArgument, match="Another crawl"):
        Dataset(tmp_path / "play", url)
    dataset.close()
