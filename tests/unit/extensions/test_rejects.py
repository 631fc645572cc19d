"""What becomes of an issue that leaves the pipelines early."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.core.scraper import Scraper, Slot
from scrapy.logformatter import LogFormatter

from jira_crawler.exceptions import Malformed
from jira_crawler.extensions.rejects import Rejects
from jira_crawler.pipelines import Rejected


class Item:
    """Stands for an issue with a large payload; unlike bytes, it can be watched."""


async def refused(item: Item) -> Item:
    try:
        raise Malformed("a text that is too long")
    except Malformed as error:
        raise Rejected("Validate", str(error)) from error


def scraper(rejects: Rejects) -> Scraper:
    """Scrapy's own, as far as an item that is dropped comes in it."""

    async def send(item: Any, exception: Any, **_: Any) -> None:
        rejects.dropped(item, exception)

    made = Scraper.__new__(Scraper)
    spider = SimpleNamespace(crawler=SimpleNamespace(settings={"DEFAULT_DROPITEM_LOG_LEVEL": "DEBUG"}))
    made.slot, made.crawler, made.logformatter = Slot(), SimpleNamespace(spider=spider), LogFormatter()
    made.itemproc = SimpleNamespace(process_item_async=refused)
    made.signals = SimpleNamespace(send_catch_log_async=send)
    made._itemproc_has_async = {"process_item": True}
    return made


def test_an_issue_that_is_dropped_is_let_go_at_once_and_not_when_the_garbage_is_collected():
    rejects = Rejects(SimpleNamespace(signals=SimpleNamespace(connect=lambda *_, **__: None)))
    item = Item()
    watched = weakref.ref(item)
    collects = gc.isenabled()
    gc.disable()
    try:
        dropped = scraper(rejects).start_itemproc_async(item, response=None)
        with pytest.raises(StopIteration):
            dropped.send(None)
        del item, dropped
        assert watched() is None
    finally:
        if collects:
            gc.enable()
