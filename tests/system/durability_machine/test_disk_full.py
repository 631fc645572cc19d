"""A disk that is full: one sentence, nothing committed is harmed, and with space the next run carries on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.conftest import QUICK, ROOT, Crawled, command
from tests.rounds import thorough

FULL = ("No space left on device", "File too large", "disk is full", "disk I/O error")


def start(url: str, folder: Path, limit: Callable[[], None] | None = None, **chosen: Any) -> Crawled:
    """Runs a crawl to its end; what is limited is a process by itself, whose limits its log must not meet."""
    settings = QUICK | {"OUTPUT_DIR": folder, "STATE_DIR": folder.parent / "state", "COMMIT_ISSUES": 15} | chosen
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    line = ["crawl", "jira", "-a", "projects=DEMO,TOOLS", "-a", f"site={url}", *flags]
    if limit is None:
        done = command(*line)
    else:
        real = [sys.executable, "-W", "error", "-m", "scrapy", *line]
        done = subprocess.run(
            real, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False, preexec_fn=limit
        )
    return Crawled(done.returncode, done.stdout, done.stderr, folder)


def said(done: Crawled) -> list[str]:
    """The sentences that tell a person what stopped the crawl."""
    return [line for line in (done.out + done.log).splitlines() if line.startswith(("INCOMPLETE:", "scrapy crawl:"))]


def sentence(done: Crawled) -> bool:
    text = " ".join(said(done))
    return done.status in (1, 2) and "Complete." not in done.out and any(word in text for word in FULL)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One that nothing happens in."""
    with running(issues=90, page_cap=12) as served:
        yield served


@pytest.fixture(scope="module")
def calm(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The feeds of a crawl that has all the room it wants."""
    return start(sandbox.url, tmp_path_factory.mktemp("calm") / "output").sorted_feeds()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes a real file system of a given size; where mounting is not allowed, the limit on file sizes must do."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False)
        if done.returncode:
            pytest.xfail("this machine does not let tests mount a file system; RLIMIT_FSIZE is tested beside it")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


def grow(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)


@pytest.mark.parametrize(
    ("size", "jobdir"),
    [(4_096, False), (60_000, True), (400_000, True), *thorough((4_096, True), (100_000, False))],
)
def test_no_file_may_grow_beyond_a_limit(tmp_path, sandbox, calm, size, jobdir):
    chosen = {"JOBDIR": tmp_path / "jobs"} if jobdir else {}
    full = start(
        sandbox.url,
        tmp_path / "output",
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        **chosen,
    )
    done = start(sandbox.url, tmp_path / "output", **chosen)
    assert sentence(full), full.log
    assert "Traceback" not in full.log + done.log
    assert done.status == 0, done.out
    assert done.sorted_feeds() == calm


@pytest.mark.parametrize("size", ["120k", "1m", *thorough("400k")])
def test_a_small_disk_for_everything(small, sandbox, calm, size):
    disk = small(size)
    full = start(sandbox.url, disk / "output", JOBDIR=disk / "jobs")
    grow(disk)
    done = start(sandbox.url, disk / "output", JOBDIR=disk / "jobs")
    assert sentence(full), full.out + full.log
    assert "Traceback" not in full.log + done.log
    assert done.status == 0, done.out
    assert done.sorted_feeds() == calm


@pytest.mark.parametrize("size", ["8k", "200k", *thorough("80k")])
def test_a_small_disk_for_the_frontier_alone(tmp_path, small, sandbox, calm, size):
    """A crawl whose questions cannot be kept must not call itself complete."""
    disk = small(size)
    full = start(sandbox.url, tmp_path / "output", JOBDIR=disk / "jobs")
    grow(disk)
    done = start(sandbox.url, tmp_path / "output", JOBDIR=disk / "jobs")
    assert sentence(full), full.out
    assert "Traceback" not in full.log + done.log
    assert done.status == 0, done.out
    assert done.sorted_feeds() == calm


def test_what_is_there_stays_when_an_update_finds_no_room(tmp_path, small):
    disk = small("64m")
    with running(issues=50, page_cap=12) as sandbox:
        start(sandbox.url, disk / "output")
        before = {path.name: path.read_bytes() for path in (disk / "output").glob("*.jsonl")}
        for _ in range(40):
            sandbox.mutations.apply("edit")
        room = os.statvfs(disk)
        (disk / "ballast").write_bytes(b"x" * (room.f_bavail * room.f_frsize - 8_192))
        full = start(sandbox.url, disk / "output")
        feeds = {path.name: path.read_bytes() for path in (disk / "output").glob("*.jsonl")}
        (disk / "ballast").unlink()
        done = start(sandbox.url, disk / "output")
        calm = start(sandbox.url, tmp_path / "calm")
    assert sentence(full), full.out + full.log
    assert all(feeds[name].startswith(content) for name, content in before.items() if name != "rejects.jsonl")
    assert done.status == 0, done.out
    assert done.sorted_feeds() == calm.sorted_feeds()
