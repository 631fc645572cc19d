"""Which files hold the tables that metrics are made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jira_crawler.exceptions import BadArgument
from jira_crawler.metrics.silver import COLUMNS, NEEDED
from jira_crawler.tables.manifest import NAME, read


@dataclass(frozen=True, slots=True)
class Source:
    """A folder of tables as its manifest tells of it: the files by table, and which store they were made of."""

    folder: Path
    store: str
    files: dict[str, list[Path]]


def source(folder: Path) -> Source:
    """Finds the files of a folder; raises BadArgument where there are no tables, or none of pull requests."""
    try:
        manifest = read(folder)
    except OSError as error:
        raise BadArgument(f"{folder} cannot be read: {error.strerror}.") from error
    if manifest is None:
        raise BadArgument(f"{folder} holds no tables, for there is no {NAME}: scrapy tables makes them.")
    files = {
        table: [folder.absolute() / table / name for name in sorted(manifest.tables.get(table, {}))]
        for table in COLUMNS
    }
    if missing := [table for table in NEEDED if not files[table]]:
        raise BadArgument(
            f"{folder} holds no table {missing[0]}: crawl a GitHub first, and let scrapy tables bring the tables up."
        )
    return Source(folder, manifest.store, files)
