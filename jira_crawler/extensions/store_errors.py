"""What a database says when it breaks, in one line: where in the program it was met helps nobody."""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.sentences import masked

# Who logs with a trace that a store broke: Scrapy, we, and the pool, where a server dies while a session is given back.
LOGGERS: Final = (
    "scrapy.core.scraper",
    "scrapy.utils.signal",
    "jira_crawler.spiders.tracker_spider",
    "sqlalchemy.pool.impl.QueuePool",
)


def said(error: BaseException, url: str = "") -> str:
    """Gives the first line of an error, in the words of the database and without a full stop.

    `url` is that of the store, whose password is not said.
    """
    lines = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    return masked(lines[0], url).rstrip(".")


def in_one_line(record: logging.LogRecord) -> bool:
    """Lets a store that breaks be logged as a sentence, and not with a trace; a filter of a logger."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if isinstance(error, SQLAlchemyError) or type(error).__module__.startswith("psycopg"):
        record.msg, record.args = f"The store cannot be read: {getattr(error, 'orig', None) or error}", None
        record.exc_info = record.exc_text = None
    return True
