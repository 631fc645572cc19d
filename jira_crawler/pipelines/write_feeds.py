"""An issue becomes the lines of its project's feed."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING

import jsonlines
import orjson

from jira_crawler import tasks
from jira_crawler.extensions.settle import Settle
from jira_crawler.items import Issue
from jira_crawler.pipelines import Rejected

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def lines(issue: Issue) -> tuple[bytes, Counter[str], Counter[str]]:
    """Makes the JSON lines of an issue's examples, and counts by task: those made, and those that gave an answer away.

    Raises Rejected where there are none.
    """
    examples, dropped = tasks.made(issue)
    if not examples:
        raise Rejected("WriteFeeds", "nothing to learn from", issue)
    buffer = BytesIO()
    with jsonlines.Writer(buffer, dumps=orjson.dumps) as writer:
        writer.write_all(tasks.lines(issue, examples))
    return buffer.getvalue(), Counter(example.task_type for example in examples), dropped


class WriteFeeds:
    """The last step: hands an issue's lines to the batch that settles them."""

    def __init__(self, crawler: Crawler):
        self.settle = Settle.of(crawler)
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WriteFeeds:
        return cls(crawler)

    def process_item(self, item: Issue) -> Issue:
        text, made, dropped = lines(item)
        self.settle.written(item, text, made)
        for task, n in dropped.items():
            self.stats.inc_value(f"leaks/{task}", n)
        self.stats.inc_value("issues/written")
        return item
