"""Requests as JSON and back. Never pickle: what is read back may come from where others write."""

from __future__ import annotations

import msgspec
from scrapy import Request, Spider


class Written(msgspec.Struct, omit_defaults=True):
    """The parts of a request that its spider chose; everything else has its default."""

    url: str
    callback: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, list[str]] = {}
    meta: dict[str, object] = {}
    kept: dict[str, object] = {}
    priority: int = 0
    dont_filter: bool = False


_decoder = msgspec.json.Decoder(Written)


def dump(request: Request) -> bytes:
    """Writes a request down; its callback must be a method of the spider, and what it carries must be plain values."""
    name = getattr(request.callback, "__name__", "")
    if not name:
        raise ValueError(f"{request} has no callback that can be written down")
    headers = {
        key.decode("latin-1"): [value.decode("latin-1") for value in request.headers.getlist(key)]
        for key in request.headers
    }
    return msgspec.json.encode(
        Written(
            request.url,
            name,
            request.method,
            request.body,
            headers,
            request.meta,
            request.cb_kwargs,
            request.priority,
            request.dont_filter,
        )
    )


def load(data: bytes, spider: Spider) -> Request:
    """Reads a request back, with the spider's method of that name as its callback."""
    written = _decoder.decode(data)
    if written.callback.startswith("_") or not callable(method := getattr(spider, written.callback, None)):
        raise ValueError(f"the spider {spider.name} has no callback {written.callback!r}")
    return Request(
        written.url,
        callback=method,
        method=written.method,
        body=written.body,
        headers=written.headers,
        meta=written.meta,
        cb_kwargs=written.kept,
        priority=written.priority,
        dont_filter=written.dont_filter,
    )
