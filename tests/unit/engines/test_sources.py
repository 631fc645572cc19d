"""No address tells a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from jira_crawler.engines.sources import address_of, without_password
from jira_crawler.exceptions import BadArgument


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql+psycopg://me:secret@host:5432/name", "postgresql+psycopg://me@host:5432/name"),
        ("postgresql://host/name?password=secret&user=me", "postgresql://host/name?user=me"),
        ("postgresql://host/name", "postgresql://host/name"),
        ("no url", ""),
    ],
)
def test_an_address_has_no_password(url: str, address: str) -> None:
    assert without_password(url) == address


def test_a_store_in_a_folder_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store.sqlite").touch()
    monkeypatch.chdir(tmp_path)

    assert address_of(Path(), "") == f"sqlite:///{tmp_path}/store.sqlite"
    with pytest.raises(BadArgument, match="There is no store in"):
        address_of(Path("elsewhere"), "")
