"""`scrapy export --engine`: who reads the feeds, and where from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jira_crawler.exceptions import BadArgument

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from jira_crawler.engines.readings import ReadingsByEngine
    from jira_crawler.exports.source import Source

USES: Final = (
    *("REFINE_PROCESSES", "ENGINE", "ENGINE_FOLDER", "ENGINE_ISSUES"),
    *("RAY_ADDRESS", "SPARK_MASTER", "SPARK_REMOTE"),
)


def add_options(parser: ArgumentParser) -> None:
    who = parser.add_argument_group("Who reads the feeds")
    who.add_argument("--engine", default="", metavar="local|ray|spark", help="workers, the same bytes (ENGINE)")
    who.add_argument(
        "--feeds", default="", metavar="FOLDER_OR_URL", help="where workers find them, or a copy (OUTPUT_DIR)"
    )


def reader(
    opts: Namespace, settings: BaseSettings, source: Source, progress: Callable[[int], None]
) -> AbstractContextManager[ReadingsByEngine | None]:
    """Gives what has the feeds read by the engine of ENGINE, or nothing where there is none.

    Raises Refused where it cannot be had.
    """
    if not settings["ENGINE"]:
        if opts.feeds:
            raise BadArgument("--feeds goes with --engine: without one the feeds are read here.")
        return nullcontext()
    from jira_crawler.engines import choice, feeds
    from jira_crawler.engines.engine import Where
    from jira_crawler.engines.reading_job import PLACE
    from jira_crawler.engines.readings import ReadingsByEngine
    from jira_crawler.engines.shards import address
    from jira_crawler.refine.pool import processes

    name, output = settings["ENGINE"], Path(settings["OUTPUT_DIR"])
    choice.require(name)
    where = Where.from_settings(settings, processes(settings.getint("REFINE_PROCESSES")))
    return ReadingsByEngine(
        source,
        progress,
        lambda: choice.opened(name, where),
        name,
        feeds.address(opts.feeds, output),
        lambda store: address(settings["ENGINE_FOLDER"], output, store + PLACE),
        settings.getint("ENGINE_ISSUES"),
    )
