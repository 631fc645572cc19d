"""Killed at every step of a file's way to the disk and into the store: nothing half-written counts, nothing is lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.attached import HeldFile
from tests.conftest import QUICK
from tests.servers.nursery import Nursery


class FileNursery(Nursery):
    driver = "tests.system.spiders.file_kills"


# The step, and the how manieth time that it is come by.
KILLS = [
    *(("part after", 2), ("write before", 3), ("write after", 2), ("sync after", 1)),
    *(("finish before", 2), ("rename before", 3), ("rename after", 3), ("finish after", 2)),
    *(("save before", 1), ("save after", 1), ("COMMIT before", 6), ("fsync after", 9)),
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running(issues=5, projects=("DEMO",), seed=2, file_bytes=9 * 2**20) as served:
        assert len(files(served)) >= 3
        yield served


@pytest.fixture
def killers() -> Iterator[FileNursery]:
    kept = FileNursery()
    yield kept
    kept.close()


def files(sandbox: Sandbox) -> dict[str, int]:
    return {str(id_): size for issue in sandbox.jira.corpus.by_id.values() for id_, size in issue.files}


def start(nursery: Nursery, sandbox: Sandbox, home: Path, step: str = "", number: int = 0, **more: str) -> int:
    settings = QUICK | {"OUTPUT_DIR": str(home / "out"), "STATE_DIR": str(home / "state"), "SCRAPE_ONLY": "1"}
    arguments = ["crawl", "jira", *(f"-s{name}={value}" for name, value in settings.items())]
    chosen = {"projects": "DEMO", "site": sandbox.url, "attachments": "true", "remote_links": "true"} | more
    arguments += [part for name, value in chosen.items() for part in ("-a", f"{name}={value}")]
    return nursery.start(arguments, home / "log", step, number)


def held(out: Path) -> dict[str, HeldFile]:
    dataset = Dataset(out)
    issues = [row.identity for rows in dataset.store.chunks(1_000) for row in rows]
    found = {id_: file for of in dataset.store.attached.files(issues).values() for id_, file in of.items()}
    assert dataset.store.attached.leaving() == []
    dataset.close()
    return found


def on_disk(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in (out / "attachments").rglob("*") if path.is_file()}


@pytest.mark.parametrize(("step", "number"), KILLS, ids=[step.replace(" ", "-") for step, _ in KILLS])
def test_what_is_said_to_be_stored_is_there_and_the_next_run_brings_the_rest(killers, tmp_path, sandbox, step, number):
    out = tmp_path / "out"
    assert killers.wait(start(killers, sandbox, tmp_path, step, number)) == -signal.SIGKILL
    for file in held(out).values():
        assert file.state == "stored"
        assert sha256((out / file.path).read_bytes()).hexdigest() == file.sha256
    named = {path for path in on_disk(out) if not Path(path).name.startswith(".")}
    for path in named:  # one that has its name is whole, whether anybody knows of it or not
        assert (out / path).stat().st_size == files(sandbox)[Path(path).name.partition("_")[0]]
    assert killers.wait(start(killers, sandbox, tmp_path)) == 0, (tmp_path / "log").read_text()
    there = held(out)
    assert {id_: (file.state, file.size) for id_, file in there.items()} == {
        id_: ("stored", size) for id_, size in files(sandbox).items()
    }
    assert {id_: file.sha256 for id_, file in there.items()} == {
        id_: sandbox.files.contents(*sandbox_file(sandbox, id_)).sha256() for id_ in there
    }
    assert on_disk(out) == {file.path for file in there.values()}


def sandbox_file(sandbox: Sandbox, id_: str) -> tuple:
    found = sandbox.files.find(id_)
    assert found
    return found[0], id_


@pytest.mark.parametrize(("step", "number"), [("remove before", 1), ("remove after", 1), ("left before", 1)])
def test_files_of_what_is_gone_leave_in_the_end(killers, tmp_path, step, number):
    with running(issues=5, projects=("DEMO",), seed=2, file_bytes=20_000) as sandbox:
        assert killers.wait(start(killers, sandbox, tmp_path)) == 0
        gone = next(issue for issue in sandbox.jira.corpus.by_id.values() if issue.files)
        sandbox.mutations.apply("delete", gone.id)
        killed = start(killers, sandbox, tmp_path, step, number, verify="true", attachments="false")
        assert killers.wait(killed) == -signal.SIGKILL
        assert killers.wait(start(killers, sandbox, tmp_path, attachments="false")) == 0
        left = held(tmp_path / "out")
        assert set(left) == set(files(sandbox))
    assert on_disk(tmp_path / "out") == {file.path for file in left.values()}
