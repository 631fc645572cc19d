"""Reads the commits of a local clone with git itself: no request is made for them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from jira_crawler.exceptions import BadArgument, Unreadable
from jira_crawler.sentences import quoted
from jira_crawler.trackers.github.rest import CommitPiece
from jira_crawler.trackers.moments import milliseconds

_FIELDS = ("%H", "%P", "%an", "%aI", "%cn", "%cI", "%B")
_FORMAT = "%x00".join(_FIELDS) + "%x00"
_REMOTE = re.compile(r"(?:[/:])([A-Za-z0-9-]{1,39}/[A-Za-z0-9_.-]{1,100}?)(?:\.git)?/?$")


class Clones:
    """Local clones by the repositories that they say they are of: a folder that is one, or that holds some."""

    def __init__(self, folder: Path, wanted: tuple[str, ...]):
        if not folder.is_dir():
            raise BadArgument(f"git={folder} is no folder.")
        found = [each for each in (folder, *sorted(folder.iterdir()), *sorted(folder.glob("*/*"))) if _is_clone(each)]
        if not found:
            raise BadArgument(f"git={folder} is no clone of a repository, and holds none.")
        self.folders: dict[str, Path] = {}
        for each in found:
            for name in _names(each):
                self.folders.setdefault(name.lower(), each)
        if not any(self.has(name) for name in wanted):
            said = ", ".join(sorted(self.folders)) or "nothing that it names"
            raise BadArgument(f"git={folder} is a clone of {said}, and not of {' or '.join(wanted)}.")

    def has(self, name: str) -> bool:
        return name.lower() in self.folders

    def commits(self, name: str, branch: str) -> Iterator[CommitPiece]:
        """Gives the commits of a branch as its remote has it, else as it is here; raises Unreadable."""
        folder = self.folders[name.lower()]
        ref = next((ref for ref in (f"refs/remotes/origin/{branch}", branch) if branch and _has(folder, ref)), "HEAD")
        yield from _log(folder, ref)


def _log(folder: Path, ref: str) -> Iterator[CommitPiece]:
    command = ["git", "-C", str(folder), "log", "-z", f"--format=tformat:{_FORMAT}", ref, "--"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - git's own
        assert process.stdout and process.stderr  # noqa: S101 - they are pipes
        try:
            yield from _pieces(process.stdout)
        finally:
            if process.poll() is None:
                process.stdout.close()
            said = process.stderr.read().decode("utf-8", "replace")
            ended = process.wait()
    if ended > 0:
        raise Unreadable(quoted(said) or f"git log ended with {ended}")


def _pieces(stream: Any) -> Iterator[CommitPiece]:
    """Parts what git writes: each commit is its fields, each with a NUL behind it, and one more NUL."""
    fields: list[str] = []
    left = b""
    while block := stream.read(1 << 16):
        parts = (left + block).split(b"\0")
        left = parts.pop()
        for part in parts:
            if len(fields) == len(_FIELDS):
                yield _piece(fields)
                fields = []  # the NUL that parts two commits
                continue
            fields.append(part.decode("utf-8", "replace"))
    if len(fields) == len(_FIELDS):
        yield _piece(fields)


def _piece(fields: list[str]) -> CommitPiece:
    """Writes a commit down as REST tells it, but for the account of its author, which git does not know."""
    sha, parents, author, authored, committer, committed, message = fields
    told = {
        "sha": sha,
        "commit": {
            "author": {"name": author, "date": authored},
            "committer": {"name": committer, "date": committed},
            "message": message.rstrip("\n"),
        },
        "parents": [{"sha": each} for each in parents.split()],
    }
    return CommitPiece(sha, milliseconds(committed), tuple(parents.split()), msgspec.json.encode(told))


def _is_clone(folder: Path) -> bool:
    return (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())


def _names(folder: Path) -> list[str]:
    told = _git(folder, "config", "--get-regexp", r"^remote\..*\.url$")
    found = (_REMOTE.search(line.split(" ", 1)[-1].strip()) for line in told.splitlines())
    return [each[1] for each in found if each]


def _has(folder: Path, ref: str) -> bool:
    return bool(_git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").strip())


def _git(folder: Path, *command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - git's own
            ["git", "-C", str(folder), *command],  # noqa: S607
            capture_output=True,
            timeout=60,
            check=False,
        )
    except FileNotFoundError:
        raise BadArgument("git= needs git, which is not installed.") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadArgument(f"git cannot read {folder}: {error}.") from error
    return done.stdout.decode("utf-8", "replace")
