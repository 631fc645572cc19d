"""The egg holds all that the package holds, and building it leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent


PACKAGES = ("jira_crawler", "fake_jira", "fake_github", "fake_server")


def files(folder: Path) -> set[str]:
    """Everything below a folder but what Python caches."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in paths}


def test_the_egg_holds_every_file_of_the_package_and_building_it_leaves_nothing_behind(tmp_path: Path) -> None:
    checkout, scratch = tmp_path / "checkout", tmp_path / "scratch"
    for name in (*PACKAGES, "deploy"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "scrapy.cfg"):
        shutil.copy(ROOT / name, checkout)
    (checkout / "jira_crawler" / "__pycache__").mkdir()
    (checkout / "jira_crawler" / "__pycache__" / "old.pyc").touch()
    scratch.mkdir()
    before = files(checkout)
    done = subprocess.run(
        [sys.executable, "deploy/deploy.py", "--build-egg", "../it.egg"],
        cwd=checkout,
        env=os.environ | {"TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert files(checkout) == before
    assert list(scratch.iterdir()) == []
    with zipfile.ZipFile(tmp_path / "it.egg") as egg:
        assert "jira_crawler/__pycache__/old.pyc" not in egg.namelist()
        # What building it compiles is there unless the environment forbids it.
        held = {name for name in egg.namelist() if not name.startswith("EGG-INFO/") and not name.endswith(".pyc")}
        entry = egg.read("EGG-INFO/entry_points.txt").decode()
    wanted = {f"{package}/{name}" for package in PACKAGES for name in files(checkout / package)}
    assert held == wanted, "package-data in pyproject.toml says which files ride beside the code"
    assert "settings = jira_crawler.settings" in entry


def test_an_egg_that_cannot_be_built_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "jira_crawler").mkdir()
    (tmp_path / "fake_jira").mkdir()
    (tmp_path / "fake_github").mkdir()
    (tmp_path / "fake_server").mkdir()
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE", "scrapy.cfg"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 3\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "deploy/deploy.py", "--build-egg", "it.egg"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 1
    assert not (tmp_path / "it.egg").exists()
