"""Starts commands of scrapy by forking a process that has everything loaded; see forking.py."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

ROOT = Path(__file__).parent.parent.parent
LONGEST = 600  # seconds that one command may take


def clean(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Gives the environment of a command: this one without anyone's credentials, and what is asked for."""
    ours = ("JIRA_", "LIVE_TOKEN", "RAY_", "REDIS_", "SEARCH_", "SPARK_", "STORE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONUNBUFFERED": "1"} | dict(env or {})


class Nursery:
    """Any number of commands, side by side; each is a process of its own, with the id that is given.

    A step names a moment at which a command does not go on, as the driver has it: a module with a function `run`.
    """

    driver = "tests.system.durability.driver"

    def __init__(self) -> None:
        self._living: set[int] = set()
        self._statuses: dict[int, int] = {}  # of those that have ended

    def start(
        self,
        arguments: list[str],
        log: Path,
        step: str = "",
        number: int = 0,
        env: Mapping[str, str] | None = None,
        errors: Path | None = None,
    ) -> int:
        """Begins a command that writes to a log, and its stderr to another one if given; gives its process id."""
        order = {"arguments": arguments, "stdout": str(log), "stderr": str(errors or log), "cwd": str(ROOT)}
        order |= {"env": clean(env), "driver": self.driver if step else "", "step": step, "times": number}
        log.write_bytes(b"")
        pid = _forks().begin(order)
        self._statuses.pop(pid, None)  # of another one that had this id
        self._living.add(pid)
        return pid

    def wait(self, pid: int) -> int:
        """Gives the exit status of a command, negative if a signal ended it; one that hangs is ended with SIGABRT."""
        if (status := self.ended(pid)) is None:
            self.signal(pid, signal.SIGABRT)
            status = self._statuses[pid] = _forks().end(pid, LONGEST)
            self._living.discard(pid)
        return status

    def ended(self, pid: int, seconds: int = LONGEST) -> int | None:
        """Gives the exit status of a command that ends in time, as often as it is asked for, and nothing otherwise."""
        if pid not in self._statuses:
            try:
                self._statuses[pid] = _forks().end(pid, seconds)
            except Empty:
                return None
            self._living.discard(pid)
        return self._statuses[pid]

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Sends a signal, if there is still somebody to hear it."""
        if pid in self._living:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None, step: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end, as `subprocess.run` would."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            status = self.wait(self.start([*arguments], out, step, env=env, errors=err))
            said = [path.read_text("utf-8") for path in (out, err)]
            return subprocess.CompletedProcess(arguments, status, *said)

    def close(self) -> None:
        """Ends whatever has not been waited for."""
        for pid in [*self._living]:
            self.signal(pid, signal.SIGKILL)
            self.wait(pid)


class Forks:
    """The process that all commands of this process of tests are forked from."""

    def __init__(self) -> None:
        self.cpu = 0.0  # seconds that all commands have used so far
        self._number = 0
        self._lock = threading.Lock()
        self._begun: defaultdict[int, SimpleQueue[int]] = defaultdict(SimpleQueue)
        self._ended: defaultdict[int, SimpleQueue[int]] = defaultdict(SimpleQueue)
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.servers.forking"],
            cwd=ROOT,
            env=clean(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def begin(self, order: dict[str, Any]) -> int:
        with self._lock:
            self._number += 1
            number = self._number
            self._process.stdin.write(json.dumps(order | {"number": number}).encode() + b"\n")
            self._process.stdin.flush()
        return self._told(self._begun[number], LONGEST)

    def end(self, pid: int, seconds: int) -> int:
        return self._told(self._ended[pid], seconds)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(LONGEST)
        self._listener.join(LONGEST)
        self._process.stdout.close()

    def _told(self, answers: SimpleQueue[int], seconds: int) -> int:
        for _ in range(seconds):
            with suppress(Empty):
                return answers.get(timeout=1)
            if not self._listener.is_alive():
                raise RuntimeError("The process that commands are forked from has ended.")
        return answers.get_nowait()

    def _listen(self) -> None:
        for line in self._process.stdout:
            told: dict[str, Any] = json.loads(line)
            if "status" in told:
                self.cpu += told["cpu"]
                self._ended[told["pid"]].put(told["status"])
            else:
                self._ended.pop(told["pid"], None)  # of another one that had this id
                self._begun[told["order"]].put(told["pid"])


@cache
def _forks() -> Forks:
    made = Forks()
    atexit.register(made.close)
    return made
