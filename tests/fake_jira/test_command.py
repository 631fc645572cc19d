"""`scrapy sandbox` as a person meets it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest
from scrapy.settings import Settings

from fake_jira.options import Options
from jira_crawler.commands.sandbox import Command, _chosen

from .asking import ask

ROOT = Path(__file__).parents[2]


def command(*switches):
    return [sys.executable, "-m", "scrapy", "sandbox", *switches]


def test_every_switch_reaches_the_options():
    parser = ArgumentParser()
    (chosen := Command()).settings = Settings()
    chosen.add_options(parser)
    moves = "--mutate 0.5 --mutate-kinds edit,move --mutate-most 9 --index-lag 2 --count-off 3"
    poison = "--poison DEMO-1,DEMO-2 --poison-how slow:5 --poison-hard"
    opts = parser.parse_args(f"{moves} {poison}".split())
    options = Options(**_chosen(opts))
    assert (options.mutate, options.mutate_kinds, options.mutate_most) == (0.5, ("edit", "move"), 9)
    assert (options.index_lag, options.count_off) == (2.0, 3)
    assert (options.poison, options.poison_how, options.poison_hard) == (("DEMO-1", "DEMO-2"), "slow:5", True)


@pytest.mark.parametrize(
    ("switch", "values"),
    [
        ("--issues", ["²", "1e3", "-1", "9" * 5_000, ""]),
        ("--seed", ["one", "9" * 20]),
        ("--port", ["-1", "65536", "http"]),
        ("--latency", ["inf", "nan", "-1", "1e308", "soon"]),
        ("--mutate", ["inf", "-0.5"]),
        ("--rate-limit", ["x", "0/1", "1/0", "1/nan", "1/inf", "/", "1.5/1"]),
    ],
)
def test_numbers_out_of_range_are_refused_by_the_switch(switch, values, capsys):
    parser = ArgumentParser()
    (chosen := Command()).settings = Settings()
    chosen.add_options(parser)
    for value in values:
        with pytest.raises(SystemExit, match="2"):
            parser.parse_args([f"{switch}={value}"])
        said = capsys.readouterr().err
        assert said.startswith(f"scrapy sandbox: argument {switch}: ")
        assert len(said) < 300


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
        assert process.wait(10) == 0
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
        done = subprocess.run(command(*switches), cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len((done.stdout + done.stderr).strip().splitlines()) == 1
