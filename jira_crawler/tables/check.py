"""Holds a folder of tables against its manifest, on whatever machine it is by now."""

from __future__ import annotations

from pathlib import Path

from jira_crawler.exceptions import BadArgument
from jira_crawler.tables.folder import strays
from jira_crawler.tables.manifest import NAME, read, wrong_files


def check(folder: Path) -> tuple[list[str], int, int]:
    """Says what is wrong with each file, and counts the files and rows that there should be.

    Raises BadArgument for what is no folder of tables.
    """
    try:
        manifest = read(folder)
    except OSError as error:
        raise BadArgument(f"{folder} cannot be read: {error.strerror}.") from error
    if manifest is None:
        raise BadArgument(f"{folder} holds no tables: there is no {NAME}.")
    wrong = [f"{table}/{name} {why}." for table, name, why in wrong_files(folder, manifest.tables)]
    wrong += [f"{path.parent.name}/{path.name} is not in the manifest." for path in strays(folder, manifest.tables)]
    files = [each for by_name in manifest.tables.values() for each in by_name.values()]
    return wrong, len(files), sum(each.rows for each in files)
