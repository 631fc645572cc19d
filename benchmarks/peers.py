"""Others that download issues, to be measured beside a crawl, each in an environment of its own that is made once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT

FOLDER = ROOT / ".venv-peers"
MADE = "made"  # holds what was installed, once all of it is
LONGEST = 600  # seconds that one step of making an environment may take


@dataclass(frozen=True, slots=True)
class Peer:
    """`package` is pinned; what it needs is as the index has it on the day when the environment is made."""

    name: str
    package: str
    script: Path

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return FOLDER / self.name / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    def command(self, site: str, projects: str, lines: Path) -> list[str]:
        """Gives what writes every issue of some projects of a site as a line of JSON to a file.

        In isolation, so that the script finds no module of this project where it looks for another's.
        """
        return [str(self.python), "-I", str(self.script), site, projects, str(lines)]

    def ready(self) -> bool:
        """Whether its environment is there and whole."""
        made = FOLDER / self.name / MADE
        return self.python.exists() and made.exists() and made.read_text() == self.package

    def install(self) -> None:
        """Makes its environment if there is none; raises RuntimeError with a sentence where that cannot be done."""
        if self.ready():
            return
        folder = FOLDER / self.name
        shutil.rmtree(folder, ignore_errors=True)
        # It has no pip of its own: ours looks after it.
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet"]
        pip += ["--disable-pip-version-check", self.package]
        try:
            for command in ([sys.executable, "-m", "venv", "--without-pip", str(folder)], pip):
                subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONGEST)
        except subprocess.CalledProcessError as error:
            said = (error.stderr or error.stdout).strip().splitlines() or [f"status {error.returncode}"]
            raise RuntimeError(f"{self.package} cannot be installed and is left out: {said[-1]}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(f"{self.package} cannot be installed and is left out: {error}") from error
        (folder / MADE).write_text(self.package)


PEERS = (
    Peer("jira", "jira==3.10.5", Path(__file__).with_name("peer_jira.py")),
    Peer("dlt", "dlt==1.31.0", Path(__file__).with_name("peer_dlt.py")),
)
