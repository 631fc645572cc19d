"""`scrapy demo --live` shows a tracker that moves, and ends with everything that it has begun."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import command
from tests.rounds import thorough
from tests.unit.commands.test_demo import SET_UP

LONGEST = 600  # seconds


def living(scratch: Path) -> list[int]:
    """Finds the processes with this folder for what is passing, but for those that only wait to be forgotten."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"TMPDIR={scratch}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def rest(scratch: Path) -> list[int]:
    """Gives those that have not ended long after they should have."""
    for _ in range(20 * LONGEST):
        if not (left := living(scratch)):
            break
        time.sleep(0.05)
    return left


def waits(log: Path, what: str) -> re.Match[str]:
    for _ in range(20 * LONGEST):
        if found := re.search(what, log.read_text()):
            return found
        time.sleep(0.05)
    raise AssertionError(f"it never said {what}: {log.read_text()}")


@pytest.mark.parametrize("ended_by", [signal.SIGINT, *thorough(signal.SIGTERM)], ids=lambda number: number.name)
def test_it_can_be_watched_and_ends_with_all_that_it_began(nursery, tmp_path, ended_by):
    scratch, out, errors = tmp_path / "scratch", tmp_path / "out", tmp_path / "errors"
    scratch.mkdir()
    env = SET_UP | {"STORE_URL": f"sqlite:///{tmp_path}/production.sqlite", "TMPDIR": str(scratch)}
    demo = ["demo", "--live", "-s", "LIVE_PORT=0", "-s", f"OUTPUT_DIR={tmp_path}/output"]
    process = nursery.start(demo, out, env=env, errors=errors)
    try:
        page = waits(out, r"Watch it at (http://127\.0\.0\.1:\d+/) ")[1]
        # The crawl, which may look at this machine by a process of a moment; a fork keeps what it was forked from.
        assert living(scratch)
        with urlopen(page) as answer:
            assert ", live</h1>" in answer.read().decode()
        with urlopen(f"{page}events") as events:
            for line in events:
                if line.startswith(b"data: ") and "✓ in tables" in json.loads(line[6:]).get("came", ""):
                    break
        nursery.signal(process, ended_by)
        assert nursery.ended(process, LONGEST) == 0
    finally:
        left = rest(scratch)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
    assert "Traceback" not in errors.read_text()
    assert left == []
    assert [*scratch.iterdir()] == []
    assert {path.name for path in tmp_path.iterdir()} == {"scratch", "out", "errors"}


def test_a_port_that_somebody_has_is_refused_with_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("demo", "--live", "-s", f"LIVE_PORT={port}", "-s", f"OUTPUT_DIR={tmp_path}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"scrapy demo: LIVE_PORT={port} cannot be had: Address already in use.\n"
