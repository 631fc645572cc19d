"""Ctrl-C ends every command at once, with a status that says so and no traceback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes a connection and never says a word: whoever asked it waits."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


@pytest.mark.parametrize(
    "arguments",
    [
        ["stats"],
        ["merge"],
        ["export", "--format", "text", "--to", "exported"],
        ["queue"],
        ["enqueue", "A1"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_that_waits_is_ended_at_once(silent, tmp_path, arguments):
    address = f"127.0.0.1:{silent.getsockname()[1]}"
    env = os.environ | {"STORE_URL": f"postgresql://u@{address}/d", "REDIS_URL": f"redis://{address}/0"}
    (tmp_path / "output").mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", *arguments, "-s", f"OUTPUT_DIR={tmp_path / 'output'}"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=600)[0]
    assert process.returncode == 128 + signal.SIGINT
    assert "Traceback" not in said
    assert said.strip() == ""


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
