"""Which pages there are, who sees them, and what a visitor gets in place of one."""

from __future__ import annotations

from argparse import ArgumentParser

from scrapy.settings import Settings

from fake_jira.options import Options
from jira_crawler.commands.sandbox import Command, _chosen


def test_every_switch_of_pages_reaches_the_options():
    parser = ArgumentParser()
    (command := Command()).settings = Settings()
    command.add_options(parser)
    switches = "--pages off --page-comments script --comments-shown 5 --rest-closed 401 --robots none --crawl-delay 1.5"
    options = Options(**_chosen(parser.parse_args(switches.split())))
    assert (options.pages, options.page_comments, options.comments_shown) == ("", "script", 5)
    assert (options.rest_closed, options.robots, options.crawl_delay) == ("401", "none", 1.5)
    assert Options(**_chosen(parser.parse_args([]))) == Options(port=8080, clock=Options().clock)
