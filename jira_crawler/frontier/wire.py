"""Requests as JSON and back. Never pickle: what is read back may come from where others write."""

from __future__ import annotations

from inspect import signature

import msgspec
from scrapy import Request, Spider

from jira_crawler.frontier import ASKED


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
# What is of this process: what Scrapy notes before it sends a request, the password of a proxy among it; a number.
_OWN = (ASKED, "proxy", "_auth_proxy", "_scheme_proxy", "bindaddress", "download_slot")


def dump(request: Request) -> bytes:
    """Writes a request down; its callback must be a method of the spider, and what it carries must be plain values."""
    name = getattr(request.callback, "__name__", "")
    if not name:
        raise ValueError(f"{request} has no callback that can be written down")
    headers = {
        key.decode("latin-1"): [value.decode("latin-1") for value in request.headers.getlist(key)]
        for key in request.headers
        if key != b"Proxy-Authorization"
    }
    return msgspec.json.encode(
        Written(
            request.url,
            name,
            request.method,
            request.body,
            headers,
            {key: value for key, value in request.meta.items() if key not in _OWN},
            request.cb_kwargs,
            request.priority,
            request.dont_filter,
        )
    )


def load(data: bytes, spider: Spider) -> Request:
    """Reads a request back, with the spider's method of that name as its callback; raises ValueError."""
    written = _decoder.decode(data)
    method = None if written.callback.startswith("_") else getattr(spider, written.callback, None)
    if not callable(method) or next(iter(signature(method).parameters), "") != "response":
        raise ValueError(f"the spider {spider.name} has no callback {written.callback[:200]!r}")
    return Request(
        written.url,
        callback=method,
        method=written.method,
        body=written.body,
        headers=written.headers,
        meta={key: value for key, value in written.meta.items() if key not in _OWN},
        cb_kwargs=written.kept,
        priority=written.priority,
        dont_filter=written.dont_filter,
    )
