"""Crawls of files that die at a step: before or after what makes something durable, or gives it its name."""

from __future__ import annotations

import os
from typing import Any

from scrapy.cmdline import execute
from sqlalchemy.engine.default import DefaultDialect

from jira_crawler.feeds.attachments import AttachmentFolder, PartFile
from jira_crawler.store.attached import Attached
from tests.system.durability.driver import around, pass_by

PLACES: dict[str, tuple[Any, str]] = {
    "part": (PartFile, "__init__"),
    "write": (PartFile, "write"),
    "sync": (PartFile, "sync"),
    "finish": (PartFile, "finish"),
    "fsync": (os, "fsync"),
    "rename": (os, "replace"),
    "save": (Attached, "save"),
    "COMMIT": (DefaultDialect, "do_commit"),
    "remove": (AttachmentFolder, "remove"),
    "left": (Attached, "left"),
}


def run(step: str, number: int, arguments: list[str]) -> None:
    by = pass_by(step, number)
    for name, (owner, attribute) in PLACES.items():
        setattr(owner, attribute, around(getattr(owner, attribute), name, by))
    execute(["scrapy", *arguments])
