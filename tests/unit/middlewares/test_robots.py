"""robots.txt: what its owner asks for is kept, what is none asks for nothing, and it comes from the site only."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from jira_crawler.middlewares.pace import Pace
from jira_crawler.middlewares.permits import OwnPermits
from jira_crawler.middlewares.robots import Robots
from tests.integration.middlewares.worker import Asker


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0),
        ("User-agent: *\nCrawl-delay: 0.5\n\nUser-agent: jira_crawler\nCrawl-delay: 3", 3.0),
        ("User-agent: somebody\nCrawl-delay: 7", 1.0),
        ("User-agent: *\nCrawl-delay: 0.25", 1.0),  # less than the site's own is no reason to hurry
        ("User-agent: *\nCrawl-delay: 86400", 60.0),
        ("User-agent: *\nCrawl-delay: nan", 1.0),
        ("User-agent: *\nCrawl-delay: inf", 1.0),
        ("User-agent: *\nCrawl-delay: -5", 1.0),
        ("User-agent: *\nCrawl-delay: soon", 1.0),
        ("\x00\x01<html>", 1.0),
        ("", 1.0),
    ],
)
def test_a_crawl_delay_is_the_least_between_two_requests(text, delay, caplog):
    caplog.set_level("INFO")
    permits = OwnPermits(1.0, 60.0, None)
    pace = SimpleNamespace(permits=permits, longest=60.0)
    settings = Settings({"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "jira_crawler"})
    crawler = SimpleNamespace(
        settings=settings, stats=None, signals=SignalManager(), spider=Asker("https://jira.example.org")
    )
    crawler.get_downloader_middleware = lambda kind: pace if kind is Pace else None
    Robots(crawler).parsed(ProtegoRobotParser(text.encode(), None))
    assert permits.delay == delay
    assert ("60 are kept, which is MAX_PAUSE" in caplog.text) == ("86400" in text)
    now = 1000.0
    assert not permits.pacer.ask(0, permits.delay, now).wait
    assert permits.pacer.ask(0, permits.delay, now).wait == delay
