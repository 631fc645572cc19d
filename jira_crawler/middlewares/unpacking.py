"""Unpacks answers. Scrapy's own loses the request of a garbled body, and takes one that breaks off for whole."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from jira_crawler.exceptions import TooLarge, Unreadable
from jira_crawler.middlewares.answers import FailureResponse, UndecodableResponse
from jira_crawler.middlewares.unpack import unpack

if TYPE_CHECKING:
    from scrapy import Request

logger = logging.getLogger(__name__)


class Unpacking(HttpCompressionMiddleware):
    """Asks for packed answers, and gives what was in them, or an UndecodableResponse that says why it cannot."""

    def process_response(self, request: Request, response: Response) -> Response:  # type: ignore[override]
        if isinstance(response, FailureResponse):
            return response
        return unpacked(response, request.meta.get("download_maxsize", self._max_size))


def unpacked(response: Response, limit: int) -> Response:
    """Gives an answer with its body as it was before it was packed; UndecodableResponse where that is not to be had."""
    names = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
    if not names:
        return response
    encodings = [name.strip().lower() for name in ",".join(names).split(",")]
    headers = response.headers.copy()
    del headers["Content-Encoding"]
    try:
        body, left = unpack(response.body, encodings, limit)
    except (TooLarge, Unreadable) as error:
        is_transient = isinstance(error, Unreadable)
        return UndecodableResponse(
            response.url, str(error), is_transient=is_transient, status=response.status, headers=headers
        )
    if left:  # what reads it will find that it is neither JSON nor a page, or that it is one all the same
        logger.debug("%s is packed as %s, which nobody here can unpack", response.url, ", ".join(left)[:100])
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    return response.replace(cls=kind, headers=headers, body=body)
