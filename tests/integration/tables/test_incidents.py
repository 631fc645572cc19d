"""What has befallen others who keep Parquet up to date while it is read, each as a test: none of it befalls us."""

from __future__ import annotations

import pyarrow.parquet as pq

from jira_crawler.tables.schemas import MONTHLY
from tests.integration.tables.lake import Lake


def test_an_unreadable_month_was_read_as_empty_and_published_with_one_row(lake: Lake) -> None:
    for number in range(100, 200):
        lake.put(number, "2024-02")
    lake.up()
    before = len(lake.read("issues"))
    for table in ("issues", "comments"):
        path = lake.folder / table / "2024-02.parquet"
        if path.exists():
            path.write_bytes(path.read_bytes()[:-200])
    lake.put(100, "2024-02", summary="changed")
    lake.up()
    assert len(lake.read("issues")) == before
    assert lake.column("summary")[100] == "changed"


def test_a_burst_of_changes_made_whole_tables_vanish(lake: Lake) -> None:
    """Between any two updates of a burst every table is there, with all of its issues."""
    lake.up()
    tables = {path.name for path in lake.folder.iterdir() if path.is_dir()}
    assert tables >= {*MONTHLY}
    for number in range(12):
        lake.put(number % 6 + 1, ("2024-01", "2024-01", "2024-02", "2024-03", "2024-03", "2024-03")[number % 6])
        lake.up()
        assert {path.name for path in lake.folder.iterdir() if path.is_dir()} == tables
        for table in tables:
            assert list((lake.folder / table).glob("*.parquet")), table
        assert len(lake.read("issues")) == 6


def test_one_corrupt_file_made_everything_be_written_anew_again_and_again(lake: Lake) -> None:
    """And was reported as a success each time."""
    lake.up()
    path = lake.folder / "issues" / "2024-01.parquet"
    path.write_bytes(b"PAR1 and no more")
    places = lake.places()
    mended = lake.up()
    assert mended.notes
    assert mended.months == 1
    changed = {name for name, place in lake.places().items() if places.get(name) != place}
    assert changed
    assert all("2024-01" in name for name in changed)
    again = lake.up()
    assert (again.notes, again.months, again.files) == ([], 0, 0)
    assert pq.read_table(path, partitioning=None).num_rows == 2
