"""`scrapy search` and `scrapy serve` as a person starts them, and a kill in the middle of them."""

from __future__ import annotations

import json
import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from jira_crawler.stream import Samples
from tests.conftest import command
from tests.servers.archive import LONG, archive

MANY = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with archive(tmp_path_factory.mktemp("filled") / "output") as kept:
        for number in range(1, MANY + 1):
            kept.put(
                number,
                commit=False,
                summary=f"Lease {number} of \x1b[31mLogCleaner",
                description=f"{LONG} {'word ' * number}",
                status="Open" if number % 2 else "Resolved",
            )
        kept.dataset.commit()
    yield kept.folder


def search(folder: Path, *arguments: str) -> CompletedProcess[str]:
    return command("search", *arguments, "-s", f"OUTPUT_DIR={folder}")


def test_what_is_found_is_shown_with_all_that_counts(folder):
    first = search(folder, "lease AND status:resolved", "--min-quality", "0.1", "-n", "2")
    assert first.returncode == 0, first.stderr
    assert first.stderr == f"There was none: the index was made anew, {MANY} documents.\n"
    assert re.search(r"^ACME-\d+  Lease \d+ of ", first.stdout)
    assert "https://jira.example.org/browse/ACME-" in first.stdout
    assert re.search(r"quality 0\.\d+ \(length 0", first.stdout)
    assert "seen 2026-09-21T14:13" in first.stdout
    assert f"{MANY // 2} issues fit, 2 of them are shown." in first.stdout
    assert "\x1b" not in first.stdout
    again = search(folder, "code:LogCleaner", "--json", "-n", "1", "--offset", "3", "--all")
    assert again.stderr == ""
    told = json.loads(again.stdout)
    assert (told["total"], len(told["hits"])) == (MANY, 1)
    alike = search(folder, "--similar", "ACME-50", "-n", "1")
    assert alike.returncode == 0, alike.stderr
    assert "  alike " in alike.stdout
    none = search(folder, "zzz")
    assert (none.returncode, none.stdout) == (1, "0 issues fit.\n")
    rebuilt = search(folder, "--rebuild")
    assert (rebuilt.returncode, rebuilt.stdout) == (0, "")
    assert rebuilt.stderr == f"It was asked for: the index was made anew, {MANY} documents.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Say what to look for"),
        (("a", "--similar", "ACME-1"), "Say what to look for"),
        (("lease AND (",), "The question cannot be read at character 11: something is missing behind this."),
        (("x" * 100_000,), "goes on behind the 1,000 characters"),
        (("foo:bar",), "there is no field 'foo'"),
        (("a", "-n", "1000000"), "is not a whole number from 1 to 100"),
        (("a", "--min-quality", "2"), "is not a number from 0 to 1"),
        (("a", "-s", "SEARCH_URL=https://u:p4ss@x"), "SEARCH_URL is not https://HOST:PORT/NAME"),
        (("a", "-s", "SEARCH_URL=http://127.0.0.1:9"), "http://127.0.0.1:9 does not answer"),
        (("a", "-s", "OUTPUT_DIR=/nonexistent/folder"), "There is no store in /nonexistent/folder"),
        (("--similar", "ACME-999"), "There is no issue ACME-999 here."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(folder, arguments, said):
    done = command("search", "-s", f"OUTPUT_DIR={folder}", *arguments)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in done.stderr
    assert "p4ss" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_a_rebuild_that_is_killed_leaves_what_there_was(tmp_path, nursery):
    with archive(tmp_path / "output") as kept:
        for number in range(1, 200):
            kept.put(number, commit=False, summary=f"Lease {number}")
        kept.dataset.commit()
    assert search(kept.folder, "lease").returncode == 0
    killed = 0
    for wait in (0.0, 0.02, 0.05, 0.1, 0.2):
        before = {*(kept.folder / "search").glob("index-*")}
        pid = nursery.start(["search", "--rebuild", "-s", f"OUTPUT_DIR={kept.folder}"], tmp_path / "log")
        while {*(kept.folder / "search").glob("index-*")} <= before and nursery.ended(pid, 0) is None:
            time.sleep(0.001)
        time.sleep(wait)
        nursery.signal(pid, signal.SIGKILL)
        killed += nursery.wait(pid) == -signal.SIGKILL
        found = search(kept.folder, "lease", "--json")
        assert json.loads(found.stdout)["total"] == 199
        assert found.stderr == ""
    assert killed > 0


def test_serving_begins_says_where_and_ends_when_it_is_told(folder, tmp_path, nursery):
    log = tmp_path / "log"
    pid = nursery.start(["serve", "-s", f"OUTPUT_DIR={folder}", "-s", "LIVE_PORT=0"], log)
    while not (found := re.search(r"It is served at (\S+)", log.read_text())):
        assert nursery.ended(pid, 0) is None, log.read_text()
        time.sleep(0.02)
    with urllib.request.urlopen(f"{found[1]}/search?q=lease&n=1", timeout=600) as answer:
        assert json.loads(answer.read())["total"] == MANY
    assert len({example["metadata"]["issue_id"] for example in Samples(found[1], split=None)}) == MANY
    os.kill(pid, signal.SIGTERM)
    assert nursery.wait(pid) == 0
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("KAFKA",), "scrapy serve takes settings only, not 'KAFKA'."),
        (("-s", "LIVE_PORT=70000"), "LIVE_PORT=70000 is not a whole number"),
        (("-s", "LIVE_HOST=192.0.2.1"), "Nothing can listen on 192.0.2.1"),
        (("-s", "OUTPUT_DIR=/nonexistent/folder"), "There is no store in /nonexistent/folder"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_sentence(folder, arguments, said):
    done = command("serve", "-s", f"OUTPUT_DIR={folder}", "-s", "LIVE_PORT=0", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
