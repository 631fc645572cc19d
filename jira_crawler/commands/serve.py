"""`scrapy serve`: what an output folder holds, for whoever asks over HTTP, while nobody crawls from here."""

from __future__ import annotations

import asyncio
import logging
import signal
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.utils.log import configure_logging

from jira_crawler.commands.checked import REFUSED, NoCrawl, say
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked
from jira_crawler.settings import secret

if TYPE_CHECKING:
    from jira_crawler.serve.standing import Standing

logger = logging.getLogger(__name__)


class Command(NoCrawl, ScrapyCommand):
    """Status 0: it was told to stop; 2: nothing could be served."""

    uses = ("OUTPUT_DIR", "STORE_URL", "LIVE_HOST", "LIVE_PORT", "SEARCH", "SEARCH_URL", "CONSUMER_DAYS")

    def syntax(self) -> str:
        return ""

    def short_desc(self) -> str:
        return "Serve what an output folder holds, without crawling"

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for a server and the store.
        from sqlalchemy.exc import SQLAlchemyError

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        configure_logging(self.settings)
        try:
            if args:
                raise BadArgument(f"scrapy serve takes settings only, not {args[0]!r}.")
            asyncio.run(_serve(self._standing))
        except (Refused, OSError, SQLAlchemyError) as error:
            said = str(getattr(error, "orig", None) or error).splitlines()[0]
            say("serve", masked(said, self.settings["STORE_URL"]))
            self.exitcode = REFUSED

    def _standing(self) -> Standing:
        from jira_crawler.policy import Policy
        from jira_crawler.serve.parts import Served, made
        from jira_crawler.serve.standing import Standing
        from jira_crawler.store.database import existing

        assert self.settings  # noqa: S101
        settings, output = self.settings, Path(self.settings["OUTPUT_DIR"])
        existing(output, settings["STORE_URL"])  # what is not there is said before anything listens
        served = Served(
            output=output,
            store_url=settings["STORE_URL"],
            setting=settings.get,
            secret=secret,
            policy=Policy.of(settings),
        )
        if not (parts := made(served)):
            raise BadArgument("There is nothing to serve: see above.")
        return Standing(parts, settings["LIVE_HOST"], settings.getint("LIVE_PORT"), secret)


async def _serve(make: Callable[[], Standing]) -> None:
    standing = make()
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await standing.start()
    logger.info("It is served at %s", standing.url)
    try:
        await told.wait()
    finally:
        await standing.stop()
