"""Unpacks compressed bodies. One that cannot be unpacked is no body, which asking again may mend."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class Unpacking(HttpCompressionMiddleware):
    """Scrapy's own, but what is garbled goes on as an empty body: Retry and the spiders know what to do with that."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            return super().process_response(request, response)
        except IgnoreRequest:  # it is whole, and larger than we want it
            raise
        except Exception:  # each packing has errors of its own
            self.stats.inc_value("unpacking/garbled")  # type: ignore[union-attr]  # there is a crawler
            response.headers.pop("Content-Encoding", None)
            return response.replace(body=b"")
