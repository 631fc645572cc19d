"""Builds the egg of this project and deploys it to a Scrapyd: `make deploy`, explained in docs/deploy.md.

scrapyd-deploy does the work. It writes a setup.py, a build folder and temporary files, so it gets a copy to do it in.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parent.parent
NEEDED = (
    "jira_crawler",
    "fake_jira",
    "fake_github",
    "fake_server",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "scrapy.cfg",
)


def main() -> int:
    """Gives 0 only if the egg was written, or if Scrapyd has said that it can run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", default="default", help="a section [deploy:TARGET] of a scrapy.cfg")
    parser.add_argument("--build-egg", metavar="FILE", type=Path, help="only write the egg")
    parser.add_argument("--debug", action="store_true", help="show what the builder says")
    chosen = parser.parse_args()
    what = [f"--build-egg={chosen.build_egg.absolute()}"] if chosen.build_egg else [chosen.target]
    with TemporaryDirectory(prefix="jira_crawler-deploy-") as scratch:
        copy(PROJECT, Path(scratch, "project"))
        status, answer = run([*what, *(["--debug"] if chosen.debug else [])], Path(scratch))
    sys.stdout.write(answer)
    return status or (0 if chosen.build_egg or accepted(answer) else 1)


def copy(project: Path, to: Path) -> None:
    """Copies what an egg is made of, and nothing that lies about beside it."""
    to.mkdir()
    for name in NEEDED:
        if (project / name).is_dir():
            shutil.copytree(project / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(project / name, to / name)


def run(arguments: list[str], scratch: Path) -> tuple[int, str]:
    """Runs scrapyd-deploy in the copy and gives its exit status and Scrapyd's answer.

    scrapy.cfg takes both credentials from the environment; where they are empty, ~/.netrc is asked.
    """
    empty = {"SCRAPYD_USERNAME": "", "SCRAPYD_PASSWORD": ""}
    done = subprocess.run(  # noqa: S603 - a fixed program
        [sys.executable, "-W", "ignore", "-m", "scrapyd_client.deploy", *arguments],
        cwd=scratch / "project",
        env=empty | os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def accepted(answer: str) -> bool:
    """Whether Scrapyd took the egg: it answers 200, and scrapyd-deploy ends with 0, where an egg does not even load."""
    try:
        return bool(json.loads(answer)["status"] == "ok")
    except (ValueError, KeyError, TypeError):
        return False


if __name__ == "__main__":
    sys.exit(main())
