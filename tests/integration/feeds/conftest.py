"""What the tests of feeds share: a store on SQLite in the folder, or one on a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.servers.postgres import shared
from tests.unit.feeds import history


@pytest.fixture(params=["sqlite", "postgres"])
def url(request) -> str:
    """What STORE_URL would be."""
    return shared().create() if request.param == "postgres" else ""


@pytest.fixture
def postgres_url() -> str:
    return shared().create()


@pytest.fixture
def store(postgres_url) -> Iterator[Store]:
    store = Store(connect(postgres_url))
    yield store
    store.close()


@pytest.fixture
def single(tmp_path) -> Path:
    """What one process leaves."""
    history.alone(tmp_path / "single")
    return tmp_path / "single"


@pytest.fixture
def output(tmp_path, postgres_url) -> Path:
    """What two workers in one folder leave."""
    history.crawl(postgres_url, tmp_path / "output", tmp_path / "output")
    return tmp_path / "output"
