"""A clone of a repository on this machine, as its owner made it: commits, parents and diffs, by git itself.

Nothing that a text said becomes an argument: a commit is named by its whole hash, a folder by whoever runs us. What a
clone's own configuration would have git run is not run, and nothing is fetched.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.items import Commit, Person

_SHA: Final = re.compile(r"[0-9a-f]{40}")
_ADDRESS: Final = re.compile(r"(?:^|[:/@])(?P<host>[\w.-]+)[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?$")
_FORMAT: Final = "%H%n%P%n%an%n%aI%n%cI%n%B"
_SAFE: Final = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.attributesFile=/dev/null"),
    *(
        "-c",
        "protocol.allow=never",
        "-c",
        "diff.external=",
        "-c",
        "core.quotePath=false",
        "-c",
        "log.showSignature=false",
    ),
)
_LONGEST: Final = 32 * 2**20  # bytes of one diff


class Clone:
    """Raises BadArgument, with one sentence, for a folder that is no clone or that git will not read."""

    def __init__(self, folder: Path):
        self.folder = folder
        if not folder.is_dir():
            raise BadArgument(f"{folder} is no folder: name that of a clone.")
        self._run("rev-parse", "--git-dir")

    @cached_property
    def repository(self) -> str:
        """`owner/name` as the clone's origin says it; "" where it has none."""
        try:
            address = self._run("remote", "get-url", "origin").decode("utf-8", "replace").strip()
        except BadArgument:
            return ""
        found = _ADDRESS.search(address)
        return found["name"] if found and not address.startswith(("/", "file:", ".")) else ""

    @cached_property
    def branch(self) -> str:
        """The hash of the head of the default branch: that of the origin, or what is checked out."""
        for name in ("refs/remotes/origin/HEAD", "HEAD"):
            try:
                return self._run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
            except BadArgument:
                continue
        raise BadArgument(f"{self.folder} holds no commit.")

    def commits(self) -> Iterator[Commit]:
        """Gives the commits of the default branch, the newest first."""
        with self._start("log", "-z", f"--format={_FORMAT}", self.branch) as git:
            assert git.stdout  # noqa: S101 - what `_start` asks for
            for record in _records(git.stdout):
                sha, parents, author, authored, committed, message = record.split("\n", 5)
                yield Commit(
                    sha=sha,
                    message=message.rstrip("\n"),
                    author=Person(name=author) if author else None,
                    authored=_moment(authored),
                    committed=_moment(committed),
                    parents=tuple(parents.split()),
                )
        if git.returncode:
            raise BadArgument(f"The commits of {self.folder} cannot be read: git ended with {git.returncode}.")

    def holds(self, sha: str) -> bool:
        """Tells whether the clone has a commit."""
        if not _SHA.fullmatch(sha):
            return False
        try:
            return self._run("cat-file", "-t", sha).strip() == b"commit"
        except BadArgument:
            return False

    def parent(self, sha: str) -> str:
        """Gives the first parent of a commit, "" for one without."""
        found = self._run("rev-list", "--parents", "-n", "1", _checked(sha)).decode().split()
        return found[1] if len(found) > 1 else ""

    def subject(self, sha: str) -> str:
        """Gives the first line of a commit's message."""
        return self._run("log", "-n", "1", "--format=%s", _checked(sha)).decode("utf-8", "replace").strip()

    def first_authored(self, base: str, sha: str) -> datetime | None:
        """Gives when the first of the commits was written that a commit brings to a base, itself among them."""
        told = self._run("log", "--format=%aI", _checked(sha), f"^{_checked(base)}").decode().split()
        return min(filter(None, map(_moment, told)), default=None)

    def diff(self, base: str, sha: str) -> str:
        """Gives what a commit changed of a base, as `git apply` takes it; raises BadArgument for one without end."""
        told = self._run(
            *("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "--binary", "--no-renames"),
            *("--src-prefix=a/", "--dst-prefix=b/", _checked(base), _checked(sha), "--"),
        )
        if len(told) > _LONGEST:
            raise BadArgument(f"The diff of {sha} has {len(told):,} bytes.")
        return told.decode("utf-8", "surrogateescape")

    def _run(self, *arguments: str) -> bytes:
        with self._start(*arguments, quiet=False) as git:
            told, said = git.communicate()
        if git.returncode:
            lines = said.decode("utf-8", "replace").strip().splitlines() or [f"git ended with {git.returncode}"]
            raise BadArgument(f"{self.folder} cannot be read by git: {lines[0][:300].rstrip('.')}.")
        return told

    def _start(self, *arguments: str, quiet: bool = True) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        told = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
        try:
            return subprocess.Popen(  # noqa: S603 - hashes and a folder only
                ["git", "-C", str(self.folder.absolute()), *_SAFE, *arguments],  # noqa: S607 - the user's own git
                env=environment | told | {"GIT_PAGER": "cat"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
            )
        except FileNotFoundError:
            raise BadArgument("git is not installed: clones are read by it.") from None


def clones(named: str) -> dict[str, Clone]:
    """Reads `owner/name=FOLDER,…` or folders alone, which are called as their origin says; keys are in lower case.

    Raises BadArgument for a folder whose origin is another repository.
    """
    found: dict[str, Clone] = {}
    for each in filter(None, (part.strip() for part in named.split(","))):
        name, given, folder = each.partition("=")
        clone = Clone(Path(folder if given else each).expanduser())
        origin = clone.repository
        if given and origin and origin.lower() != name.lower():
            raise BadArgument(f"{clone.folder} is a clone of {origin}, and not of {name}.")
        if not (given or origin):
            raise BadArgument(
                f"{clone.folder} does not say of what it is a clone: name it, as owner/name={clone.folder}."
            )
        found[(name if given else origin).lower()] = clone
    return found


def as_today(named: Mapping[str, Clone], former: Mapping[str, str]) -> dict[str, Clone]:
    """Calls clones as their repositories are called today; `former` are names of before, in lower case, with these."""
    return {former.get(name, name).lower(): clone for name, clone in named.items()}


def _checked(sha: str) -> str:
    """Refuses what is no hash before git sees it."""
    if not _SHA.fullmatch(sha):
        raise BadArgument(f"{sha[:60]!r} is no hash of a commit.")
    return sha


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _records(stream: IO[bytes]) -> Iterator[str]:
    """Gives what stands between NULs, however it comes."""
    rest = b""
    while part := stream.read(1 << 20):
        *whole, rest = (rest + part).split(b"\0")
        yield from (each.decode("utf-8", "replace") for each in whole)
    if rest.strip():
        yield rest.decode("utf-8", "replace")
