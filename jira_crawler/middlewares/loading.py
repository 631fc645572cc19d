"""Loads what downloads without the search that Scrapy begins for it, which takes a tenth of a crawl's start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace

from scrapy.utils import deprecate

DOWNLOAD = "jira_crawler.middlewares.throttled_download"


def load_download() -> None:
    """Loads the handler of downloads, and with it Scrapy's and TLS."""
    with _without_search():
        import_module(DOWNLOAD)


@contextmanager
def _without_search() -> Iterator[None]:
    """Lets Scrapy make a class under an old name without looking who makes it.

    It looks through all calls and the files of all modules, to note in which module such a class stands. Nobody here
    asks for one. A Scrapy that looks otherwise is left alone.
    """
    found = vars(deprecate)
    real = found.get("inspect")
    if real is None:
        yield
        return
    nobody = SimpleNamespace(stack=lambda: [(None,), (None,)], getmodule=lambda frame: None, isclass=real.isclass)
    found["inspect"] = nobody
    try:
        yield
    finally:
        found["inspect"] = real
