"""`scrapy demo --live` shows a tracker that moves, and ends with everything that it has begun."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import command
from tests.servers.nursery import ROOT, clean
from tests.unit.commands.test_demo import SET_UP

LONGEST = 60  # seconds


def living(session: int) -> list[int]:
    """Finds the processes of a session that are left, but for those that only wait to be forgotten."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of, *_ = path.read_text().rpartition(")")[2].split()
            if int(of) == session and state != "Z":
                found.append(int(path.parent.name))
    return found


def rest(session: int) -> list[int]:
    """Gives those that have not ended long after they should have."""
    for _ in range(20 * LONGEST):
        if not (left := living(session)):
            break
        time.sleep(0.05)
    return left


def waits(lines, what: str) -> re.Match[str]:
    for line in lines:
        if found := re.search(what, line):
            return found
    raise AssertionError(f"it never said {what}")


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_can_be_watched_and_ends_with_all_that_it_began(tmp_path, ended_by):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    demo = [sys.executable, "-m", "scrapy", "demo", "--live", "-s", "LIVE_PORT=0"]
    demo += ["-s", f"OUTPUT_DIR={tmp_path}/output"]
    env = clean(SET_UP | {"STORE_URL": f"sqlite:///{tmp_path}/production.sqlite", "TMPDIR": str(scratch)})
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            demo, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        ) as process,
    ):
        try:
            page = waits(process.stdout, r"Watch it at (http://127\.0\.0\.1:\d+/) ")[1]
            with urlopen(page) as answer:
                assert ", live</h1>" in answer.read().decode()
            with urlopen(f"{page}events") as events:
                for line in events:
                    if line.startswith(b"data: ") and "✓ in tables" in json.loads(line[6:]).get("came", ""):
                        break
            os.kill(process.pid, ended_by)
            assert process.wait(LONGEST) == 0
        finally:
            left = rest(process.pid)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        log.seek(0)
        assert "Traceback" not in log.read()
    assert left == []
    assert [*scratch.iterdir()] == []
    assert {path.name for path in tmp_path.iterdir()} == {"scratch"}


def test_a_port_that_somebody_has_is_refused_with_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("demo", "--live", "-s", f"LIVE_PORT={port}", "-s", f"OUTPUT_DIR={tmp_path}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"scrapy demo: LIVE_PORT={port} cannot be had: Address already in use.\n"
