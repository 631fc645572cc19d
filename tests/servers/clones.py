"""Small repositories of git, made in a moment, whose history tests write."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGAN = datetime(2024, 5, 1, 12, tzinfo=UTC)


class MadeClone:
    """A repository in a folder; each commit is a day later than the one before, unless it is said."""

    def __init__(self, folder: Path, origin: str = ""):
        folder.mkdir(parents=True)
        self.folder, self.day = folder, 0.0
        self.git("init", "--quiet", "--initial-branch=main")
        if origin:
            self.git("remote", "add", "origin", origin)

    def git(self, *arguments: str, day: float | None = None) -> str:
        at = (BEGAN + timedelta(days=self.day if day is None else day)).isoformat()
        told = {
            "GIT_AUTHOR_DATE": at,
            "GIT_COMMITTER_DATE": at,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "HOME": str(self.folder),
        }
        told |= {
            f"GIT_{who}_{what}": f"ann{'@example.org' * (what == 'EMAIL')}"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", "-c", "commit.gpgsign=false", "-C", str(self.folder), *arguments],
            env=os.environ | told,
            check=True,
            capture_output=True,
            timeout=600,
        )
        return done.stdout.decode().strip()

    def commit(self, message: str, files: dict[str, str | bytes | None], day: float | None = None) -> str:
        """Writes files (None: removes one) and commits them; gives the hash."""
        self.day = self.day + 1 if day is None else day
        for name, text in files.items():
            path = self.folder / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
