"""Whether the store of a live crawl can be written now, for whoever asks and will not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.extensions.store_errors import said
from jira_crawler.store.delivery_audit import Backlog, DeliveryAudit

WAIT: Final = 5.0  # seconds that a store may take before it counts as one that is away
NOTHING: Final = Backlog(waiting=0, fetch=None, store=None, tables=None, last=None)


class StoreProbe:
    """Tries the store in one thread: however many ask, and however long it is away, no other one is held up.

    `url` is that of the store, whose password is not said.
    """

    def __init__(self, audit: Callable[[], DeliveryAudit], site: str, url: str):
        self._audit, self._site, self._url = audit, site, url
        self._thread = ThreadPoolExecutor(1, "probe")
        self._asking: asyncio.Future[Backlog] | None = None
        self._last = NOTHING

    async def ask(self) -> tuple[str, Backlog]:
        """Gives why the store cannot be written, "" if it can, and what waits there, as far as is known."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().run_in_executor(self._thread, self._try)
        asking = self._asking
        await asyncio.wait([asking], timeout=WAIT)
        if not asking.done():
            return "it does not answer", self._last
        self._asking = None
        try:
            self._last = asking.result()
        except SQLAlchemyError as error:
            return said(error, self._url), self._last
        return "", self._last

    def _try(self) -> Backlog:
        self._audit().probe()
        return self._audit().backlog(self._site)

    def close(self) -> None:
        """Asks no more; an attempt that is under way ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)
