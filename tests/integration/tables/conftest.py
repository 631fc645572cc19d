"""A lake of six issues in three months."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.tables.lake import Lake


@pytest.fixture
def lake(tmp_path) -> Iterator[Lake]:
    made = Lake(tmp_path / "output")
    for number, month in (
        (1, "2024-01"),
        (2, "2024-01"),
        (3, "2024-02"),
        (4, "2024-03"),
        (5, "2024-03"),
        (6, "2024-03"),
    ):
        made.put(number, month)
    yield made
    made.store.close()
