"""The hostile Jira is honest where nothing else is wanted: a crawl of it is complete in both dialects."""

from __future__ import annotations

import pytest

from tests.servers.hostile import hostile


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_without_a_rule_everything_comes(crawl, dialect):
    with hostile(35, dialect=dialect, page_cap=10) as jira:
        done = crawl(jira.url, projects="ACME")
    assert done.status == 0, done.out
    assert done.ids == {str(1000 + n) for n in range(1, 36)}
