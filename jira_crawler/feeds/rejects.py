"""rejects.jsonl: every issue that is in no feed, and why."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonlines
import orjson

from jira_crawler.feeds import files

NAME = "rejects.jsonl"


def write(path: Path, rejects: Iterable[dict[str, Any]]) -> None:
    """Writes a file of rejects, synced and readable by its owner only."""
    with files.fresh(path, 0o600) as file, jsonlines.Writer(file, dumps=orjson.dumps) as writer:
        writer.write_all(rejects)
        file.flush()
        os.fsync(file.fileno())


def replace(folder: Path, rejects: Iterable[dict[str, Any]]) -> None:
    """Writes rejects.jsonl anew; a crash leaves the old one or the new one."""
    path = folder / NAME
    temporary = path.with_suffix(".new")
    write(temporary, rejects)
    files.replace(temporary, path)
