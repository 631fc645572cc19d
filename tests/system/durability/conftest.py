"""What the trials share: the process that crawls are forked from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system.durability.trial import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    kept = Nursery()
    yield kept
    kept.close()
