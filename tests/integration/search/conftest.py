"""An archive that is closed at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.archive import Archive, archive


@pytest.fixture
def kept(tmp_path) -> Iterator[Archive]:
    with archive(tmp_path / "output") as made:
        yield made
