"""The report of a run, in a file that always says the truth: it is replaced whole, at the beginning and at the end.

A run that was ended before it could report leaves the report of its beginning, which says that nothing is known.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from jira_crawler.feeds import files

UNDER_WAY = "The crawl is under way, or was ended before it could report."


def begin(path: Path) -> None:
    """Puts a report in the place of the last run's which says that this one is not complete."""
    write(path, {"complete": False, "missing": [UNDER_WAY]})


def write(path: Path, report: dict[str, Any]) -> None:
    """Replaces a report, durably: there is always a whole one, the old or the new."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)  # whatever lies there, a link among others, is not to be written through
    with new.open("xb") as file:
        file.write(orjson.dumps(report, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    files.replace(new, path)
