"""A crawl of repositories into a store on Postgres."""

from __future__ import annotations

from pathlib import Path

from fake_github import running
from tests.servers.postgres import shared
from tests.system.github.truth import TOKEN, Repositories


def test_pieces_may_be_on_postgres(tmp_path: Path) -> None:
    url = shared().create()
    with running(items=40, token=TOKEN) as sandbox:
        trial = Repositories(sandbox, tmp_path)
        first = trial.run(STORE_URL=url)
        assert (first.status, first.report["missing"]) == (0, [])
        build = sandbox.builder("acme/rocket")
        said = next(item for item in build.repository.shown() if item.comments)
        build.edit(said, said.comments[0], "This was edited later, with a \x00 in the middle of it.")
        before = len(sandbox.requests)
        again = trial.run(STORE_URL=url)
        assert (again.status, again.report["missing"]) == (0, [])
        assert len(sandbox.requests) - before <= 14
        calm = Repositories(sandbox, tmp_path / "file").run()
        assert again.sorted_feeds() == calm.sorted_feeds()
