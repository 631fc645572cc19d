"""The files of issues in an output folder: they grow aside, are synced, and then take their name in one step.

Every step of a path is opened from the folder above it, and none through a link: whatever lies there, nothing is
written elsewhere.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Final

from jira_crawler.feeds.attachment_names import folder_of, name_of

FOLDER: Final = "attachments"
SYNC: Final = 4 * 2**20  # bytes after which it is noted how much of a file is certain
HEAD: Final = 512  # first bytes, which tell what a file looks like
_BLOCK: Final = 2**20
_FLAGS: Final = os.O_NOFOLLOW | os.O_CLOEXEC
_PART, _NOTE = ".part", ".part.json"


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that is there, and durable: `path` is below the output folder, `head` its first bytes."""

    path: str
    size: int
    sha256: str
    head: bytes


class AttachmentFolder:
    """`attachments/` of an output folder, with a folder for each issue."""

    def __init__(self, output: Path):
        self.output = output

    def part(self, site: str, issue: str, key: str, id_: str, name: str) -> PartFile:
        """Begins a file, or goes on with one that was interrupted; raises OSError where it cannot be written."""
        mark = blake2b(site.encode(), digest_size=4).hexdigest()  # another site may have the same keys and ids
        return PartFile(self, folder_of(key, issue), f".{int(id_)}.{mark}", name_of(id_, name), mark)

    def holds(self, path: str, size: int) -> bool:
        """Tells whether a file is there, and as large as it was."""
        try:
            with self.opened(_folder(path)) as folder:
                found = os.stat(Path(path).name, dir_fd=folder, follow_symlinks=False)
        except (OSError, ValueError):
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size == size

    def remove(self, path: str) -> None:
        """Deletes a file, and the folder of its issue with the last one; what is not there need not be."""
        with suppress(FileNotFoundError, NotADirectoryError), self.opened(_folder(path)) as folder:
            os.unlink(Path(path).name, dir_fd=folder)
        self._leave(_folder(path))

    def clear_parts(self) -> None:
        """Deletes what was begun and is not waited for any more."""
        try:
            folders = [each.name for each in os.scandir(self.output / FOLDER) if each.is_dir(follow_symlinks=False)]
        except (FileNotFoundError, NotADirectoryError):
            return
        for name in folders:
            with self.opened(name) as folder:
                for each in os.listdir(folder):  # noqa: PTH208 - of what was opened, and not of what has its name now
                    if each.startswith(".") and each.endswith((_PART, _NOTE)):
                        os.unlink(each, dir_fd=folder)
            self._leave(name)

    def _leave(self, name: str) -> None:
        with suppress(OSError):  # mostly that there is more in it
            (self.output / FOLDER / name).rmdir()

    @contextmanager
    def opened(self, name: str, *, make: bool = False) -> Iterator[int]:
        """Gives the folder of an issue, opened without following a link."""
        above = _opened(self.output, FOLDER, None, make=make)
        try:
            folder = _opened(self.output, name, above, make=make)
        finally:
            os.close(above)
        try:
            yield folder
        finally:
            os.close(folder)


def _opened(output: Path, name: str, above: int | None, *, make: bool) -> int:
    path = str(output / name) if above is None else name
    if make:
        with suppress(FileExistsError):
            os.mkdir(path, dir_fd=above)
            if above is not None:
                os.fsync(above)
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | _FLAGS, dir_fd=above)


def _folder(path: str) -> str:
    """Gives the issue's folder in the path of a file; raises ValueError for a path that is none of ours."""
    steps = path.split("/")
    if len(steps) != 3 or steps[0] != FOLDER or any(step.strip(".") == "" or "\0" in step for step in steps):
        raise ValueError(f"{path} is no attachment")
    return steps[1]


