"""The report of a run, in a file that always says the truth: it is replaced whole, at the beginning and at the end.

A run that was ended before it could report leaves the report of its beginning, which says that nothing is known.
"""

from __future__ import annotations

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
    with files.published(path) as file:
        file.write(orjson.dumps(report, option=orjson.OPT_INDENT_2))
