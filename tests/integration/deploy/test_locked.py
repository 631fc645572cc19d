"""Scrapyd does not start from our configuration unless it can ask who comes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, "SCRAPYD_USERNAME and SCRAPYD_PASSWORD"),
        ({"SCRAPYD_USERNAME": "ann"}, "SCRAPYD_PASSWORD"),
        ({"SCRAPYD_USERNAME": " ", "SCRAPYD_PASSWORD": "secret"}, "SCRAPYD_USERNAME"),
    ],
)
def test_without_user_and_password_it_refuses(tmp_path: Path, given: dict[str, str], wanted: str) -> None:
    for name in ("scrapyd.conf", "scrapyd_locked.py"):
        shutil.copy(ROOT / "deploy" / name, tmp_path)
    done = started(tmp_path, given)
    assert done.returncode == 1
    assert f": set {wanted}." in done.stderr
    assert "Traceback" not in done.stderr
    assert "web console available" not in done.stdout


def test_without_what_locks_it_it_does_not_start_either(tmp_path: Path) -> None:
    shutil.copy(ROOT / "deploy" / "scrapyd.conf", tmp_path)
    done = started(tmp_path, {"SCRAPYD_USERNAME": "ann", "SCRAPYD_PASSWORD": "secret"})
    assert done.returncode != 0
    assert "scrapyd_locked" in done.stderr + done.stdout


def started(folder: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SCRAPYD_")}
    return subprocess.run(
        [sys.executable, "-m", "scrapyd"],
        cwd=folder,
        env=outside | {"HOME": str(folder), "SCRAPYD_HTTP_PORT": "0"} | given,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
