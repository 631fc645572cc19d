"""Ctrl-C ends every command at once, with a status that says so and no traceback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.servers.nursery import Nursery


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes a connection and never says a word: whoever asked it waits."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(600)
        yield server


# One as a person starts it; the others are forked.
@pytest.mark.parametrize(
    ("arguments", "forked"),
    [
        (["stats"], False),
        (["merge"], True),
        (["export", "--format", "text", "--to", "exported"], True),
        (["queue"], True),
        (["enqueue", "A1"], True),
    ],
    ids=lambda arguments: arguments[0] if isinstance(arguments, list) else "",
)
def test_a_command_that_waits_is_ended_at_once(silent, nursery, tmp_path, arguments, forked):
    address = f"127.0.0.1:{silent.getsockname()[1]}"
    env = {"STORE_URL": f"postgresql://u@{address}/d", "REDIS_URL": f"redis://{address}/0"}
    (tmp_path / "output").mkdir()
    line, log = [*arguments, "-s", f"OUTPUT_DIR={tmp_path / 'output'}"], tmp_path / "log"
    status = (interrupted_fork if forked else interrupted)(nursery, silent, line, log, env)
    assert status == 128 + signal.SIGINT
    assert log.read_text().strip() == ""


def interrupted(_: Nursery, silent: socket.socket, line: list[str], log: Path, env: dict[str, str]) -> int:
    """Sends a Ctrl-C to a command that has begun to wait; gives its exit status."""
    with log.open("wb") as said:
        command = [sys.executable, "-m", "scrapy", *line]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | env, stdout=said, stderr=said)
        with process, silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            return process.wait(600)


def interrupted_fork(nursery: Nursery, silent: socket.socket, line: list[str], log: Path, env: dict[str, str]) -> int:
    """The same of one that is forked."""
    pid = nursery.start(line, log, env=env)
    with silent.accept()[0]:
        nursery.signal(pid, signal.SIGINT)
        return nursery.wait(pid)


def test_a_demo_ends_in_good_order_with_its_crawl(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "demo", "-s", f"OUTPUT_DIR={tmp_path}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # as a terminal does, the signal goes to both
    ) as process:
        said = ""
        for line in process.stdout:
            said += line
            if "is a Jira" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        said += process.communicate(timeout=600)[0]
    assert process.returncode in (0, 1)  # a fast crawl is complete by then
    assert "Traceback" not in said
    assert "The feeds: " in said
    assert (tmp_path / "demo" / ".made-by-demo").exists()
