"""A crawl whose browser is worn after a number of pages; no setting makes it wear that soon."""

from __future__ import annotations

from scrapy.cmdline import execute

from jira_crawler.middlewares import browser_sealed


def run(step: str, number: int, arguments: list[str]) -> None:
    browser_sealed.WORN = number
    execute(["scrapy", *arguments])
