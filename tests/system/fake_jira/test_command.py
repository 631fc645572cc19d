"""`scrapy sandbox` as a person meets it."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import command as scrapy
from tests.integration.fake_jira.asking import ask
from tests.integration.fake_jira.receiving import receiving

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


def test_tells_of_what_moves_with_the_secret_of_the_environment():
    with receiving() as receiver:
        moving = ("--port", "0", "--issues", "12", "--edits-per-second", "50", "--webhooks", receiver.url)
        environment = {**os.environ, "JIRA_WEBHOOK_SECRET": "a secret of nobody"}
        with subprocess.Popen(command(*moving), cwd=ROOT, stdout=subprocess.DEVNULL, env=environment) as process:
            try:
                receiver.wait(lambda: len(receiver.all) >= 5)
            finally:
                process.send_signal(signal.SIGTERM)
            assert process.wait(600) == 0
        for one in receiver.all:
            right = hmac.new(b"a secret of nobody", one.raw, hashlib.sha256).hexdigest()
            assert one.headers["x-hub-signature"] == f"sha256={right}"


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
        ["--webhooks", "nowhere"],
        ["--webhook-fault", "flood=1"],
        ["--webhook-scale", "0"],
        ["--edit-kinds", "melt"],
    ],
)
def test_wrong_arguments_get_one_sentence(switches):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        switches = [str(taken.getsockname()[1]) if part == "taken" else part for part in switches]
        done = scrapy("sandbox", *switches)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len((done.stdout + done.stderr).strip().splitlines()) == 1
