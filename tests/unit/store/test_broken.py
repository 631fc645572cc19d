"""A store that is broken, or is in no file, is a sentence."""

from __future__ import annotations

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true", "sqlite:///x?y=z"]
)
def test_a_store_that_forgets_is_refused(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadArgument, match="a store that is in no file forgets everything"):
        connect(url)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["noise", "cut", "a folder", "a link"])
def test_a_store_that_cannot_be_read_is_one_sentence(tmp_path, how):
    path = tmp_path / "store.sqlite"
    if how == "a folder":
        path.mkdir()
    elif how == "a link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        Store(connect(f"sqlite:///{path}")).close()
        path.write_bytes(b"noise" * 2000 if how == "noise" else path.read_bytes()[:5000])
    with pytest.raises(BadArgument, match="cannot be opened: ") as caught:
        connect(f"sqlite:///{path}")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "elsewhere").exists()


def test_a_store_that_breaks_behind_its_first_page_is_one_sentence_when_it_is_met(tmp_path):
    Dataset(tmp_path).close()
    path = tmp_path / "store.sqlite"
    text = path.read_bytes()
    path.write_bytes(text[:4096] + b"\xff" * (len(text) - 4096))
    with pytest.raises(BadArgument, match="cannot be opened: "):
        Dataset(tmp_path)
