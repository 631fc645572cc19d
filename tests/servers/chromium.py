"""A Chromium for tests: an installed one, or one that is installed now, where that is allowed."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from jira_crawler.exceptions import Refused
from jira_crawler.middlewares.browser import executable

LONGEST = 300  # seconds that an installation may take


@dataclass(frozen=True)
class Browser:
    """Where a Chromium is; without one, why there is none."""

    path: str = ""
    why: str = ""


def find() -> Browser:
    """Looks for a Chromium, and tries to install one where there is none."""
    if path := _found():
        return Browser(path)
    whys = []
    for command in _installers():
        whys.append(f"`{' '.join(command)}` {_run(command)}")
        if path := _found():
            return Browser(path)
    return Browser(why="; ".join(whys))


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


def _run(command: list[str]) -> str:
    """Runs an installation, and says how it ended."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    last = (done.stderr or done.stdout).strip().rpartition("\n")[2]
    return f"ends with status {done.returncode}: {last}"
