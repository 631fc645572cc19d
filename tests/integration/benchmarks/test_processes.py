"""What a command is said to have used is all of it: its own, and that of those who go on when it has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import peaks, processes
from benchmarks.peaks import largest
from benchmarks.processes import spend

# The parent starts a process and ends; that one starts a third and ends; only then the third works, until it is told
# to end.
OUTLIVES = """
import os, sys, time
reading, writing = os.pipe()
if os.fork():
    os._exit({status})
middle = os.fork()
if middle:
    print(time.process_time(), flush=True)
    os._exit(0)
os.close(writing)
os.read(reading, 1)
held = bytearray(b"x") * {held}
while time.process_time() < 0.5:
    pass
print(time.process_time(), flush=True)
open(sys.argv[1]).read()
"""
# Starts a process that stays, waits until that one is there, and sends a signal to whoever started it.
STAYS = """
import os, signal, sys
reading, writing = os.pipe()
if not os.fork():
    os.write(writing, b".")
    while True:
        signal.pause()
os.read(reading, 1)
if "tell" in sys.argv:
    os.kill(os.getppid(), signal.SIGUSR1)
    signal.pause()
"""
# Holds much and starts a program that holds less.
STARTS = """
import subprocess, sys
held = bytearray(b"x") * {held}
subprocess.Popen([sys.executable, "-c", *sys.argv[1:]])
"""
HOLDS = """
import sys
held = bytearray(b"x") * {held}
open(sys.argv[1]).read()
"""
HELD = 80  # megabytes
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a process those whom others left")


def run(script: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", script, *arguments]


@pytest.fixture
def enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is read from it comes when somebody is seen to hold so much."""
    path = tmp_path / "enough"
    os.mkfifo(path)
    told: list[float] = []

    def look(group: int) -> float:
        seen = largest(group)
        if seen > HELD and not told:
            told.append(seen)
            path.write_text("")
        return seen

    monkeypatch.setattr(peaks, "largest", look)
    return str(path)


@linux
def test_who_outlives_the_command_is_waited_for_and_counted(tmp_path: Path, enough: str) -> None:
    spent = spend(run(OUTLIVES.format(status=0, held=HELD * 1_000_000), enough), tmp_path / "log")
    said = [float(line) for line in (tmp_path / "log").read_text().split()]
    assert len(said) == 2
    assert spent.cpu >= sum(said)
    assert spent.workers_megabytes > HELD


@linux
def test_a_status_is_told_when_nobody_is_left(tmp_path: Path) -> None:
    command = run(OUTLIVES.format(status=3, held=1), os.devnull)
    with pytest.raises(RuntimeError, match="ended with status 3"):
        spend(command, tmp_path / "log")
    assert len((tmp_path / "log").read_text().split()) == 2
    assert spend(command, tmp_path / "log", expected=3).status == 3


@linux
def test_whoever_starts_a_program_does_not_make_it_large(tmp_path: Path, enough: str) -> None:
    """As the processes that refine are started by a crawl that is large by then."""
    spent = spend(
        run(STARTS.format(held=3 * HELD * 1_000_000), HOLDS.format(held=HELD * 1_000_000), enough), tmp_path / "log"
    )
    assert spent.megabytes > 3 * HELD
    assert HELD < spent.workers_megabytes < 2 * HELD


def test_a_command_by_itself_leaves_nobody(tmp_path: Path) -> None:
    with subprocess.Popen(run("raise SystemExit(7)")) as stranger:
        os.waitid(os.P_PID, stranger.pid, os.WEXITED | os.WNOWAIT)
        spent = spend(run("pass"), tmp_path / "log")
    assert spent.workers_megabytes == 0
    assert stranger.returncode == 7


@linux
def test_who_does_not_end_is_ended_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.0)
    with pytest.raises(RuntimeError, match="still runs"):
        spend(run(STAYS), tmp_path / "log")
    assert_no_child_is_left()


@linux
def test_whoever_is_interrupted_leaves_nobody(tmp_path: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            spend(run(STAYS, "tell"), tmp_path / "log")
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert_no_child_is_left()


def assert_no_child_is_left() -> None:
    """None that runs what is started here: what other tests started is theirs."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    assert not [pid for pid in children if b"signal.pause" in Path(f"/proc/{pid}/cmdline").read_bytes()]
