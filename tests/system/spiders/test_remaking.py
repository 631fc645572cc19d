"""A feed that was removed or cut is made again from the store, in the next run, whatever that is about."""

from __future__ import annotations

from fake_jira import running
from tests.conftest import Crawled


def lose(done: Crawled) -> dict[str, bytes]:
    """Removes one feed and cuts another one in the middle of a line; gives what is left of them."""
    (done.folder / "DEMO.jsonl").unlink()
    cut = (done.folder / "TOOLS.jsonl").read_bytes()[:-100]
    (done.folder / "TOOLS.jsonl").write_bytes(cut)
    return {"TOOLS.jsonl.old": cut}


def test_lost_feeds_are_made_again_by_whatever_runs_next(crawl):
    with running(issues=30) as sandbox:
        done = crawl(sandbox.url)
        before, rejects = done.sorted_feeds(), (done.folder / "rejects.jsonl").read_bytes()
        left = lose(done)
        done = crawl(sandbox.url, projects="TOOLS")
        assert (done.status, done.report["complete"]) == (0, True), done.log
        assert "DEMO.jsonl is gone, or is not as it was written" in done.log
        assert done.sorted_feeds() == before
        assert (done.folder / "rejects.jsonl").read_bytes() == rejects
        assert {path.name: path.read_bytes() for path in done.folder.glob("*.old*")} == left
        lose(done)
        done = crawl(sandbox.url, SCRAPE_ONLY=1)
        assert done.status == 1
        assert "INCOMPLETE: The lines that were lost with DEMO.jsonl, TOOLS.jsonl are not made again yet" in done.out
    done = crawl(spider="replay", projects="TOOLS", REFINE_PROCESSES=1)
    assert done.status == 0, done.out
    assert done.sorted_feeds() == before
    assert (done.folder / "rejects.jsonl").read_bytes() == rejects
