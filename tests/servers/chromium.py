"""A Chromium for tests: an installed one, or one that is installed now, where that is allowed."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from jira_crawler.exceptions import Refused
from jira_crawler.middlewares.browser import executable

LONGEST = 300  # seconds that an installation may take


@cache
def path() -> str:
    """Gives the path of a Chromium, "" if there is none and none can be had."""
    with (Path(tempfile.gettempdir()) / f"chromium-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of all test processes installs it
        return _found() or next((path for command in _installers() if _ran(command) and (path := _found())), "")


def _found() -> str:
    try:
        return asyncio.run(executable(""))
    except Refused:
        return ""


def _installers() -> list[list[str]]:
    own = [
        sys.executable,
        "-m",
        "playwright",
        "install",
        "--with-deps" if os.geteuid() == 0 else "--no-shell",
        "chromium",
    ]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return [["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], own]
    return [own]


def _ran(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=LONGEST, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
