"""robots.txt: what its owner asks for is kept, what is none asks for nothing, and it comes from the site only."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from fake_jira import running
from jira_crawler.middlewares.pace import Pace
from jira_crawler.middlewares.robots import Robots
from jira_crawler.middlewares.turns import OwnTurns
from tests.middlewares.worker import Asker
from tests.servers.elsewhere import elsewhere
from tests.servers.hostile import Answer, hostile


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
    turns = OwnTurns(1.0, 60.0, None)
    pace = SimpleNamespace(turns=turns, longest=60.0)
    settings = Settings({"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "jira_crawler"})
    crawler = SimpleNamespace(
        settings=settings, stats=None, signals=SignalManager(), spider=Asker("https://jira.example.org")
    )
    crawler.get_downloader_middleware = lambda kind: pace if kind is Pace else None
    Robots(crawler).parsed(ProtegoRobotParser(text.encode(), None))
    assert turns.delay == delay
    assert ("60 are kept, which is MAX_PAUSE" in caplog.text) == ("86400" in text)
    now = 1000.0
    assert not turns.line.ask(0, turns.delay, now).wait
    assert turns.line.ask(0, turns.delay, now).wait == delay


def test_pages_are_asked_for_at_the_pace_of_robots_txt(crawl):
    with running(issues=6, crawl_delay=0.4) as sandbox:
        keys = ",".join(each["key"] for each in sandbox.manifest()["projects"]["DEMO"]["issues"][:2])
        done = crawl(sandbox.url, spider="jira_pages", projects="", keys=keys, MAX_PAUSE=0.3)
        requests = len(sandbox.requests)
    assert done.status == 0
    assert "asks for 0.4 seconds between two requests; 0.3 are kept, which is MAX_PAUSE" in done.log
    assert done.report["seconds"] >= 0.3 * (requests - 1)


def test_robots_txt_from_elsewhere_is_not_fetched(crawl):
    with elsewhere() as other:

        def rule(asked):
            if asked.path == "/robots.txt":
                return Answer(status=301, headers={"Location": f"{other.url}/robots.txt"})
            return Answer(b"x", 404, {"Content-Type": "text/html"})

        with hostile(1, rule) as jira:
            crawl(jira.url, spider="jira_pages", projects="", keys="ACME-1")
            assert [asked.path for asked in jira.requests] == ["/robots.txt", "/browse/ACME-1"]
    assert other.came == []


@pytest.mark.parametrize("bad", ["huge", "garbled", "503"])
def test_a_robots_txt_that_is_there_but_cannot_be_had_is_obeyed_blindly(crawl, bad):
    """Nobody knows what it wants: nothing is asked, and the crawl says why."""
    answers = {
        "huge": Answer(b"# no\n" * 300_000, headers={"Content-Type": "text/plain"}),
        "garbled": Answer(b"nonsense", headers={"Content-Encoding": "gzip"}),
        "503": Answer(b"", 503),
    }
    with hostile(1, lambda asked: answers[bad]) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="", keys="ACME-1,ACME-2", RETRY_TIMES=1)
        assert {asked.path for asked in jira.requests} == {"/robots.txt"}
        assert len(jira.requests) == (1 if bad == "huge" else 2)
    assert done.status == 1
    assert "/robots.txt says what robots may read, and cannot be read:" in done.out
