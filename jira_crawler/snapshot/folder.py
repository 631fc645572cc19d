"""A snapshot in a folder, which its owner only reads: payloads hold the names and addresses of people."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.snapshot.manifest import FILES, NAME, is_name
from jira_crawler.snapshot.place import Missing, Seen
from jira_crawler.tables.folder import LOCK, taken

_UNFINISHED: Final = "unfinished.parquet"
_OURS: Final = frozenset({NAME, f".{NAME}.new", FILES, LOCK})


class Folder:
    """A folder of this machine, or one that is mounted; see Place."""

    def __init__(self, folder: Path):
        self.folder, self.files = folder, folder / FILES

    is_near = True

    @property
    def name(self) -> str:
        return str(self.folder)

    @contextmanager
    def taken(self) -> Iterator[Path]:
        with taken(self.folder, _OURS, NAME, "snapshot", 0o700):
            if self.files.is_symlink():
                raise BadArgument(f"{self.files} is a symbolic link, which nothing is written through.")
            self.files.mkdir(0o700, exist_ok=True)
            files.sync(self.folder)
            for name in (_UNFINISHED, f".{_UNFINISHED}.new"):
                (self.files / name).unlink(missing_ok=True)
            yield self.files / _UNFINISHED

    def manifest(self) -> Seen | None:
        with self._reading():
            try:
                return Seen((self.folder / NAME).read_bytes(), "")
            except (FileNotFoundError, NotADirectoryError):
                return None

    def listed(self) -> dict[str, int]:
        with self._reading():
            try:
                with os.scandir(self.files) as entries:
                    ours = [each for each in entries if is_name(each.name) and each.is_file(follow_symlinks=False)]
                    return {each.name: each.stat().st_size for each in ours}
            except FileNotFoundError:
                return {}

    def put(self, path: Path, name: str) -> None:
        files.replace(path, self.files / name)

    def publish(self, content: bytes, instead: Seen | None) -> None:
        """Replaces the manifest; whoever has taken the folder is alone in it."""
        with files.published(self.folder / NAME, 0o600) as file:
            file.write(content)

    def remove(self, names: Collection[str]) -> None:
        for name in names:
            (self.files / name).unlink(missing_ok=True)

    @contextmanager
    def open(self, name: str, size: int, sha256: str) -> Iterator[IO[bytes]]:
        with self._reading():
            try:
                handle = os.open(self.files / name, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                raise Missing("is not there") from None
        with os.fdopen(handle, "rb") as file:
            with self._reading():
                if os.fstat(handle).st_size != size:
                    raise Missing(f"has {os.fstat(handle).st_size:,} bytes instead of {size:,}")
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    raise Missing("has another content")
                file.seek(0)
            yield file

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BadArgument(f"Snapshots cannot be read from {self.name}: {error.strerror}.") from error
