"""What the tests of the store share: one on SQLite and one on a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.servers.postgres import shared


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path) -> str:
    return shared().create() if request.param == "postgres" else f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def store(url) -> Iterator[Store]:
    store = Store(connect(url))
    yield store
    store.close()
