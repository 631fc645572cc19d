"""What a server says reaches a person as words, and moves nothing on their screen."""

from __future__ import annotations

import re
from collections.abc import Callable

from jira_crawler.sentences import LONGEST_QUOTE
from tests.conftest import Crawled
from tests.servers.hostile import Asked, as_json, hostile
from tests.unit.test_sentences import NASTY

Crawl = Callable[..., Crawled]


def test_a_crawl_says_no_more_than_that(crawl: Crawl) -> None:
    def rule(asked: Asked) -> object:
        if asked.path.endswith("/serverInfo"):
            return as_json({"version": NASTY.replace("\ud800", "") + "x" * 9_999, "deploymentType": "Server"})
        if asked.is_page:
            return as_json({"errorMessages": [NASTY.replace("\ud800", "") * 999]}, 400)
        return None

    with hostile(3, rule) as jira:
        done = crawl(jira.url, projects="ACME")
    assert done.status == 1
    assert not done.report["complete"]
    for where in (done.out, done.log, *done.report["missing"]):
        assert re.search("[^\n\x20-\x7e\u2500-\u257f…é]", where) is None
        assert "owned" not in where
    assert max(map(len, done.report["missing"])) < LONGEST_QUOTE + 200
    assert max(map(len, done.log.splitlines())) < LONGEST_QUOTE + 400
