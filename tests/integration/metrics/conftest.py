"""A Postgres and a Spark that metrics are asked of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import sail
from tests.servers.postgres import shared


@pytest.fixture
def database() -> str:
    """The URL of a database of its own."""
    return shared().create()


@pytest.fixture
def another_database() -> str:
    """The URL of a second one."""
    return shared().create()


@pytest.fixture(scope="session")
def sail_url() -> Iterator[str]:
    """The URL of a Spark without a JVM."""
    with sail.running() as url:
        yield url
