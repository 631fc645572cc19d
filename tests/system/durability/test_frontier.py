"""The frontier by itself: the queue, the leases, what is written down of a request, and when two are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fake_jira import running
from jira_crawler.frontier.queue import Queue

# --- a folder of another site


def test_a_jobdir_of_another_site_is_refused_with_a_sentence(crawl: Any, tmp_path: Path) -> None:
    with running(issues=5) as mine, running(issues=5) as other:
        state = {"site": mine.url, "run": 1}
        queue = Queue(tmp_path / "job")
        queue.save_state(state)
        queue.close()
        refused = crawl(other.url, JOBDIR=tmp_path / "job")
        assert refused.status == 2
        assert f"holds a crawl of {mine.url}: give this one a folder of its own." in refused.log
        assert other.requests == []
        again = Queue(tmp_path / "job")
        assert again.load_state() == state
        again.close()
        done = crawl(mine.url, JOBDIR=tmp_path / "job")
        assert done.status == 0, done.out
