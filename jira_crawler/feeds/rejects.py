"""rejects.jsonl: every issue that is in no feed, and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonlines
import orjson

from jira_crawler.feeds import files

NAME = "rejects.jsonl"


def replace(folder: Path, rejects: Iterable[dict[str, Any]]) -> None:
    """Writes rejects.jsonl anew, readable by its owner only; a crash leaves the old one or the new one."""
    with files.published(folder / NAME, 0o600) as file, jsonlines.Writer(file, dumps=orjson.dumps) as writer:
        writer.write_all(rejects)