class PartFile:
    """A file that grows: `size` bytes of it are here. What was certain when a process died is gone on with."""

    def __init__(self, folder: AttachmentFolder, issue: str, aside: str, name: str, mark: str):
        self.folder, self.issue, self.name, self.mark = folder, issue, name, mark
        self._aside, self._note = f"{aside}{_PART}", f"{aside}{_NOTE}"
        with folder.opened(issue, make=True) as here:
            noted = self._noted(here)
            flags = os.O_RDWR | os.O_CREAT | _FLAGS
            self._file = os.fdopen(os.open(self._aside, flags, 0o666, dir_fd=here), "r+b")
        self.tag = str(noted.get("tag") or "")  # which version of the file this is, in the words of the server
        self._hash, self._head, self.size = sha256(), b"", 0
        self._take_up(noted.get("size"))
        self._certain = self.size

    def _noted(self, folder: int) -> dict[str, object]:
        try:
            with os.fdopen(os.open(self._note, os.O_RDONLY | _FLAGS, dir_fd=folder), "rb") as file:
                found = json.loads(file.read(_BLOCK))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _take_up(self, certain: object) -> None:
        """Reads what is certain of the file, and cuts off the rest."""
        if not isinstance(certain, int) or not 0 <= certain <= os.fstat(self._file.fileno()).st_size:
            certain = 0
        while self.size < certain:
            block = self._file.read(min(_BLOCK, certain - self.size))
            if not block:
                break
            self._count(block)
        self._file.seek(self.size)
        self._file.truncate()

    def _count(self, data: bytes) -> None:
        self._hash.update(data)
        if len(self._head) < HEAD:
            self._head += data[: HEAD - len(self._head)]
        self.size += len(data)

    @property
    def head(self) -> bytes:
        return self._head

    def restart(self, tag: str = "") -> None:
        """Throws away what is here, and begins again with what a server calls by a tag."""
        self._file.seek(0)
        self._file.truncate()
        self._hash, self._head, self.size, self._certain, self.tag = sha256(), b"", 0, 0, tag
        self._unlink(self._note)

    def write(self, data: bytes) -> None:
        """Adds bytes; now and then it is made sure that they stay."""
        self._file.write(data)
        self._count(data)
        if self.size - self._certain >= SYNC:
            self.sync()

    def sync(self) -> None:
        """Makes what is here durable, and then notes how much that is."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._certain = self.size
        noted = json.dumps({"size": self.size, "tag": self.tag}).encode()
        with self.folder.opened(self.issue) as here:
            new = f"{self._note}.new"
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _FLAGS, 0o666, dir_fd=here)
            with os.fdopen(handle, "wb") as file:
                file.write(noted)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self._note, src_dir_fd=here, dst_dir_fd=here)

    def close(self) -> None:
        """Keeps what is here, to go on with another time; a file that is finished or thrown away is closed already."""
        if not self._file.closed and not self.size:
            self.discard()
        elif not self._file.closed:
            if self.size > self._certain:
                with suppress(OSError):  # of a full disk: then less is certain
                    self.sync()
            with suppress(OSError):
                self._file.close()

    def discard(self) -> None:
        """Leaves nothing of what is here."""
        self._file.close()
        self._unlink(self._aside)
        self._unlink(self._note)
        self.folder._leave(self.issue)

    def finish(self, is_taken: Callable[[str], bool] = lambda path: False) -> Finished:
        """Gives the file its name, once all of it is durable; another one where that is somebody else's."""
        if self._is_there() and is_taken(self._path):
            id_, _, rest = self.name.partition("_")
            self.name = f"{id_}_{self.mark}_{rest}"
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        with self.folder.opened(self.issue) as here:
            os.replace(self._aside, self.name, src_dir_fd=here, dst_dir_fd=here)
            os.fsync(here)
        self._unlink(self._note)
        return Finished(self._path, self.size, self._hash.hexdigest(), self._head)

    def _is_there(self) -> bool:
        with self.folder.opened(self.issue) as here:
            try:
                os.stat(self.name, dir_fd=here, follow_symlinks=False)
            except FileNotFoundError:
                return False
        return True

    @property
    def _path(self) -> str:
        return f"{FOLDER}/{self.issue}/{self.name}"

    def _unlink(self, name: str) -> None:
        with suppress(FileNotFoundError), self.folder.opened(self.issue) as here:
            os.unlink(name, dir_fd=here)
