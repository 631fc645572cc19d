"""Scrapy's own way to an answer, but that the body of a file goes to the disk, and is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import _ResponseReader, _ScrapyAgent
from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Response as TxResponse
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.iweb import UNKNOWN_LENGTH

from jira_crawler.middlewares.attachment_transfer import Transfer, Way

# Bytes that must come in DOWNLOAD_TIMEOUT: what is large may take longer, and whoever only drips is not waited for.
STEADY = 2**20


class AttachmentAgent(_ScrapyAgent):
    """Asks once; what the transfer does not want is not read, and the connection is given up."""

    def __init__(self, transfer: Transfer, **how: Any):
        super().__init__(**how)
        self.transfer = transfer

    def _cb_bodyready(self, txresponse: TxResponse, request: Request) -> Any:
        length = None if txresponse.length == UNKNOWN_LENGTH else cast(int, txresponse.length)
        way = self.transfer.begins(int(txresponse.code), self._headers_from_twisted_response(txresponse), length)
        if way is Way.ANSWER:
            return super()._cb_bodyready(txresponse, request)
        if way is Way.NOT:
            txresponse._transport._producer.abortConnection()
            return {"txresponse": txresponse}
        if length == 0:  # a body of which nothing would ever be heard
            self.transfer.ended(certain=True)
            return {"txresponse": txresponse}
        done: Deferred[Any] = Deferred(partial(self._cancel, txresponse=txresponse))
        timeout = request.meta.get("download_timeout") or self._connectTimeout
        reader = _FileReader(
            self.transfer,
            lambda: cast(Any, self._timeout_cl).reset(timeout),
            finished=done,
            txresponse=txresponse,
            request=request,
            maxsize=0,
            warnsize=0,
            fail_on_dataloss=True,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        txresponse.deliverBody(reader)  # type: ignore[no-untyped-call]
        self._txresponse = txresponse
        return done


class _FileReader(_ResponseReader):
    def __init__(self, transfer: Transfer, is_alive: Callable[[], None], **how: Any):
        super().__init__(**how)
        self.transfer, self.is_alive = transfer, is_alive
        self._unheard = 0  # bytes since the clock was set back

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._finished.called:
            return
        if not self.transfer.write(data):
            self._finish_response()
            assert self.transport  # noqa: S101 - over which it came
            self.transport._producer.abortConnection()
            return
        self._unheard += len(data)
        if self._unheard >= STEADY:
            self._unheard = 0
            self.is_alive()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's name
        if not self._finished.called and isinstance(reason.value, (ResponseDone, PotentialDataLoss)):
            self.transfer.ended(certain=isinstance(reason.value, ResponseDone))
        super().connectionLost(reason)
