"""Deliveries become durable: what comes while a batch is being committed makes up the next one."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.exceptions import CrawlerError
from jira_crawler.sentences import quoted
from jira_crawler.store.deliveries import Delivery

logger = logging.getLogger(__name__)

BATCH: Final = 500  # deliveries a commit, at most
BACKLOG_BYTES: Final = 128 * 2**20  # of bodies that are being read or wait for a commit; of more nothing is read
BACKLOG: Final = 20_000  # deliveries that wait for one
PATIENCE: Final = 10.0  # seconds that whoever delivers is left waiting: Jira gives up after twenty

Receive = Callable[[Sequence[Delivery]], Sequence[int | None]]


class NotKept(CrawlerError):
    """A delivery that is not durable: the sender is to try again."""


class _Waiting(NamedTuple):
    delivery: Delivery
    kept: asyncio.Future[bool]


class Intake:
    """Takes deliveries on an event loop and has them written by `receive`, in one thread, batch after batch.

    `arrived` is called on the loop after each batch that held something new. It belongs to the loop that runs when it
    is made. `trouble` says why the last batch was not kept, and is "" while all is well.
    """

    def __init__(self, receive: Receive, arrived: Callable[[], None] = lambda: None, *, most: int = BACKLOG_BYTES):
        self._receive, self._arrived, self._most = receive, arrived, most
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "deliveries")
        self._waiting: deque[_Waiting] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._bytes = 0
        self.trouble = ""

    def reserve(self, size: int) -> bool:
        """Makes room for so many bytes of a body that is being read; False where there is none."""
        if self._bytes + size > self._most or len(self._waiting) >= BACKLOG:
            return False
        self._bytes += size
        return True

    def release(self, size: int) -> None:
        """Gives back what was reserved, once the body is kept or forgotten."""
        self._bytes -= size

    async def keep(self, delivery: Delivery) -> bool:
        """Returns when a delivery is on the disk; False if it was there already. Raises NotKept where it is not."""
        kept: asyncio.Future[bool] = self._loop.create_future()
        self._waiting.append(_Waiting(delivery, kept))
        if self._writing is None:
            self._writing = self._loop.create_task(self._write())
        try:
            async with asyncio.timeout(PATIENCE):
                return await kept
        except TimeoutError:
            raise NotKept(f"it could not be written in {PATIENCE:.0f} seconds") from None

    async def close(self) -> None:
        """Returns when all that was taken is written, or was given up."""
        while self._writing is not None:
            await asyncio.wait([self._writing])
        self._thread.shutdown(wait=True)

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._write_batch(self._next_batch())
        finally:
            self._writing = None

    def _next_batch(self) -> list[_Waiting]:
        """Takes what waits, but for those whom nobody waits for any more."""
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < BATCH:
            if not (each := self._waiting.popleft()).kept.done():
                batch.append(each)
        return batch

    async def _write_batch(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            numbers = await self._loop.run_in_executor(self._thread, self._receive, [each.delivery for each in batch])
        except Exception as error:
            self._tell(error)
            for each in batch:
                if not each.kept.done():
                    each.kept.set_exception(NotKept("it could not be written"))
            return
        if self.trouble:
            self.trouble = ""
            logger.info("Deliveries are kept again")
        if any(number is not None for number in numbers):
            self._loop.call_soon(self._arrived)  # whose failure is not ours
        for each, number in zip(batch, numbers, strict=True):
            if not each.kept.done():
                each.kept.set_result(number is not None)

    def _tell(self, error: Exception) -> None:
        """Says why nothing is kept, once until it is; what nobody foresaw with the place in the program."""
        said = str(getattr(error, "orig", None) or error).strip().splitlines()
        trouble = quoted(next(iter(said), type(error).__name__))
        if not self.trouble:
            logger.error(
                "Deliveries cannot be kept, and are refused until they can: %s",
                trouble,
                exc_info=None if isinstance(error, (SQLAlchemyError, OSError)) else error,
            )
        self.trouble = trouble
