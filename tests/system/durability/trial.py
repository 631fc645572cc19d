"""A crawl that is ended again and again, and what has to be true of it when it was let go to its end."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_jira.server.serving import Sandbox
from tests.conftest import QUICK, Crawled, read_lines
from tests.servers.nursery import Nursery

PROJECTS = "DEMO,TOOLS"
LONG = 8 * 1024
# Small pages, slices and batches: many moments between which a crawl can die, and duplicates that come too early.
SMALL = {"SLICE_ISSUES": "20", "COMMIT_ISSUES": "7", "COMMIT_SECONDS": "0.05"}


@dataclass
class Trial:
    """One command, in a folder of its own, that is run as often as it takes."""

    nursery: Nursery
    sandbox: Sandbox
    home: Path
    jobdir: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    projects: str = PROJECTS

    @property
    def output(self) -> Path:
        return self.home / "output"

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def arguments(self, **chosen: Any) -> list[str]:
        settings = QUICK | SMALL | {"OUTPUT_DIR": str(self.output), "STATE_DIR": str(self.home / "state")}
        settings |= {"JOBDIR": str(self.home / "job")} if self.jobdir else {}
        options = {"projects": self.projects, "site": self.sandbox.url} | settings | self.settings | chosen
        parts = ["crawl", "jira"]
        for name, value in options.items():
            parts += ["-s" if name.isupper() else "-a", f"{name}={value}"]
        return parts

    def start(self, step: str = "", number: int = 0, env: Any = None, **chosen: Any) -> int:
        self.home.mkdir(parents=True, exist_ok=True)
        return self.nursery.start(self.arguments(**chosen), self.home / "log", step, number, env)

    def run(self, **chosen: Any) -> Crawled:
        """Runs the command to its end."""
        status = self.nursery.wait(self.start(**chosen))
        log = self.log
        assert "Traceback" not in log, log
        return Crawled(status, log, log, self.output)

    def die_at(self, step: str, number: int) -> None:
        """Runs the command until it comes by a step for the `number`-th time, which it does not survive."""
        status = self.nursery.wait(self.start(step, number))
        assert status == -signal.SIGKILL, f"it did not come by {step} {number} times: status {status}\n{self.log}"

    def requests(self, since: int = 0) -> list[str]:
        return [path for _, path, _ in self.sandbox.requests[since:]]

    def copy_of(self, other: Trial) -> Trial:
        shutil.copytree(other.home, self.home)
        return self


def feeds(folder: Path) -> dict[str, list[bytes]]:
    """The lines of every feed and of the rejects, sorted, as bytes."""
    return {path.name: sorted(path.read_bytes().splitlines(keepends=True)) for path in folder.glob("*.jsonl")}


def ids(sandbox: Sandbox) -> set[str]:
    return {facts["id"] for project in sandbox.manifest()["projects"].values() for facts in project["issues"]}


def assert_same(done: Crawled, calm: Path, sandbox: Sandbox) -> None:
    """Nothing is lost and nothing is there twice."""
    assert (done.status, done.report["complete"]) == (0, True), done.log
    mine, other = feeds(done.folder), feeds(calm)
    assert mine.keys() == other.keys()
    for name, lines in mine.items():
        lost, doubled = set(other[name]) - set(lines), len(lines) - len(set(lines))
        assert (len(lost), doubled, len(set(lines) - set(other[name]))) == (0, 0, 0), f"{name}\n{done.log}"
        assert lines == other[name]
        assert all(line.endswith(b"\n") for line in lines)
    rejected = [each["id"] for each in read_lines(done.folder / "rejects.jsonl")]
    assert len(rejected) == len(set(rejected))
    assert not set(rejected) & {each["metadata"]["issue_id"] for each in done.examples}
    assert done.ids == ids(sandbox)
    assert max(len(line) for lines in mine.values() for line in lines) > LONG
    assert not [*done.folder.glob("*.new"), *done.folder.glob("*.old")]
    assert_told(done.folder / "store.sqlite")


def assert_told(store: Path) -> None:
    """Whatever became of an issue, its last change says so; nobody follows, so all of them are kept."""
    kind = "CASE stage WHEN 'Keep' THEN 'stored' WHEN 'Removed' THEN 'gone' ELSE 'refined' END"
    with closing(sqlite3.connect(store)) as database:
        untold = f"SELECT site, id, stage, kind FROM issues LEFT JOIN changes USING (site, id) WHERE kind IS NOT {kind}"
        assert database.execute(untold).fetchall() == []
        last = "SELECT max(changes.seq) = last_change.seq FROM changes, last_change"
        assert database.execute(last).fetchone() == (1,)
