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
# What is of this process: the number of a question, and what Scrapy notes before it sends one, a proxy's password among
# it, or obeys: which way a request goes, and how much of the answer is taken, is not for whoever wrote it down.
_OWN = (ASKED, "proxy", "_", "bindaddress", "download_", "dont_", "playwright", "handle_")
_UNTOLD = frozenset({b"proxy-authorization", b"authorization", b"host", b"cookie"})


def dump(request: Request) -> bytes:
    """Writes a request down; its callback must be a method of the spider, and what it carries must be plain values."""
    name = getattr(request.callback, "__name__", "")
    if not name:
        raise ValueError(f"{request} has no callback that can be written down")
    headers = {
        key.decode("latin-1"): [value.decode("latin-1") for value in request.headers.getlist(key)]
        for key in request.headers
        if key.lower() not in _UNTOLD
    }
    return msgspec.json.encode(
        Written(
            request.url,
            name,
            request.method,
            request.body,
            headers,
            _told(request.meta),
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
    headers = {name: values for name, values in written.headers.items() if name.lower().encode() not in _UNTOLD}
    return Request(
        written.url,
        callback=method,
        method=written.method,
        body=written.body,
        headers=headers,
        meta=_told(written.meta),
        cb_kwargs=written.kept,
        priority=written.priority,
        dont_filter=written.dont_filter,
    )


def _told(meta: dict[str, object]) -> dict[str, object]:
    """What a request carries that is ours to write down, or to believe."""
    return {key: value for key, value in meta.items() if not key.startswith(_OWN)}
