"""`scrapy sandbox` as a person meets it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.fake_jira.asking import ask

ROOT = Path(__file__).parents[3]


def command(*switches):
    return [sys.executable, "-m", "scrapy", "sandbox", *switches]


def test_serves_until_interrupted():
    with subprocess.Popen(
        command("--port", "0", "--issues", "12"), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline()
        said = re.fullmatch(
            r"Sandbox Jira \(server\) with 12 issues in DEMO, TOOLS at (http://127\.0\.0\.1:\d+)\n", line
        )
        assert said, line
        assert ask(f"{said[1]}/rest/api/2/search").json["total"] == 12
        process.send_signal(signal.SIGINT)
        assert process.wait(600) == 0
        assert process.stdout.read() == ""


@pytest.mark.parametrize(
    "switches",
    [
        ["--dialect", "mainframe"],
        ["--issues", "many"],
        ["--data", "no/such/folder"],
        ["--fault", "flood=1"],
        ["--rate-limit", "0/1"],
        ["--timezone", "Mars/Olympus"],
        ["--mutate", "often"],
        ["--mutate-kinds", "melt"],
        ["--index-lag", "-1"],
        ["--poison-how", "gently"],
        ["--poison", "DEMO-9999"],
        ["--port", "taken"],
        ["--port", "65536"],
        ["--projects", ""],
        ["--host", "a" * 300],
        ["--poison-how", "slow:nan"],
        ["--fault", "slow=0.5:inf"],
        ["--mutate", "1", "--mutate-kinds", ""],
    ],
)
def test_wrong_arguments_get_one_sentence(switches):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        switches = [str(taken.getsockname()[1]) if part == "taken" else part for part in switches]
        done = subprocess.run(command(*switches), cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len((done.stdout + done.stderr).strip().splitlines()) == 1
